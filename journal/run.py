"""One run of the worker: from where the tables stand, to the journal's end, and on from there."""

import logging
import os
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from journal import ledger, positions
from journal.ahead import ReadAhead
from journal.batches import Applied, Batches
from journal.brokers.base import BrokerError, TopicMissing
from journal.brokers.kafka import JournalReader
from journal.brokers.topics import Topic
from journal.content_view import NEWER_TYPES, choose_view
from journal.ledger import Read
from journal.memory import give_back
from journal.models import Outcome
from journal.news import Teller
from journal.positions import Origin
from journal.watch import BrokerWatch
from journal.writer import Writer

log = logging.getLogger(__name__)

_BATCH = 2000
_WAIT = 0.2
_WORD_EVERY = 1.0


@dataclass(frozen=True, slots=True)
class Source:
    """Which topic is applied, and how; `content_view` is `auto` or a view's name."""

    properties: Mapping[str, str]
    topic: str
    content_view: str = "auto"
    #: Makes the topic if there is none and none was ever applied.
    creates_topic: bool = False
    #: An empty topic will hold records of 2.6, since this node would found it so.
    founds_newest: bool = True


class AheadOfJournal(Exception):
    """The tables know records that the topic does not have: it was truncated or replaced."""


class TopicReplaced(Exception):
    """The topic was deleted and made again since the tables were derived from it."""


class Run:
    """Raises BrokerError, AheadOfJournal, TopicReplaced and what `positions.standing` raises."""

    def __init__(
        self, source: Source, writer: Writer, reader: JournalReader, teller: Teller
    ) -> None:
        self._source = source
        self._writer = writer
        self._reader = reader
        self._teller = teller
        self._watch = BrokerWatch(source.properties, source.topic)
        self._next: dict[int, int] = {}
        self._goal: dict[int, int] = {}
        self._last_word = 0.0
        self._applied_since = 0
        self._is_caught_up = False
        self._is_untidy = False

    def run(self, stop: threading.Event, on_caught_up: Callable[[], None]) -> None:
        """Returns after `stop`; `on_caught_up` is called when the present end is reached."""
        try:
            self._say_word()
            self._begin()
            self._watch.start()
            self._replay(stop)
            self._writer.shrink()
            give_back()
            if not stop.is_set():
                self._is_caught_up = True
                self._say_word()
                on_caught_up()
            while not stop.is_set():
                self._step()
        finally:
            self._watch.close()

    # The start

    def _begin(self) -> None:
        standing = positions.standing(self._writer, self._source.topic)
        offsets = self._offsets(may_create=standing.origin is None)
        self._origin = self._derived_from(standing.origin, offsets)
        self._batches = Batches(self._writer, self._origin)
        for partition, (start, end) in offsets.items():
            position = standing.next_offsets.get(partition, start)
            self._judge(partition, position, (start, end))
            self._next[partition] = max(position, start)
            self._goal[partition] = end
        self._batches.move(self._next)
        self._watch.offsets = offsets
        self._reader.start(self._next)

    def _offsets(self, may_create: bool) -> dict[int, tuple[int, int]]:
        try:
            return self._reader.offsets()
        except TopicMissing:
            if not (may_create and self._source.creates_topic):
                raise
        Topic(self._source.properties, self._source.topic).create()
        return self._reader.offsets()

    def _derived_from(self, known: Origin | None, offsets: Mapping[int, tuple[int, int]]) -> Origin:
        topic_id = Topic(self._source.properties, self._source.topic).id()
        if known is None:
            view = choose_view(self._source.content_view, lambda: self._holds_newer_types(offsets))
            return Origin(self._source.topic, view, topic_id)
        self._compare(known, topic_id)
        return replace(known, topic_id=topic_id or known.topic_id)

    def _holds_newer_types(self, offsets: Mapping[int, tuple[int, int]]) -> bool:
        if not any(end for _, end in offsets.values()):
            return self._source.founds_newest
        # A reader of its own: one that is sent back to the start loses half a second.
        reader = JournalReader(self._source.properties, self._source.topic)
        try:
            return reader.holds_type(NEWER_TYPES, offsets)
        finally:
            reader.close()

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
                f"the tables hold {self._source.topic} up to offset {position} of partition "
                f"{partition}, but the topic ends at {end}: it was deleted or truncated"
            )
        if position < start:
            log.warning(
                "Records are gone from the topic before they were applied",
                extra={"partition": partition, "position": position, "log_start": start},
            )

    # Behind, and live

    def _replay(self, stop: threading.Event) -> None:
        """Until the end that was found at the start, the next batch read while one is applied."""
        if self._is_at_goal():
            return
        ahead = ReadAhead(self._reader)
        try:
            while not stop.is_set() and not self._is_at_goal():
                self._take(ahead.next(), ahead.read_on)
        finally:
            rest = ahead.close()
        self._take(rest)

    def _step(self) -> None:
        self._take([ledger.understand(record) for record in self._reader.read(_BATCH, _WAIT)])

    def _take(self, reads: Sequence[Read], meanwhile: Callable[[], None] = lambda: None) -> None:
        if reads:
            self._apply(reads, meanwhile)
        else:
            self._rest()
        if not self._is_caught_up:
            self._teller.progress(sum(self._next.values()), sum(self._goal.values()))
        if time.monotonic() - self._last_word >= _WORD_EVERY:
            self._check_watch()
            self._say_word()

    def _apply(self, reads: Sequence[Read], meanwhile: Callable[[], None]) -> None:
        applied = self._batches.apply(reads, meanwhile)
        self._is_untidy = True
        self._applied_since += len(reads)
        self._next.update({read.record.partition: read.record.offset + 1 for read in reads})
        self._teller.applied(applied)
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

    def _is_at_goal(self) -> bool:
        return all(self._next[partition] >= end for partition, end in self._goal.items())

    # Its word

    def _check_watch(self) -> None:
        if not self._watch.is_alive():
            raise BrokerError("the thread that watches the broker has died")
        self._compare(self._origin, self._watch.topic_id)

    def _say_word(self) -> None:
        now = time.monotonic()
        rate = self._applied_since / max(now - self._last_word, 0.001)
        self._last_word, self._applied_since = now, 0
        ledger.say_word(
            self._writer,
            ledger.Word(
                pid=os.getpid(),
                is_caught_up=self._is_caught_up,
                is_broker_reachable=self._watch.is_reachable,
                offsets=self._watch.offsets,
                topic_config=self._watch.topic_config,
                trouble="",
                rate=0.0 if self._is_caught_up else rate,
            ),
        )
        self._teller.word()
