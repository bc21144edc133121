"""The tally itself: one small document, added to in the order of application."""

from collections.abc import Sequence

from msgspec import Struct, field

from journal.kafka.records import Record
from journal.models import Outcome
from journal.projection.decoding import Read
from journal.projection.effects import ID_TAKEN, Effect
from journal.projection.tally.counts import (
    KEPT,
    Counted,
    Draws,
    Mark,
    PartitionTally,
    Refused,
    Seen,
    Sort,
    Wanted,
)
from journal.wire.messages import MessageType
from registry.models import DEFAULT_TENANT, SequenceName

#: The type of what has no readable one.
NO_TYPE = -1
#: What 3.x writes into every record, and 2.x into none.
_V3_HEADER = "mt"
_TYPES = frozenset(bytes([each]) for each in MessageType)


class Tally(Struct):
    """Of all records that the tables were derived from."""

    partitions: dict[int, PartitionTally] = field(default_factory=dict)
    types: dict[int, Counted] = field(default_factory=dict)
    tombstones: Counted = field(default_factory=Counted)
    draws: dict[str, dict[SequenceName, Draws]] = field(default_factory=dict)
    sorts: dict[Sort, Seen] = field(default_factory=dict)
    #: Refused records by the name of the error, in registry.errors.
    refusals: dict[str, Refused] = field(default_factory=dict)
    #: Contents that a version names, by hash or by id, and no record supplied.
    unknown: Wanted = field(default_factory=Wanted)
    #: The same, where a record did, under a content id that was in use: the view dropped it.
    dropped: Wanted = field(default_factory=Wanted)
    #: Contents by id of which only records without bytes are left.
    empty: Wanted = field(default_factory=Wanted)
    #: The newest timestamp of partition 0, in ms; how far a clock was ahead of it, or behind.
    newest: int = 0
    most_ahead: int = 0
    most_backward: int = 0

    def seen(self, sort: Sort) -> Seen:
        return self.sorts.get(sort) or Seen()

    def count_places(self, records: Sequence[Record]) -> None:
        """By partition, with the gaps between them; most batches are one stretch without any."""
        first, last = records[0], records[-1]
        partition = self._partition(mark_of(first))
        if last.offset - partition.last.offset == len(records) and not any(
            record.partition != first.partition for record in records
        ):
            partition.add_stretch(mark_of(last), len(records))
            return
        for record in records:
            mark = mark_of(record)
            self._partition(mark).add(mark)

    def _partition(self, mark: Mark) -> PartitionTally:
        partition = self.partitions.get(mark.partition)
        if partition is None:
            before = Mark(mark.partition, mark.offset - 1, mark.timestamp)
            partition = self.partitions[mark.partition] = PartitionTally(mark, before)
        return partition

    def note_empty(self, read: Read) -> None:
        if read.record.value is None:
            self.tombstones.records += 1
            self.tombstones.bytes += read.size

    def note(self, sort: Sort, *reads: Read) -> None:
        if not reads:
            return
        seen = self.sorts.get(sort)
        if seen is None:
            seen = self.sorts[sort] = Seen()
        seen.count += len(reads)
        seen.last = mark_of(reads[-1].record)
        if len(seen.first) < KEPT:
            seen.first += [mark_of(read.record) for read in reads[: KEPT - len(seen.first)]]

    def note_oddities(self, read: Read, effect: Effect) -> None:
        if read.record.partition:
            self.note(Sort.OUTSIDE, read)
        if read.req is not None and read.req_fault:
            self.note(Sort.ODD_REQ, read)
        elif effect.outcome is Outcome.UNDECODABLE:
            self._note_undecodable(read)
        elif read.req is None:
            self.note(Sort.NO_REQ, read)
        if effect.outcome is Outcome.REFUSED:
            self.note(Sort.REFUSED, read)
            refused = self.refusals.setdefault(effect.error, Refused())
            refused.count += 1
            refused.last = mark_of(read.record)
            if effect.remark.startswith(ID_TAKEN):
                self.note(Sort.ID_TAKEN, read)
        if "used twice;" in effect.remark:
            self.note(Sort.USED_TWICE, read)

    def _note_undecodable(self, read: Read) -> None:
        if any(name == _V3_HEADER for name, _ in read.record.headers):
            self.note(Sort.OF_V3, read)
        elif read.record.key is not None and read.record.key[:1] not in _TYPES:
            self.note(Sort.UNKNOWN_TYPE, read)
        else:
            self.note(Sort.UNDECODABLE, read)

    def drawn(self, tenant: str | None, name: SequenceName) -> Draws:
        of_tenant = self.draws.setdefault(tenant or DEFAULT_TENANT, {})
        draws = of_tenant.get(name)
        if draws is None:
            draws = of_tenant[name] = Draws()
        return draws


def mark_of(record: Record) -> Mark:
    return Mark(record.partition, record.offset, record.timestamp)
