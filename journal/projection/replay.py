"""Records applied to a scratch database, to see what a node would hold that stopped there."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from journal.database.scratch import ScratchDatabase, copy_database
from journal.database.writer import Writer
from journal.kafka.records import Record
from journal.models import Outcome
from journal.projection.batches import AppliedRecords, BatchApplier
from journal.projection.decoding import DecodedRecord, decode_record
from journal.projection.positions import Origin
from registry.state.digest import compute_digest

_TROUBLES = frozenset({Outcome.REFUSED, Outcome.UNDECODABLE})


@dataclass(frozen=True, slots=True)
class FailedRecord:
    """A record that could not be applied."""

    partition: int
    offset: int
    outcome: Outcome
    summary: str
    reason: str


@dataclass(slots=True)
class ReplayResult:
    """`next_offsets` are where the replay ended, by partition."""

    content_view: str
    next_offsets: Mapping[int, int]
    digest: str = ""
    outcomes: Counter[Outcome] = field(default_factory=Counter)
    troubles: list[FailedRecord] = field(default_factory=list)

    @property
    def records(self) -> int:
        return self.outcomes.total()

    def note(self, applied: AppliedRecords) -> None:
        for read, effect in applied:
            self.outcomes[effect.outcome] += 1
            if effect.outcome in _TROUBLES:
                place = read.record.partition, read.record.offset
                trouble = FailedRecord(*place, effect.outcome, read.summary, effect.reason)
                self.troubles.append(trouble)


def replay(
    batches: Iterable[Sequence[Record]],
    ends: Mapping[int, int],
    origin: Origin,
    scratch: ScratchDatabase,
    on_progress: Callable[[int], None],
) -> ReplayResult:
    """Applies records that end at `ends`; `on_progress` hears how many are done."""
    found = ReplayResult(origin.view.label, ends)
    writer = Writer(scratch.settings)
    try:
        into = BatchApplier(writer, origin)
        for records in batches:
            found.note(into.apply([decode_record(record) for record in records]))
            on_progress(found.records)
        # The last offsets may hold no record.
        into.move(ends)
    finally:
        writer.close()
    found.digest = compute_digest(scratch.connection, origin.view.label)
    return found


@dataclass(frozen=True, slots=True)
class DatabasePair:
    """Two databases that are filled together: one with all records, one with some of them."""

    whole: ScratchDatabase
    part: ScratchDatabase


def replay_pair(
    batches: Iterable[Sequence[Record]],
    is_left_out: Callable[[Record], bool],
    origin: Origin,
    pair: DatabasePair,
    on_left_out: Callable[[DecodedRecord], None],
) -> None:
    """Both databases are empty before; `on_left_out` hears of each record that is left out.

    Up to the first of those the databases are the same: the work is done once.
    """
    writers = [Writer(each.settings) for each in (pair.whole, pair.part)]
    try:
        whole = BatchApplier(writers[0], origin)
        part: BatchApplier | None = None
        for records in batches:
            reads = [decode_record(record) for record in records]
            kept, left_out = _parted(reads, is_left_out)
            if left_out and part is None:
                copy_database(pair.whole, pair.part)
                part = BatchApplier(writers[1], origin)
            whole.apply(reads)
            if part is not None and kept:
                part.apply(kept)
            for read in left_out:
                on_left_out(read)
        if part is None:
            copy_database(pair.whole, pair.part)
    finally:
        for writer in writers:
            writer.close()


def _parted(
    reads: list[DecodedRecord], is_left_out: Callable[[Record], bool]
) -> tuple[list[DecodedRecord], list[DecodedRecord]]:
    kept: list[DecodedRecord] = []
    left_out: list[DecodedRecord] = []
    for read in reads:
        (left_out if is_left_out(read.record) else kept).append(read)
    return kept, left_out
