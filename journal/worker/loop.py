"""Gives the memory that a replay used back to the system."""

import ctypes
import gc
import logging
import os
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, wait
from dataclasses import dataclass, replace
from functools import partial

from journal.database.writer import Writer
from journal.health import stored_diagnosis
from journal.health.monitor import HealthMonitor
from journal.kafka.errors import BrokerError, TopicMissing
from journal.models import Outcome
from journal.outcomes.pipe import Reporter
from journal.projection import decoding, positions
from journal.projection.batches import AppliedRecords, BatchApplier
from journal.projection.decoding import DecodedRecord
from journal.projection.missing_offsets import find_gaps, record_missing_offsets
from journal.projection.positions import ConsumerPosition, Origin
from journal.search.indexer import Indexer
from journal.worker import heartbeat
from journal.worker.broker_monitor import BrokerMonitor
from journal.worker.prefetch import Prefetcher
from journal.worker.startup import TopicInspection, WorkerConfig, inspect_topic, run_in_background


def release_memory() -> None:
    """As far as the C library can: glibc keeps what was freed unless it is asked."""
    gc.collect()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


__all__ = ["AheadOfJournal", "ConsumeLoop", "PriorTrouble", "TopicReplaced"]


log = logging.getLogger(__name__)


_BATCH = 2000

_WAIT = 0.2

_WORD_EVERY = 1.0

#: Seconds after which what is kept to search by gets a moment, however many records come.
_INDEX_EVERY = 0.5

#: Seconds without a record before it gets one: whoever writes in a row is not held up.
_QUIET = 0.1


class AheadOfJournal(Exception):
    """The tables know records that the topic does not have: it was truncated or replaced."""


class TopicReplaced(Exception):
    """The topic was deleted and made again since the tables were derived from it."""


@dataclass(frozen=True, slots=True)
class PriorTrouble:
    """What was the matter before the run, which holds until the broker has answered."""

    trouble: str = ""
    is_broker_reachable: bool = True
    #: The class name of the error behind it.
    kind: str = ""


class ConsumeLoop:
    """Raises BrokerError, AheadOfJournal, TopicReplaced and what `positions.standing` raises."""

    def __init__(
        self, config: WorkerConfig, writer: Writer, reporter: Reporter, before: PriorTrouble
    ) -> None:
        self._config = config
        self._writer = writer
        self._reporter = reporter
        self._trouble, self._trouble_kind = before.trouble, before.kind
        self._watch = BrokerMonitor(config.properties, config.topic, before.is_broker_reachable)
        self._rounds = HealthMonitor(config.topic, lambda: self._watch.topic_facts)
        self._next: dict[int, int] = {}
        self._goal: dict[int, int] = {}
        self._last_word = self._last_index = 0.0
        self._applied_since = 0
        self._is_caught_up = False
        self._is_untidy = False
        self._is_quiet = True
        #: The topic may have lost records that these tables should have seen.
        self._notes_gaps = False

    def run(self, stop: threading.Event, on_caught_up: Callable[[], None]) -> None:
        """Returns after `stop`; `on_caught_up` is called when the present end is reached."""
        self._say_word()
        standing = positions.load_position(self._writer, self._config.topic)
        sighting = self._sight(standing.origin is not None, stop)
        if sighting is None:
            return
        self._reader = sighting.reader
        try:
            self._begin(standing, sighting)
            self._watch.start()
            self._rounds.start()
            self._follow(stop, on_caught_up)
        finally:
            self._rounds.close()
            self._watch.close()
            self._reader.close()

    def _follow(self, stop: threading.Event, on_caught_up: Callable[[], None]) -> None:
        self._replay(stop)
        self._writer.release_cache()
        release_memory()
        if not stop.is_set():
            self._is_caught_up = True
            self._say_word()
            self._rounds.wake()
            on_caught_up()
        while not stop.is_set():
            self._step()

    # The start

    def _sight(self, has_tables: bool, stop: threading.Event) -> TopicInspection | None:
        """None after `stop`. A broker that does not answer keeps nobody from saying a word."""
        asking = run_in_background(partial(inspect_topic, self._config, has_tables))
        while not stop.is_set():
            wait([asking], _WAIT)
            if asking.done():
                return asking.result()
            self._say_word_if_due()
        asking.add_done_callback(_close_reader)
        return None

    def _begin(self, standing: ConsumerPosition, sighting: TopicInspection) -> None:
        self._origin = self._derived_from(standing.origin, sighting)
        self._batches = BatchApplier(self._writer, self._origin)
        self._indexer = Indexer(self._writer)
        self._notes_gaps = standing.origin is not None and sighting.is_compacted
        for partition, (start, end) in sighting.offsets.items():
            position = standing.next_offsets.get(partition, start)
            self._judge(partition, position, (start, end))
            self._next[partition] = max(position, start)
            self._goal[partition] = end
        self._batches.move(self._next)
        self._watch.offsets = sighting.offsets
        self._reader.assign(self._next)
        self._trouble = self._trouble_kind = ""

    def _derived_from(self, known: Origin | None, sighting: TopicInspection) -> Origin:
        if known is None:
            assert sighting.view is not None
            return Origin(self._config.topic, sighting.view, sighting.topic_id)
        self._compare(known, sighting.topic_id)
        return replace(known, topic_id=sighting.topic_id or known.topic_id)

    def _compare(self, known: Origin, topic_id: str) -> None:
        if topic_id and known.topic_id and topic_id != known.topic_id:
            raise TopicReplaced(
                f"the topic {known.topic} was deleted and made again (its id was "
                f"{known.topic_id}, now it is {topic_id}): restore it from a backup, or rebuild "
                "the tables from the new one (manage.py rebuild)"
            )

    def _judge(self, partition: int, position: int, offsets: tuple[int, int]) -> None:
        start, end = offsets
        if position > end:
            raise AheadOfJournal(
                f"the tables hold {self._config.topic} up to offset {position} of partition "
                f"{partition}, but the topic ends at {end}: it was deleted or truncated"
            )
        if position < start:
            self._note_missed(partition, position, start - 1, start - position)

    def _note_missed(self, partition: int, first: int, last: int, count: int) -> None:
        log.warning(
            "Records are gone from the topic before they were applied here",
            extra={"partition": partition, "first": first, "last": last, "offsets": count},
        )
        record_missing_offsets(self._writer, partition, first, last, count)

    # Behind, and live

    def _replay(self, stop: threading.Event) -> None:
        """Until the end that was found at the start, the next batch read while one is applied."""
        if self._is_at_goal():
            return
        ahead = Prefetcher(self._reader)
        try:
            while not stop.is_set() and not self._is_at_goal():
                self._take(ahead.next(), ahead.start_next)
        finally:
            rest = ahead.close()
        self._take(rest)

    def _step(self) -> None:
        """Records before the index, but where they come without a pause."""
        wait = _WAIT
        if self._indexer.is_behind:
            wait = 0.0 if self._is_quiet else _QUIET
        reads = [decoding.decode_record(record) for record in self._reader.consume(_BATCH, wait)]
        self._take(reads)
        self._is_quiet = not reads
        is_due = self._is_quiet or time.monotonic() - self._last_index > _INDEX_EVERY
        if self._indexer.is_behind and is_due:
            self._indexer.step()
            self._last_index, self._is_untidy = time.monotonic(), True

    def _take(
        self, reads: Sequence[DecodedRecord], meanwhile: Callable[[], None] = lambda: None
    ) -> None:
        if reads:
            self._apply(reads, meanwhile)
        else:
            self._rest()
        if not self._is_caught_up:
            self._reporter.progress(sum(self._next.values()), sum(self._goal.values()))
        self._keep_diagnosis()
        self._say_word_if_due(self._check_watch)

    def _apply(self, reads: Sequence[DecodedRecord], meanwhile: Callable[[], None]) -> None:
        if self._notes_gaps and not self._is_caught_up:
            self._note_gaps(reads)
        applied = self._batches.apply(reads, meanwhile)
        self._is_untidy = True
        self._applied_since += len(reads)
        self._next.update({read.record.partition: read.record.offset + 1 for read in reads})
        self._reporter.applied(applied)
        self._indexer.is_behind = True
        if self._is_caught_up:
            self._rounds.wake()
        self._log_trouble(applied)

    def _note_gaps(self, reads: Sequence[DecodedRecord]) -> None:
        records = [read.record for read in reads]
        for partition, gap in find_gaps(self._next, records).items():
            self._note_missed(partition, gap.first, gap.last, gap.count)

    def _log_trouble(self, applied: AppliedRecords) -> None:
        for read, effect in applied:
            if effect.outcome is Outcome.UNDECODABLE:
                place = {"partition": read.record.partition, "offset": read.record.offset}
                log.warning("A record can't be decoded: %s", effect.reason, extra=place)

    def _rest(self) -> None:
        self._skip_gaps()
        if self._is_untidy:
            self._writer.checkpoint()
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

    def _is_at_goal(self) -> bool:
        return all(self._next[partition] >= end for partition, end in self._goal.items())

    def _keep_diagnosis(self) -> None:
        diagnosis = self._rounds.take()
        if diagnosis is not None:
            stored_diagnosis.save_diagnosis(self._writer, diagnosis)
            self._reporter.heartbeat()

    # Its word

    def _check_watch(self) -> None:
        if not self._watch.is_alive():
            raise BrokerError("the thread that watches the broker has died")
        if self._watch.missing:
            raise TopicMissing(self._watch.missing)
        self._compare(self._origin, self._watch.topic_id)
        if self._is_caught_up:
            self._take_new_partitions()

    def _take_new_partitions(self) -> None:
        new = {
            partition: start
            for partition, (start, _) in self._watch.offsets.items()
            if partition not in self._next
        }
        if new:
            log.info("The topic has more partitions", extra={"partitions": sorted(new)})
            self._batches.move(new)
            self._next.update(new)
            self._reader.assign(self._next)

    def _say_word_if_due(self, check: Callable[[], None] = lambda: None) -> None:
        if time.monotonic() - self._last_word >= _WORD_EVERY:
            check()
            self._say_word()

    def _say_word(self) -> None:
        now = time.monotonic()
        rate = self._applied_since / max(now - self._last_word, 0.001)
        self._last_word, self._applied_since = now, 0
        heartbeat.write_heartbeat(
            self._writer,
            heartbeat.Heartbeat(
                pid=os.getpid(),
                is_caught_up=self._is_caught_up,
                is_broker_reachable=self._watch.is_reachable,
                offsets=self._watch.offsets,
                topic_facts=self._watch.topic_facts,
                trouble=self._trouble,
                rate=0.0 if self._is_caught_up else rate,
                trouble_kind=self._trouble_kind,
            ),
        )
        self._reporter.heartbeat()


def _close_reader(asking: "Future[TopicInspection]") -> None:
    if asking.exception() is None:
        asking.result().reader.close()
