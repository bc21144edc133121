"""The consume loop: replays the backlog, then applies records as they arrive."""

import ctypes
import gc
import logging
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, wait

from journal.database.writer import Writer
from journal.health import stored_diagnosis
from journal.health.monitor import HealthMonitor
from journal.kafka.errors import BrokerError, TopicMissing
from journal.models import Outcome
from journal.outcomes.pipe import Reporter
from journal.projection import positions
from journal.projection.batches import BatchApplier
from journal.projection.decoding import DecodedRecord, decode_record
from journal.projection.missing_offsets import find_gaps
from journal.search.indexer import Indexer
from journal.worker.broker_monitor import BrokerMonitor
from journal.worker.heartbeat import HeartbeatWriter, PriorTrouble
from journal.worker.prefetch import Prefetcher
from journal.worker.startup import (
    TopicInspection,
    WorkerConfig,
    check_start,
    check_topic_id,
    inspect_in_background,
    record_gap,
)

log = logging.getLogger(__name__)

_BATCH = 2000

#: Seconds that the consumer waits for a record.
_TIMEOUT = 0.2

#: Seconds after which the search index gets a step, however many records come.
_INDEX_INTERVAL = 0.5

#: Seconds without a record before it gets one: writes in a row are not held up.
_INDEX_QUIET = 0.1


class ConsumeLoop:
    """One run over a topic, from the tables' position until it is stopped or fails."""

    def __init__(
        self, config: WorkerConfig, writer: Writer, reporter: Reporter, prior: PriorTrouble
    ) -> None:
        self._config = config
        self._writer = writer
        self._reporter = reporter
        self._monitor = BrokerMonitor(config.properties, config.topic, prior.is_broker_reachable)
        self._health = HealthMonitor(config.topic, lambda: self._monitor.topic_facts)
        self._heartbeat = HeartbeatWriter(writer, reporter, self._monitor, prior)
        self._is_caught_up = False
        #: Rows were written since the write-ahead log was copied back.
        self._needs_checkpoint = False
        self._is_quiet = True
        self._indexed_at = 0.0

    def run(self, stop: threading.Event, on_caught_up: Callable[[], None]) -> None:
        """Apply records until `stop`; `on_caught_up` is called at the end found at the start.

        Raises BrokerError, AheadOfJournal, TopicReplaced and what `positions.load_position` raises.
        """
        self._heartbeat.write()
        position = positions.load_position(self._writer, self._config.topic)
        inspection = self._inspect_topic(position.origin is not None, stop)
        if inspection is None:
            return
        self._consumer = inspection.consumer
        try:
            start = check_start(self._writer, self._config.topic, position, inspection)
            self._origin = start.origin
            self._may_have_gaps = start.may_have_gaps
            self._next = start.next_offsets
            self._end = start.end_offsets
            self._applier = BatchApplier(self._writer, self._origin)
            self._applier.save_positions(self._next)
            self._indexer = Indexer(self._writer)
            self._consumer.assign(self._next)
            self._monitor.offsets = inspection.offsets
            self._heartbeat.clear_trouble()
            self._monitor.start()
            self._health.start()
            self._replay(stop)
            self._writer.release_cache()
            # glibc keeps the memory that a replay freed, unless it is asked.
            gc.collect()
            if (trim := getattr(ctypes.CDLL(None), "malloc_trim", None)) is not None:
                trim(0)
            if not stop.is_set():
                self._is_caught_up = self._heartbeat.is_caught_up = True
                self._heartbeat.write()
                self._health.wake()
                on_caught_up()
            while not stop.is_set():
                self._step()
        finally:
            self._health.close()
            self._monitor.close()
            self._consumer.close()

    def _inspect_topic(self, has_tables: bool, stop: threading.Event) -> TopicInspection | None:
        """Write heartbeats until the broker has answered; None after `stop`."""
        inspection = inspect_in_background(self._config, has_tables)
        while not stop.is_set():
            wait([inspection], _TIMEOUT)
            if inspection.done():
                return inspection.result()
            if self._heartbeat.is_due():
                self._heartbeat.write()

        def close_consumer(future: "Future[TopicInspection]") -> None:
            if future.exception() is None:
                future.result().consumer.close()

        inspection.add_done_callback(close_consumer)
        return None

    def _replay(self, stop: threading.Event) -> None:
        """Apply up to the end found at the start; the next batch is read while one is applied."""
        if self._has_reached_end():
            return
        prefetcher = Prefetcher(self._consumer)
        try:
            while not stop.is_set() and not self._has_reached_end():
                self._process(prefetcher.next(), prefetcher.start_next)
        finally:
            rest = prefetcher.close()
        self._process(rest)

    def _has_reached_end(self) -> bool:
        return all(self._next[partition] >= end for partition, end in self._end.items())

    def _step(self) -> None:
        """Apply the available records, then index; a stream of records goes first."""
        timeout = _TIMEOUT
        if self._indexer.is_behind:
            timeout = 0.0 if self._is_quiet else _INDEX_QUIET
        records = self._consumer.consume(_BATCH, timeout)
        self._process([decode_record(record) for record in records])
        self._is_quiet = not records
        is_due = self._is_quiet or time.monotonic() - self._indexed_at > _INDEX_INTERVAL
        if self._indexer.is_behind and is_due:
            self._indexer.step()
            self._indexed_at, self._needs_checkpoint = time.monotonic(), True

    def _process(
        self, records: Sequence[DecodedRecord], while_waiting: Callable[[], None] = lambda: None
    ) -> None:
        """Apply a batch, then do due work; `while_waiting` runs while the database works."""
        if records:
            self._apply(records, while_waiting)
        else:
            # The topic may end in offsets without a record: control records, compacted ones.
            ends = self._consumer.reached_ends
            passed = {part: end for part, end in ends.items() if end > self._next.get(part, 0)}
            if passed:
                self._applier.save_positions(passed)
                self._next.update(passed)
            if self._needs_checkpoint:
                self._writer.checkpoint()
                self._needs_checkpoint = False
        if not self._is_caught_up:
            self._reporter.progress(sum(self._next.values()), sum(self._end.values()))
        diagnosis = self._health.take_changed()
        if diagnosis is not None:
            stored_diagnosis.save_diagnosis(self._writer, diagnosis)
            self._reporter.heartbeat()
        if self._heartbeat.is_due():
            self._check_broker()
            self._heartbeat.write()

    def _apply(self, records: Sequence[DecodedRecord], while_waiting: Callable[[], None]) -> None:
        if self._may_have_gaps and not self._is_caught_up:
            gaps = find_gaps(self._next, [decoded.record for decoded in records])
            for partition, gap in gaps.items():
                record_gap(self._writer, partition, gap.first, gap.last, gap.count)
        applied = self._applier.apply(records, while_waiting)
        self._needs_checkpoint = True
        self._heartbeat.applied += len(records)
        self._next.update({item.record.partition: item.record.offset + 1 for item in records})
        self._reporter.applied(applied)
        self._indexer.is_behind = True
        if self._is_caught_up:
            self._health.wake()
        for decoded, effect in applied:
            if effect.outcome is Outcome.UNDECODABLE:
                position = {"partition": decoded.record.partition, "offset": decoded.record.offset}
                log.warning("A record can't be decoded: %s", effect.reason, extra=position)

    def _check_broker(self) -> None:
        """Raise the error behind the broker's last answers, and start on new partitions."""
        if not self._monitor.is_alive():
            raise BrokerError("the thread that watches the broker has died")
        if self._monitor.missing:
            raise TopicMissing(self._monitor.missing)
        check_topic_id(self._origin, self._monitor.topic_id)
        if not self._is_caught_up:
            return
        added = {
            partition: start
            for partition, (start, _) in self._monitor.offsets.items()
            if partition not in self._next
        }
        if added:
            log.info("The topic has more partitions", extra={"partitions": sorted(added)})
            self._applier.save_positions(added)
            self._next.update(added)
            self._consumer.assign(self._next)
