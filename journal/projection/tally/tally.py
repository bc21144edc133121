"""The tally: one small document, added to in the order of application."""

from collections.abc import Sequence

from msgspec import Struct, field

from journal.kafka.records import Record
from journal.models import Outcome
from journal.projection.decoding import DecodedRecord
from journal.projection.effects import Effect
from journal.projection.remarks import RemarkCode, has_remark
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

#: Counts records whose type can't be read.
NO_TYPE = -1
#: Written by 3.x into every record, by 2.x into none.
_V3_HEADER = "mt"
_TYPES = frozenset(bytes([kind]) for kind in MessageType)


class Tally(Struct):
    """Counts of all records applied to the tables."""

    partitions: dict[int, PartitionTally] = field(default_factory=dict)
    types: dict[int, TypeCount] = field(default_factory=dict)
    tombstones: TypeCount = field(default_factory=TypeCount)
    draws: dict[str, dict[SequenceName, IdDraws]] = field(default_factory=dict)
    sorts: dict[Category, Occurrences] = field(default_factory=dict)
    #: By the error's code in registry.errors.
    refusals: dict[str, Rejections] = field(default_factory=dict)
    #: Contents that a version names, by hash or by id, and no record supplied.
    unknown: Unresolved = field(default_factory=Unresolved)
    #: Contents that a record supplied under a content id in use, so that the view dropped them.
    dropped: Unresolved = field(default_factory=Unresolved)
    #: Contents, by id, whose remaining records have no bytes.
    empty: Unresolved = field(default_factory=Unresolved)
    #: The newest timestamp of partition 0, in ms, and by how much a clock was ahead or behind.
    newest: int = 0
    most_ahead: int = 0
    most_backward: int = 0

    def occurrences(self, category: Category) -> Occurrences:
        return self.sorts.get(category) or Occurrences()

    def count_offsets(self, records: Sequence[Record]) -> None:
        """Count a batch's records by partition, with the gaps between them."""
        first, last = records[0], records[-1]
        partition = self._partition(get_position(first))
        # Most batches are of one partition and have no gap.
        if last.offset - partition.last.offset == len(records) and not any(
            record.partition != first.partition for record in records
        ):
            partition.add_consecutive(get_position(last), len(records))
            return
        for record in records:
            position = get_position(record)
            self._partition(position).add(position)

    def _partition(self, position: RecordPosition) -> PartitionTally:
        partition = self.partitions.get(position.partition)
        if partition is None:
            before = RecordPosition(position.partition, position.offset - 1, position.timestamp)
            partition = self.partitions[position.partition] = PartitionTally(position, before)
        return partition

    def count(self, category: Category, *records: DecodedRecord) -> None:
        if not records:
            return
        occurrences = self.sorts.setdefault(category, Occurrences())
        occurrences.count += len(records)
        occurrences.last = get_position(records[-1].record)
        examples = records[: max(0, KEPT - len(occurrences.first))]
        occurrences.first += [get_position(decoded.record) for decoded in examples]

    def count_oddities(self, decoded: DecodedRecord, effect: Effect) -> None:
        """Count a record in the categories of its effect, headers and partition."""
        record = decoded.record
        if record.partition:
            self.count(Category.OUTSIDE, decoded)
        if decoded.req is not None and decoded.req_faults:
            self.count(Category.ODD_REQ, decoded)
        elif effect.outcome is Outcome.UNDECODABLE:
            category = Category.UNDECODABLE
            if any(name == _V3_HEADER for name, _ in record.headers):
                category = Category.OF_V3
            elif record.key is not None and record.key[:1] not in _TYPES:
                category = Category.UNKNOWN_TYPE
            self.count(category, decoded)
        elif decoded.req is None:
            self.count(Category.NO_REQ, decoded)
        if effect.outcome is Outcome.REJECTED:
            self.count(Category.REJECTED, decoded)
            rejections = self.refusals.setdefault(effect.error, Rejections())
            rejections.count += 1
            rejections.last = get_position(record)
            if has_remark(effect.remarks, RemarkCode.GLOBAL_ID_TAKEN):
                self.count(Category.ID_TAKEN, decoded)
        if has_remark(effect.remarks, RemarkCode.CONTENT_ID_REUSED):
            self.count(Category.USED_TWICE, decoded)

    def id_draws(self, tenant: str | None, name: SequenceName) -> IdDraws:
        return self.draws.setdefault(tenant or DEFAULT_TENANT, {}).setdefault(name, IdDraws())


def get_position(record: Record) -> RecordPosition:
    return RecordPosition(record.partition, record.offset, record.timestamp)
