"""A stretch of a topic, read once: from one offset to another in each partition."""

import time
from collections.abc import Iterator, Mapping

from journal.kafka.consumer import RecordConsumer
from journal.kafka.errors import BrokerError
from journal.kafka.records import Record

_LIMIT = 5000
_WAIT = 0.2
_FILL = 0.02
#: Seconds without a record where there should be some.
_PATIENCE = 60.0

#: An offset for each partition, or one number for all of them.
OffsetSpec = int | Mapping[int, int]


def parse_offset_spec(text: str) -> OffsetSpec:
    """`120`, or `0:120,1:80` for partitions apart; raises ValueError."""
    if ":" not in text:
        return _offset(text)
    pairs = [each.partition(":") for each in text.split(",")]
    return {_offset(partition): _offset(offset) for partition, _, offset in pairs}


def _offset(text: str) -> int:
    # int() would take signs, spaces and underscores, too.
    if not (text.isascii() and text.isdigit()):
        raise ValueError(f"{text!r} is not an offset")
    return int(text)


def resolve_range(
    offsets: Mapping[int, tuple[int, int]], first: OffsetSpec | None, end: OffsetSpec | None
) -> tuple[dict[int, int], dict[int, int]]:
    """From where to where, inside what the topic holds (`RecordConsumer.offsets`).

    A partition that `first` or `end` does not name is read from its start or to its end. Raises
    ValueError if one is named that the topic does not have.
    """
    for given in (first, end):
        unknown = set(given) - set(offsets) if isinstance(given, Mapping) else set()
        if unknown:
            raise ValueError(f"the topic has no partition {min(unknown)}")
    starts = {
        partition: max(low, _in(first, partition, low)) for partition, (low, _) in offsets.items()
    }
    ends = {
        partition: min(high, _in(end, partition, high)) for partition, (_, high) in offsets.items()
    }
    return starts, ends


def _in(given: OffsetSpec | None, partition: int, default: int) -> int:
    if given is None or isinstance(given, int):
        return default if given is None else given
    return given.get(partition, default)


def read_range(
    reader: RecordConsumer, starts: Mapping[int, int], ends: Mapping[int, int]
) -> Iterator[list[Record]]:
    """The records from `starts` up to `ends` (exclusive), each partition in its order.

    Raises BrokerError if the topic or a position is gone, or if nothing comes for a minute.
    """
    left = {partition: end for partition, end in ends.items() if starts[partition] < end}
    reader.assign({partition: starts[partition] for partition in left})
    heard = time.monotonic()
    while left:
        records = reader.consume(_LIMIT, _WAIT, fill=_FILL)
        wanted = [record for record in records if record.offset < ends[record.partition]]
        left = _left(left, reader, records)
        if wanted:
            yield wanted
        if wanted or not left:
            heard = time.monotonic()
        elif time.monotonic() - heard > _PATIENCE:
            raise BrokerError(f"no record for {_PATIENCE:.0f} s: is the broker there?")


def _left(left: dict[int, int], reader: RecordConsumer, records: list[Record]) -> dict[int, int]:
    # The last offsets may hold no record: the broker then tells the end instead.
    reached = dict(reader.reached_ends)
    for record in records:
        at = record.offset + 1
        reached[record.partition] = max(at, reached.get(record.partition, 0))
    return {partition: end for partition, end in left.items() if reached.get(partition, 0) < end}
