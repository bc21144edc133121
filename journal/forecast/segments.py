"""A scan of a journal: its ends, and its segments.

Brokers describe no segments to clients; their borders are derived from the rules of their creation.
"""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field

from journal.forecast.cleanup_config import CleanupConfig
from journal.kafka.records import Record
from journal.projection.content_view import NEWER_TYPES

#: Bytes of a batch, and of a record in it, beside key, value and headers.
_RECORD_OVERHEAD = 61 + 10
_HEADER_OVERHEAD = 4


class Segments:
    """The segments of one partition, oldest first: first offset, newest time, bytes.

    The last one is active.
    """

    def __init__(self, config: CleanupConfig) -> None:
        self._config = config
        self._first_timestamp = 0
        self.bases = array("q")
        self.newest = array("q")
        self.sizes = array("q")

    def add(self, record: Record) -> None:
        """Add the next record, counted as a batch of its own."""
        size, timestamp = stored_size(record), record.timestamp
        if (
            not self.bases
            or timestamp - self._first_timestamp > self._config.segment_ms
            or self.sizes[-1] + size > self._config.segment_bytes
        ):
            self._first_timestamp = timestamp
            self.bases.append(record.offset)
            self.newest.append(timestamp)
            self.sizes.append(size)
        else:
            self.newest[-1] = max(self.newest[-1], timestamp)
            self.sizes[-1] += size


def stored_size(record: Record) -> int:
    """Estimate the bytes of an uncompressed record in a broker's file."""
    headers = sum(
        len(name) + len(value or b"") + _HEADER_OVERHEAD for name, value in record.headers
    )
    return _RECORD_OVERHEAD + record.size + headers


@dataclass(slots=True)
class TopicScan:
    """`ends` are the offsets after the last record, by partition."""

    config: CleanupConfig
    records: int = 0
    has_newer_types: bool = False
    ends: dict[int, int] = field(default_factory=dict)
    segments: dict[int, Segments] = field(default_factory=dict)

    def add(self, records: Sequence[Record]) -> None:
        self.records += len(records)
        for record in records:
            segments = self.segments.get(record.partition)
            if segments is None:
                segments = self.segments[record.partition] = Segments(self.config)
            segments.add(record)
            self.ends[record.partition] = record.offset + 1
            if record.key and record.key[0] in NEWER_TYPES:
                self.has_newer_types = True
