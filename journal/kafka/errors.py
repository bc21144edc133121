"""Reasons for failed requests to the broker; codes are stored, see WorkerStatus.trouble_kind."""


class BrokerError(Exception):
    """A failed request to the broker; the text has the request and the reason."""

    code = "broker-error"


class MessageTooLarge(BrokerError):
    """The record is too large for the client, the topic or the broker."""

    code = "message-too-large"


class NotAuthorized(BrokerError):
    """The broker denies the request to this node's user."""

    code = "not-authorized"


class TopicMissing(BrokerError):
    """There is no such topic."""

    code = "topic-missing"
