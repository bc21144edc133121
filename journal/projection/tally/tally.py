"""The tally itself: one small document, added to in the order of application."""

from collections.abc import Sequence

from msgspec import Struct, field

from journal.kafka.records import Record
from journal.models import Outcome
from journal.projection.decoding import DecodedRecord
from journal.projection.effects import ID_TAKEN, Effect
from journal.projection.tally.counts import (
    KEPT,
    Category,
    IdDraws,
    Occurrences,
    PartitionTally,
    RecordPosition,
    Rejections,
    TypeCount,
    Unresolved,
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
    types: dict[int, TypeCount] = field(default_factory=dict)
    tombstones: TypeCount = field(default_factory=TypeCount)
    draws: dict[str, dict[SequenceName, IdDraws]] = field(default_factory=dict)
    sorts: dict[Category, Occurrences] = field(default_factory=dict)
    #: Refused records by the name of the error, in registry.errors.
    refusals: dict[str, Rejections] = field(default_factory=dict)
    #: Contents that a version names, by hash or by id, and no record supplied.
    unknown: Unresolved = field(default_factory=Unresolved)
    #: The same, where a record did, under a content id that was in use: the view dropped it.
    dropped: Unresolved = field(default_factory=Unresolved)
    #: Contents by id of which only records without bytes are left.
    empty: Unresolved = field(default_factory=Unresolved)
    #: The newest timestamp of partition 0, in ms; how far a clock was ahead of it, or behind.
    newest: int = 0
    most_ahead: int = 0
    most_backward: int = 0

    def seen(self, sort: Category) -> Occurrences:
        return self.sorts.get(sort) or Occurrences()

    def count_places(self, records: Sequence[Record]) -> None:
        """By partition, with the gaps between them; most batches are one stretch without any."""
        first, last = records[0], records[-1]
        partition = self._partition(get_position(first))
        if last.offset - partition.last.offset == len(records) and not any(
            record.partition != first.partition for record in records
        ):
            partition.add_stretch(get_position(last), len(records))
            return
        for record in records:
            mark = get_position(record)
            self._partition(mark).add(mark)

    def _partition(self, mark: RecordPosition) -> PartitionTally:
        partition = self.partitions.get(mark.partition)
        if partition is None:
            before = RecordPosition(mark.partition, mark.offset - 1, mark.timestamp)
            partition = self.partitions[mark.partition] = PartitionTally(mark, before)
        return partition

    def note_empty(self, read: DecodedRecord) -> None:
        if read.record.value is None:
            self.tombstones.records += 1
            self.tombstones.bytes += read.size

    def note(self, sort: Category, *reads: DecodedRecord) -> None:
        if not reads:
            return
        seen = self.sorts.get(sort)
        if seen is None:
            seen = self.sorts[sort] = Occurrences()
        seen.count += len(reads)
        seen.last = get_position(reads[-1].record)
        if len(seen.first) < KEPT:
            seen.first += [get_position(read.record) for read in reads[: KEPT - len(seen.first)]]

    def note_oddities(self, read: DecodedRecord, effect: Effect) -> None:
        if read.record.partition:
            self.note(Category.OUTSIDE, read)
        if read.req is not None and read.req_fault:
            self.note(Category.ODD_REQ, read)
        elif effect.outcome is Outcome.UNDECODABLE:
            self._note_undecodable(read)
        elif read.req is None:
            self.note(Category.NO_REQ, read)
        if effect.outcome is Outcome.REFUSED:
            self.note(Category.REFUSED, read)
            refused = self.refusals.setdefault(effect.error, Rejections())
            refused.count += 1
            refused.last = get_position(read.record)
            if effect.remark.startswith(ID_TAKEN):
                self.note(Category.ID_TAKEN, read)
        if "used twice;" in effect.remark:
            self.note(Category.USED_TWICE, read)

    def _note_undecodable(self, read: DecodedRecord) -> None:
        if any(name == _V3_HEADER for name, _ in read.record.headers):
            self.note(Category.OF_V3, read)
        elif read.record.key is not None and read.record.key[:1] not in _TYPES:
            self.note(Category.UNKNOWN_TYPE, read)
        else:
            self.note(Category.UNDECODABLE, read)

    def drawn(self, tenant: str | None, name: SequenceName) -> IdDraws:
        of_tenant = self.draws.setdefault(tenant or DEFAULT_TENANT, {})
        draws = of_tenant.get(name)
        if draws is None:
            draws = of_tenant[name] = IdDraws()
        return draws


def get_position(record: Record) -> RecordPosition:
    return RecordPosition(record.partition, record.offset, record.timestamp)
