"""Offset ranges of a topic, read once: from one offset to another in each partition."""

import time
from collections.abc import Iterator, Mapping

from journal.kafka.consumer import RecordConsumer
from journal.kafka.errors import BrokerError
from journal.kafka.records import Record
from registry.whole_numbers import parse_whole_number

_BATCH = 5000
_TIMEOUT = 0.2
_FILL_TIMEOUT = 0.02
#: Seconds without a record where there should be some.
_IDLE_TIMEOUT = 60.0

#: An offset for each partition, or one number for all of them.
OffsetSpec = int | Mapping[int, int]


def parse_offset_spec(text: str) -> OffsetSpec:
    """Parse `120`, or `0:120,1:80` for single partitions; raises ValueError."""
    if ":" not in text:
        return _parse_offset(text)
    pairs = [pair.partition(":") for pair in text.split(",")]
    return {_parse_offset(partition): _parse_offset(offset) for partition, _, offset in pairs}


def _parse_offset(text: str) -> int:
    number = parse_whole_number(text)
    if number is None:
        raise ValueError(f"{text!r} is not an offset")
    return number


def resolve_range(
    offsets: Mapping[int, tuple[int, int]], first: OffsetSpec | None, end: OffsetSpec | None
) -> tuple[dict[int, int], dict[int, int]]:
    """Return start and end offsets by partition, inside `RecordConsumer.offsets`.

    A partition that `first` or `end` does not name is read from its start or to its end. Raises
    ValueError if one is named that the topic does not have.
    """
    for spec in (first, end):
        unknown = set(spec) - set(offsets) if isinstance(spec, Mapping) else set()
        if unknown:
            raise ValueError(f"the topic has no partition {min(unknown)}")
    starts = {
        partition: max(low, _get_offset(first, partition, low))
        for partition, (low, _) in offsets.items()
    }
    ends = {
        partition: min(high, _get_offset(end, partition, high))
        for partition, (_, high) in offsets.items()
    }
    return starts, ends


def _get_offset(spec: OffsetSpec | None, partition: int, default: int) -> int:
    if spec is None:
        return default
    return spec if isinstance(spec, int) else spec.get(partition, default)


def read_range(
    consumer: RecordConsumer, starts: Mapping[int, int], ends: Mapping[int, int]
) -> Iterator[list[Record]]:
    """Yield the records from `starts` up to `ends` (exclusive), each partition in its order.

    Raises BrokerError if the topic or a position is gone, or if nothing comes for a minute.
    """
    open_ends = {partition: end for partition, end in ends.items() if starts[partition] < end}
    consumer.assign({partition: starts[partition] for partition in open_ends})
    received_at = time.monotonic()
    while open_ends:
        batch = consumer.consume(_BATCH, _TIMEOUT, fill=_FILL_TIMEOUT)
        # The last offsets may hold no record: then the broker says that the end is reached.
        reached = dict(consumer.reached_ends)
        for record in batch:
            reached[record.partition] = max(record.offset + 1, reached.get(record.partition, 0))
        open_ends = {
            partition: end
            for partition, end in open_ends.items()
            if reached.get(partition, 0) < end
        }
        records = [record for record in batch if record.offset < ends[record.partition]]
        if records:
            yield records
        if records or not open_ends:
            received_at = time.monotonic()
        elif time.monotonic() - received_at > _IDLE_TIMEOUT:
            raise BrokerError(f"no record for {_IDLE_TIMEOUT:.0f} s: is the broker there?")
