"""A batch of records to rows, ledger and positions, in one transaction."""

from collections.abc import Callable, Mapping, Sequence

from journal import ledger
from journal.brokers.base import Record
from journal.dialects import Generation
from journal.ledger import Read
from journal.models import Outcome
from journal.outcomes import Effect
from journal.projection import Tables, apply
from journal.writer import Writer

Applied = list[tuple[Read, Effect]]


class Batches:
    """Applies one topic's records to the database behind `writer`."""

    def __init__(self, writer: Writer, topic: str) -> None:
        self._writer = writer
        self._topic = topic
        self._tables = Tables(writer)

    def apply(self, records: Sequence[Record]) -> Applied:
        """What became of each record; whatever it raises left everything as it was."""
        reads = [ledger.understand(record) for record in records]
        try:
            return self._commit(reads, self._effect)
        except self._writer.refusals:
            # A constraint spoke: once more, each record in a savepoint of its own.
            self._tables.reload()
            return self._commit(reads, self._effect_in_savepoint)
        except BaseException:
            self._tables.reload()
            raise

    def move(self, next_offsets: Mapping[int, int]) -> None:
        """Remembers positions after which there was no record to apply."""
        with self._writer.transaction():
            ledger.set_positions(self._writer, self._topic, next_offsets, Generation.UNKNOWN)

    def _commit(self, reads: Sequence[Read], effect_of: Callable[[Read], Effect]) -> Applied:
        following = {read.record.partition: read.record.offset + 1 for read in reads}
        with self._writer.transaction():
            applied = [(read, effect_of(read)) for read in reads]
            ledger.insert_rows(self._writer, applied)
            newest = ledger.newest_generation(reads)
            ledger.set_positions(self._writer, self._topic, following, newest)
            self._writer.notify()
        return applied

    def _effect(self, read: Read) -> Effect:
        if read.message is None:
            return Effect(Outcome.UNDECODABLE, reason=read.fault)
        return apply(self._tables, read.message, read.record.timestamp)

    def _effect_in_savepoint(self, read: Read) -> Effect:
        try:
            with self._writer.savepoint():
                return self._effect(read)
        except self._writer.refusals as error:
            self._tables.reload()
            reason = f"the tables can't take it: {error}"
            return Effect(Outcome.REFUSED, error="ImpossibleRecord", reason=reason)
