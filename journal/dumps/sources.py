"""Where records come from for those who read all of them, more than once: a topic or a dump."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from journal.dumps.reading import read_lines, read_ordered
from journal.kafka.consumer import RecordConsumer
from journal.kafka.ranges import OffsetSpec, read_range, resolve_range
from journal.kafka.records import Record

_BATCH = 2000
_CHUNK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class RecordSource:
    """`read` begins anew each time, with the same records; `size` is about how many there are.

    Reading raises BrokerError, or of a dump OSError, DumpError, UnorderedDump.
    """

    size: int
    read: Callable[[], Iterator[Sequence[Record]]]


@contextmanager
def topic_records(
    properties: Mapping[str, str],
    topic: str,
    end: OffsetSpec | None = None,
    begin: OffsetSpec | None = None,
) -> Iterator[RecordSource]:
    """What the topic holds now from `begin` on and before `end`, not what comes later.

    Raises BrokerError, and ValueError if one names a partition that the topic does not have.
    """
    reader = RecordConsumer(properties, topic)
    try:
        starts, ends = resolve_range(reader.offsets(), begin, end)
        size = sum(max(0, end - starts[partition]) for partition, end in ends.items())
        yield RecordSource(size, lambda: read_range(reader, starts, ends))
    finally:
        reader.close()


def dump_records(file: Path, end: OffsetSpec | None = None) -> RecordSource:
    """What the dump holds before `end`; raises OSError."""
    with file.open("rb") as lines:
        size = sum(chunk.count(b"\n") for chunk in iter(lambda: lines.read(_CHUNK), b""))
    return RecordSource(size, lambda: _read_dump(file, end))


def _read_dump(file: Path, end: OffsetSpec | None) -> Iterator[Sequence[Record]]:
    with file.open("rb") as lines:
        records = (each for each in read_ordered(read_lines(lines)) if is_before(each, end))
        while batch := list(islice(records, _BATCH)):
            yield batch


def is_before(record: Record, end: OffsetSpec | None) -> bool:
    """A partition that `end` does not name has none."""
    at = end if end is None or isinstance(end, int) else end.get(record.partition)
    return at is None or record.offset < at
