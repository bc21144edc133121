"""Where records come from for those who read all of them, more than once: a topic or a dump."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from journal.brokers.base import Record
from journal.brokers.kafka import JournalReader
from journal.dumps import read_in_order
from journal.stretches import read_between

_BATCH = 2000
_CHUNK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Records:
    """`read` begins anew each time, with the same records; `size` is about how many there are.

    Reading raises BrokerError, or of a dump OSError, DumpError, JumbledDump.
    """

    size: int
    read: Callable[[], Iterator[Sequence[Record]]]


@contextmanager
def topic_records(properties: Mapping[str, str], topic: str) -> Iterator[Records]:
    """What the topic holds now, not what comes later; raises BrokerError."""
    reader = JournalReader(properties, topic)
    try:
        offsets = reader.offsets()
        starts = {partition: start for partition, (start, _) in offsets.items()}
        ends = {partition: end for partition, (_, end) in offsets.items()}
        size = sum(end - start for start, end in offsets.values())
        yield Records(size, lambda: read_between(reader, starts, ends))
    finally:
        reader.close()


def dump_records(file: Path) -> Records:
    """Raises OSError."""
    with file.open("rb") as lines:
        size = sum(chunk.count(b"\n") for chunk in iter(lambda: lines.read(_CHUNK), b""))
    return Records(size, lambda: _read_dump(file))


def _read_dump(file: Path) -> Iterator[Sequence[Record]]:
    with file.open("rb") as lines:
        records = read_in_order(lines)
        while batch := list(islice(records, _BATCH)):
            yield batch
