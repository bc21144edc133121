"""Replays records into a scratch database, to examine the resulting tables."""

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

_FAILURES = frozenset({Outcome.REJECTED, Outcome.UNDECODABLE})


@dataclass(frozen=True, slots=True)
class FailedRecord:
    """A rejected or undecodable record."""

    partition: int
    offset: int
    outcome: Outcome
    summary: str
    reason: str


@dataclass(slots=True)
class ReplayResult:
    """The result of a replay; `next_offsets` is its end by partition."""

    content_view: str
    next_offsets: Mapping[int, int]
    digest: str = ""
    outcomes: Counter[Outcome] = field(default_factory=Counter)
    failures: list[FailedRecord] = field(default_factory=list)

    @property
    def records(self) -> int:
        return self.outcomes.total()

    def add(self, applied: AppliedRecords) -> None:
        for decoded, effect in applied:
            self.outcomes[effect.outcome] += 1
            if effect.outcome in _FAILURES:
                partition, offset = decoded.record.partition, decoded.record.offset
                self.failures.append(
                    FailedRecord(partition, offset, effect.outcome, decoded.summary, effect.reason)
                )


def replay(
    batches: Iterable[Sequence[Record]],
    ends: Mapping[int, int],
    origin: Origin,
    scratch: ScratchDatabase,
    on_progress: Callable[[int], None],
) -> ReplayResult:
    """Apply records up to the offsets `ends`; `on_progress` gets the number of records applied."""
    result = ReplayResult(origin.view.label, ends)
    writer = Writer(scratch.settings)
    try:
        applier = BatchApplier(writer, origin)
        for records in batches:
            result.add(applier.apply([decode_record(record) for record in records]))
            on_progress(result.records)
        # The last offsets may hold no record.
        applier.save_positions(ends)
    finally:
        writer.close()
    result.digest = compute_digest(scratch.connection, origin.view.label)
    return result


@dataclass(frozen=True, slots=True)
class DatabasePair:
    """Two empty databases to fill together: `full` with all records, `partial` without some."""

    full: ScratchDatabase
    partial: ScratchDatabase


def replay_pair(
    batches: Iterable[Sequence[Record]],
    is_left_out: Callable[[Record], bool],
    origin: Origin,
    pair: DatabasePair,
    on_left_out: Callable[[DecodedRecord], None],
) -> None:
    """Apply records to both databases; those left out of `partial` are passed to `on_left_out`.

    Up to the first of these the databases are the same, so `full` is filled and then copied.
    """
    full_writer, partial_writer = Writer(pair.full.settings), Writer(pair.partial.settings)
    try:
        full = BatchApplier(full_writer, origin)
        partial: BatchApplier | None = None
        for records in batches:
            decoded = [decode_record(record) for record in records]
            retained: list[DecodedRecord] = []
            left_out: list[DecodedRecord] = []
            for item in decoded:
                (left_out if is_left_out(item.record) else retained).append(item)
            if left_out and partial is None:
                copy_database(pair.full, pair.partial)
                partial = BatchApplier(partial_writer, origin)
            full.apply(decoded)
            if partial is not None and retained:
                partial.apply(retained)
            for item in left_out:
                on_left_out(item)
        if partial is None:
            copy_database(pair.full, pair.partial)
    finally:
        full_writer.close()
        partial_writer.close()
