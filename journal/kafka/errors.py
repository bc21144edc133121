"""Why a request to the broker fails; codes are stored, see WorkerStatus.trouble_kind."""


class BrokerError(Exception):
    """The broker did not do what was asked; the text says what and why."""

    code = "broker-error"


class MessageTooLarge(BrokerError):
    """The record is larger than the client, the topic or the broker takes."""

    code = "message-too-large"


class NotAuthorized(BrokerError):
    """The broker denies it to this node's user."""

    code = "not-authorized"


class TopicMissing(BrokerError):
    """There is no such topic."""

    code = "topic-missing"
