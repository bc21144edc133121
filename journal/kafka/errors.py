"""Why a request to the broker fails."""


class BrokerError(Exception):
    """The broker did not do what was asked; the text says what and why."""


class MessageTooLarge(BrokerError):
    """The record is larger than the client, the topic or the broker takes."""


class NotAuthorized(BrokerError):
    """The broker denies it to this node's user."""


class TopicMissing(BrokerError):
    """There is no such topic."""
