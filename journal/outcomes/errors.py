"""Why there is no outcome."""


class NoOutcome(Exception):
    """No outcome came in time, or the broker did not take the record: said or not, unknown.

    `req` is the id to look for in the ledger.
    """

    def __init__(self, req: str, why: str) -> None:
        self.req = req
        self.why = why
        super().__init__(f"{why} (request id {req})")


class RecordTooLarge(NoOutcome):
    """The broker takes no record of that size: it was not said, and never will be."""

    def __init__(self, req: str, why: str) -> None:
        self.req = req
        self.why = why
        told = f"The content is too large for the journal's topic or its broker: {why}."
        Exception.__init__(self, f"{told} Their max.message.bytes decides.")


class NotReady(NoOutcome):
    """Nothing was said: this node does not know the whole journal yet, or can't apply it.

    `is_transient` where it will know in a moment.
    """

    def __init__(self, why: str, is_transient: bool = False) -> None:
        self.req = ""
        self.why = why
        self.is_transient = is_transient
        Exception.__init__(self, f"Nothing was written: {why}. Try again.")
