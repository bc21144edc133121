"""Applies a batch of records: rows, ledger and positions, in one transaction."""

from collections.abc import Callable, Mapping, Sequence

from journal.database.writer import Writer
from journal.models import Outcome
from journal.projection import ledger_rows, tally
from journal.projection.apply import Tables, apply, preload
from journal.projection.decoding import DecodedRecord
from journal.projection.effects import Effect
from journal.projection.positions import Origin, save_positions
from journal.wire.dialects import Generation
from registry.errors import ImpossibleRecord

AppliedRecords = list[tuple[DecodedRecord, Effect]]

#: Smaller batches are not worth a preload.
_PRELOAD_FROM = 16


class BatchApplier:
    """Applies one topic's records to the database behind `writer`."""

    def __init__(self, writer: Writer, origin: Origin) -> None:
        self._writer = writer
        self._origin = origin
        self._tables = Tables(writer, origin.view)
        self._tally = tally.load_tally(writer)

    def apply(
        self, records: Sequence[DecodedRecord], before_flush: Callable[[], None] = lambda: None
    ) -> AppliedRecords:
        """Apply and commit the records, each returned with its effect.

        `before_flush` is called when only the database has work left. If anything is raised, the
        database is as it was before.
        """
        try:
            return self._commit(records, before_flush)
        except self._writer.constraint_errors:
            # A record breaks a constraint: apply again, each record in a savepoint of its own, so
            # that this one alone is rejected.
            self._reload()
            return self._commit(records, before_flush, uses_savepoints=True)
        except BaseException:
            self._reload()
            raise

    def save_positions(self, next_offsets: Mapping[int, int]) -> None:
        """Move the positions past offsets without a record."""
        with self._writer.transaction():
            save_positions(self._writer, self._origin, next_offsets, Generation.UNKNOWN)

    def _reload(self) -> None:
        self._tables.reload()
        self._tally = tally.load_tally(self._writer)

    def _commit(
        self,
        records: Sequence[DecodedRecord],
        before_flush: Callable[[], None],
        uses_savepoints: bool = False,
    ) -> AppliedRecords:
        apply_one = self._apply_in_savepoint if uses_savepoints else self._apply
        next_offsets = {decoded.record.partition: decoded.record.offset + 1 for decoded in records}
        with self._writer.transaction():
            if len(records) >= _PRELOAD_FROM and not uses_savepoints:
                preload(self._tables, (decoded.message for decoded in records))
            applied = [(decoded, apply_one(decoded)) for decoded in records]
            tally.count_batch(self._tally, applied)
            before_flush()
            self._tables.flush()
            ledger_rows.insert_rows(self._writer, applied)
            tally.save_tally(self._writer, self._tally)
            newest = ledger_rows.newest_generation(records)
            save_positions(self._writer, self._origin, next_offsets, newest)
            self._writer.notify()
        return applied

    def _apply(self, decoded: DecodedRecord) -> Effect:
        if decoded.message is None:
            return Effect(Outcome.UNDECODABLE, reason=decoded.fault)
        record = decoded.record
        return apply(self._tables, decoded.message, record.timestamp, record.offset)

    def _apply_in_savepoint(self, decoded: DecodedRecord) -> Effect:
        try:
            with self._writer.savepoint():
                effect = self._apply(decoded)
                self._tables.flush()
        except self._writer.constraint_errors as error:
            self._tables.reload()
            reason = f"the tables can't take it: {error}"
            return Effect(Outcome.REJECTED, error=ImpossibleRecord.code, reason=reason)
        return effect
