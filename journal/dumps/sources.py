"""Sources of records for repeated reading: a topic or a dump."""

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
    """`read` returns the same records each time, in batches; `size` is their approximate number.

    Reading raises BrokerError; from a dump OSError, DumpError, UnorderedDump.
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
    """Open the present records of a topic, from `begin` on and before `end`.

    Raises BrokerError, and ValueError if one of these names a partition that does not exist.
    """
    consumer = RecordConsumer(properties, topic)
    try:
        starts, ends = resolve_range(consumer.offsets(), begin, end)
        size = sum(max(0, end - starts[partition]) for partition, end in ends.items())
        yield RecordSource(size, lambda: read_range(consumer, starts, ends))
    finally:
        consumer.close()


def dump_records(file: Path, end: OffsetSpec | None = None) -> RecordSource:
    """Open the records of a dump before `end`; raises OSError."""
    with file.open("rb") as lines:
        size = sum(chunk.count(b"\n") for chunk in iter(lambda: lines.read(_CHUNK), b""))

    def read() -> Iterator[Sequence[Record]]:
        with file.open("rb") as lines:
            ordered = read_ordered(read_lines(lines))
            records = (record for record in ordered if is_before(record, end))
            while batch := list(islice(records, _BATCH)):
                yield batch

    return RecordSource(size, read)


def is_before(record: Record, end: OffsetSpec | None) -> bool:
    """Compare a record's offset with `end`; a partition missing in `end` has no end."""
    offset = end if end is None or isinstance(end, int) else end.get(record.partition)
    return offset is None or record.offset < offset
