"""A record as a broker keeps it, and what a broker can fail with."""

from dataclasses import dataclass

#: Headers in their order, as sent.
Headers = tuple[tuple[str, bytes | None], ...]


@dataclass(slots=True)
class Record:
    """`timestamp` is in ms; `timestamp_type` is CreateTime or LogAppendTime."""

    partition: int
    offset: int
    timestamp: int
    timestamp_type: str
    headers: Headers
    key: bytes | None
    value: bytes | None

    @property
    def size(self) -> int:
        return len(self.key or b"") + len(self.value or b"")


class BrokerError(Exception):
    """The broker did not do what was asked; the text says what and why."""


class RecordRefused(BrokerError):
    """The record is larger than the client, the topic or the broker takes."""


class NotAllowed(BrokerError):
    """This node's user may not do it."""


class TopicMissing(BrokerError):
    """There is no such topic, and it was not to be created."""
