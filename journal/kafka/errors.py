"""What a broker can fail with."""


class BrokerError(Exception):
    """The broker did not do what was asked; the text says what and why."""


class MessageTooLarge(BrokerError):
    """The record is larger than the client, the topic or the broker takes."""


class NotAuthorized(BrokerError):
    """This node's user may not do it."""


class TopicMissing(BrokerError):
    """There is no such topic, and it was not to be created."""
