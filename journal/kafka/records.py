"""A record on the broker."""

from dataclasses import dataclass

#: Headers in their order, as sent.
Headers = tuple[tuple[str, bytes | None], ...]


@dataclass(slots=True)
class Record:
    """A record of a topic.

    `timestamp` is epoch milliseconds; `timestamp_type` is CreateTime or LogAppendTime.
    """

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
