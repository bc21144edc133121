"""A journal seen once before it is judged: how far it reaches, and in which segments it lies.

Clients are not told of segments; their borders are found again by the rules that made them.
"""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field

from journal.forecast.cleanup_config import CleanupConfig
from journal.kafka.records import Record
from journal.projection.content_view import NEWER_TYPES

#: Bytes of a batch, and of a record in it, beside key, value and headers.
_FRAME = 61 + 10
_HEADER_FRAME = 4


class Segments:
    """Of one partition, oldest first: first offset, newest timestamp, bytes. The last is active."""

    def __init__(self, settings: CleanupConfig) -> None:
        self._settings = settings
        self._rolled_from = 0
        self.bases = array("q")
        self.newest = array("q")
        self.sizes = array("q")

    def note(self, record: Record) -> None:
        """In the order of offsets. Each record counts as a batch of its own."""
        size = stored_size(record)
        if not self.bases or self._rolls(record.timestamp, size):
            self._rolled_from = record.timestamp
            self.bases.append(record.offset)
            self.newest.append(record.timestamp)
            self.sizes.append(size)
            return
        self.newest[-1] = max(self.newest[-1], record.timestamp)
        self.sizes[-1] += size

    def _rolls(self, timestamp: int, size: int) -> bool:
        is_late = timestamp - self._rolled_from > self._settings.segment_ms
        return is_late or self.sizes[-1] + size > self._settings.segment_bytes


def stored_size(record: Record) -> int:
    """About what an uncompressed record takes in a broker's file."""
    headers = sum(len(name) + len(value or b"") + _HEADER_FRAME for name, value in record.headers)
    return _FRAME + record.size + headers


@dataclass(slots=True)
class TopicScan:
    """`ends` are the offsets after the last record, by partition."""

    settings: CleanupConfig
    records: int = 0
    holds_newer_types: bool = False
    ends: dict[int, int] = field(default_factory=dict)
    segments: dict[int, Segments] = field(default_factory=dict)

    def note(self, records: Sequence[Record]) -> None:
        self.records += len(records)
        for record in records:
            self._note(record)

    def _note(self, record: Record) -> None:
        partition = record.partition
        segments = self.segments.get(partition)
        if segments is None:
            segments = self.segments[partition] = Segments(self.settings)
        segments.note(record)
        self.ends[partition] = record.offset + 1
        if record.key and record.key[0] in NEWER_TYPES:
            self.holds_newer_types = True
