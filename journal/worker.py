"""The journal's worker: fetch a batch, decode, apply, ledger and position, in one transaction.

Then tell the news: waiters wake, pages change. Nothing on the topic can stop it; what it does
not foresee ends it loudly.
"""

import logging
import os
import threading
import time
from collections.abc import Mapping, Sequence
from typing import Any

from journal import ledger
from journal.batches import Applied, Batches
from journal.brokers.base import Record
from journal.brokers.kafka import JournalReader
from journal.models import Outcome
from journal.news import Teller, TellHere
from journal.watch import BrokerWatch
from journal.writer import Writer

log = logging.getLogger(__name__)

_BATCH = 2000
_WAIT = 0.2
_WORD_EVERY = 1.0


class AheadOfJournal(Exception):
    """The tables know records that the topic does not have: it was deleted or truncated."""


class Worker:
    """Applies one topic to one database; `run` belongs to the thread that calls it."""

    def __init__(
        self,
        properties: Mapping[str, str],
        topic: str,
        database: dict[str, Any],
        teller: Teller | None = None,
    ) -> None:
        self._properties = properties
        self._topic = topic
        self._database = database
        self._teller = teller or TellHere()
        self._stop = threading.Event()
        #: Set once the end offsets found at the start are reached.
        self.caught_up = threading.Event()

    def stop(self) -> None:
        """The transaction in hand is finished."""
        self._stop.set()

    def run(self) -> None:
        """Returns after `stop`; raises whatever it does not foresee."""
        writer = Writer(self._database)
        try:
            reader = JournalReader(self._properties, self._topic)
            try:
                _Run(self, writer, reader).run()
            except BrokenPipeError:
                # Whoever listened has gone, and another worker may have said its word by now.
                raise
            except Exception as error:
                self._say_trouble(writer, error)
                raise
            finally:
                reader.close()
        finally:
            writer.close()

    def _say_trouble(self, writer: Writer, error: Exception) -> None:
        word = ledger.Word(os.getpid(), False, False, {}, None, str(error) or repr(error))
        try:
            ledger.say_word(writer, word)
        except Exception:
            log.exception("The worker could not even say why it stops")


class _Run:
    """One run of the worker, from its start to its stop."""

    def __init__(self, worker: Worker, writer: Writer, reader: JournalReader) -> None:
        self._worker = worker
        self._writer = writer
        self._reader = reader
        self._batches = Batches(writer, worker._topic)
        self._watch = BrokerWatch(worker._properties, worker._topic)
        self._next: dict[int, int] = {}
        self._goal: dict[int, int] = {}
        self._last_word = 0.0
        self._is_caught_up = False
        self._is_untidy = False

    def run(self) -> None:
        self._begin()
        self._watch.start()
        try:
            while not self._worker._stop.is_set():
                self._step()
        finally:
            self._watch.close()

    def _begin(self) -> None:
        self._say_word()
        known = ledger.positions(self._writer, self._worker._topic)
        offsets = self._reader.offsets()
        for partition, (start, end) in offsets.items():
            position = known.get(partition, start)
            if position > end:
                raise AheadOfJournal(
                    f"the tables hold {self._worker._topic} up to offset {position} of partition "
                    f"{partition}, but the topic ends at {end}: it was deleted or truncated"
                )
            if position < start:
                log.warning(
                    "Records are gone from the topic before they were applied",
                    extra={"partition": partition, "position": position, "log_start": start},
                )
            self._next[partition] = max(position, start)
            self._goal[partition] = end
        self._batches.move(self._next)
        self._watch.offsets = offsets
        self._reader.start(self._next)

    def _step(self) -> None:
        records = self._reader.read(_BATCH, _WAIT)
        if records:
            self._apply(records)
        else:
            self._rest()
        if not self._is_caught_up:
            self._look_how_far()
        if time.monotonic() - self._last_word >= _WORD_EVERY:
            self._say_word()

    def _apply(self, records: Sequence[Record]) -> None:
        applied = self._batches.apply(records)
        self._is_untidy = True
        self._next.update({record.partition: record.offset + 1 for record in records})
        self._worker._teller.applied(applied)
        self._log_trouble(applied)

    def _log_trouble(self, applied: Applied) -> None:
        for read, effect in applied:
            if effect.outcome is Outcome.UNDECODABLE:
                place = {"partition": read.record.partition, "offset": read.record.offset}
                log.warning("A record can't be decoded: %s", effect.reason, extra=place)

    def _rest(self) -> None:
        self._skip_gaps()
        if self._is_untidy:
            self._writer.tidy()
            self._is_untidy = False

    def _skip_gaps(self) -> None:
        """The topic may end in offsets that hold no record: control records, compacted ones."""
        behind = {
            partition: end
            for partition, end in self._reader.ends_seen.items()
            if end > self._next.get(partition, 0)
        }
        if behind:
            self._batches.move(behind)
            self._next.update(behind)

    def _look_how_far(self) -> None:
        applied, goal = sum(self._next.values()), sum(self._goal.values())
        self._worker._teller.progress(applied, goal)
        if all(self._next[partition] >= end for partition, end in self._goal.items()):
            self._is_caught_up = True
            self._say_word()
            self._worker.caught_up.set()

    def _say_word(self) -> None:
        self._last_word = time.monotonic()
        ledger.say_word(
            self._writer,
            ledger.Word(
                pid=os.getpid(),
                is_caught_up=self._is_caught_up,
                is_broker_reachable=self._watch.is_reachable,
                offsets=self._watch.offsets,
                topic_config=self._watch.topic_config,
                trouble="",
            ),
        )
        self._worker._teller.word()
