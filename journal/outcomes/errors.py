"""Reasons for a missing outcome."""


class NoOutcome(Exception):
    """No outcome came in time, or the broker failed: the record may be on the topic or not.

    `req` is the request id to look for in the ledger.
    """

    def __init__(self, req: str, reason: str) -> None:
        self.req = req
        self.reason = reason
        super().__init__(f"{reason} (request id {req})")


class RecordTooLarge(NoOutcome):
    """The record is too large for the broker: it is not on the topic, and never will be."""

    def __init__(self, req: str, reason: str) -> None:
        self.req = req
        self.reason = reason
        sentence = f"The content is too large for the journal's topic or its broker: {reason}."
        Exception.__init__(self, f"{sentence} Their max.message.bytes decides.")


class NotReady(NoOutcome):
    """Nothing was published: this node has not applied the whole journal, or can't.

    `is_transient` if this ends within moments.
    """

    def __init__(self, reason: str, is_transient: bool = False) -> None:
        self.req = ""
        self.reason = reason
        self.is_transient = is_transient
        Exception.__init__(self, f"Nothing was written: {reason}. Try again.")
