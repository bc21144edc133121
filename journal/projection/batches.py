"""A batch of records to rows, ledger and positions, in one transaction."""

from collections.abc import Callable, Mapping, Sequence

from journal.database.writer import Writer
from journal.models import Outcome
from journal.projection import ledger_rows, tally
from journal.projection.apply import Tables, apply, preload
from journal.projection.decoding import DecodedRecord
from journal.projection.effects import Effect
from journal.projection.positions import Origin, save_positions
from journal.wire.dialects import Generation

AppliedRecords = list[tuple[DecodedRecord, Effect]]

#: From so many records on it pays to look up at once what they will ask for.
_MANY = 16


class BatchApplier:
    """Applies one topic's records to the database behind `writer`."""

    def __init__(self, writer: Writer, origin: Origin) -> None:
        self._writer = writer
        self._origin = origin
        self._tables = Tables(writer, origin.view)
        self._tally = tally.load_tally(writer)

    def apply(
        self, reads: Sequence[DecodedRecord], meanwhile: Callable[[], None] = lambda: None
    ) -> AppliedRecords:
        """What became of each record; whatever it raises left everything as it was.

        `meanwhile` is called when only the database has work left.
        """
        try:
            return self._commit(reads, meanwhile)
        except self._writer.constraint_errors:
            # A constraint spoke: once more, each record in a savepoint of its own.
            self._reload()
            return self._commit(reads, meanwhile, is_careful=True)
        except BaseException:
            self._reload()
            raise

    def _reload(self) -> None:
        self._tables.reload()
        self._tally = tally.load_tally(self._writer)

    def move(self, next_offsets: Mapping[int, int]) -> None:
        """Remembers positions after which there was no record to apply."""
        with self._writer.transaction():
            save_positions(self._writer, self._origin, next_offsets, Generation.UNKNOWN)

    def _commit(
        self,
        reads: Sequence[DecodedRecord],
        meanwhile: Callable[[], None],
        is_careful: bool = False,
    ) -> AppliedRecords:
        effect_of = self._effect_in_savepoint if is_careful else self._effect
        following = {read.record.partition: read.record.offset + 1 for read in reads}
        with self._writer.transaction():
            if len(reads) >= _MANY and not is_careful:
                preload(self._tables, (read.message for read in reads))
            applied = [(read, effect_of(read)) for read in reads]
            tally.count_batch(self._tally, applied)
            meanwhile()
            self._tables.flush()
            ledger_rows.insert_rows(self._writer, applied)
            tally.save_tally(self._writer, self._tally)
            newest = ledger_rows.newest_generation(reads)
            save_positions(self._writer, self._origin, following, newest)
            self._writer.notify()
        return applied

    def _effect(self, read: DecodedRecord) -> Effect:
        if read.message is None:
            return Effect(Outcome.UNDECODABLE, reason=read.fault)
        return apply(self._tables, read.message, read.record.timestamp, read.record.offset)

    def _effect_in_savepoint(self, read: DecodedRecord) -> Effect:
        try:
            with self._writer.savepoint():
                effect = self._effect(read)
                self._tables.flush()
        except self._writer.constraint_errors as error:
            self._tables.reload()
            reason = f"the tables can't take it: {error}"
            return Effect(Outcome.REFUSED, error="ImpossibleRecord", reason=reason)
        return effect
