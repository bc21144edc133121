"""What the simulation foretells is what a real broker's cleaner does, offset by offset."""

import itertools
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from uuid import uuid4

import pytest
from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient

from journal.database.scratch import scratch_database
from journal.dumps.sources import topic_records
from journal.forecast.cleanup_config import parse_cleanup_config
from journal.forecast.compaction import Horizon
from journal.forecast.forecast import Forecast, ForecastInput, forecast
from journal.forecast.scenarios import Compaction
from journal.kafka.consumer import RecordConsumer
from journal.kafka.ranges import read_range
from journal.kafka.records import Record
from journal.kafka.topics import TopicAdmin
from journal.projection.content_view import NEWER_TYPES, choose_view
from journal.projection.positions import Origin
from journal.projection.replay import replay
from registry.state.differences import compare_states
from tests.acceptance.test_topic_faults import clean_at_once
from tests.journals import DATA, read_journal
from tests.random_journals import random_journal
from tests.waiting import DEADLINE, holds, until

#: The journal is loaded while nothing cleans, into segments as its own times would have them.
CALM = {
    "cleanup.policy": "delete",
    "retention.ms": "-1",
    "message.timestamp.type": "CreateTime",
    "message.timestamp.after.max.ms": "9223372036854775807",
    "segment.ms": "100",
}
#: With `segment.ms`, the settings under which the incident was reproduced.
AGGRESSIVE = {
    "cleanup.policy": "compact",
    "min.cleanable.dirty.ratio": "0.001",
    "delete.retention.ms": "100",
    "min.compaction.lag.ms": "0",
}
#: The cleaner looks ten times a second; after so many looks here, it has nothing left to do.
LOOKS = 20


class CompactedTopic:
    """One topic that is loaded, then cleaned by the broker."""

    def __init__(self, kafka: str, journal: Sequence[Record]) -> None:
        self._properties = {"bootstrap.servers": kafka}
        self._name = f"foreseen-{uuid4()}"
        self._topic = TopicAdmin(self._properties, self._name)
        self._topic.create(config=CALM)
        self._producer = Producer({**self._properties, "linger.ms": 0})
        # A broker gives offsets itself, without the journal's gaps.
        self.loaded = [replace(record, offset=offset) for offset, record in enumerate(journal)]
        for record in self.loaded:
            self._publish(record)

    def _publish(self, record: Record) -> None:
        """Publish a record in a batch of its own."""
        self._producer.produce(
            self._name,
            key=record.key,
            value=record.value,
            partition=0,
            headers=list(record.headers),
            timestamp=record.timestamp,
        )
        assert self._producer.flush(DEADLINE) == 0

    def close_segment(self, count: int) -> None:
        """Publish a much newer record, which nothing supersedes."""
        newest = max(record.timestamp for record in self.loaded)
        key = f"filler {uuid4()}".encode()
        self._publish(Record(0, 0, newest + count * 10_000, "CreateTime", (), key, b"filler"))

    def compact(self) -> None:
        self._topic.set_config(dict(AGGRESSIVE))

    def forecast(self, horizon: Horizon) -> Forecast:
        """Forecast as if compaction were on, before anything was cleaned."""
        config = parse_cleanup_config(self._topic.describe())
        with topic_records(self._properties, self._name) as records:
            journal = ForecastInput(self._name, records, config)
            scenario = Compaction(horizon, is_assumed=True)
            return forecast(journal, scenario, lambda doing, part: None)

    def left(self) -> list[int]:
        """Return the offsets that are left of the loaded journal."""
        return [record.offset for records in self._read() for record in records]

    def _read(self) -> Iterator[list[Record]]:
        with closing(RecordConsumer(self._properties, self._name)) as reader:
            start = {0: reader.offsets()[0][0]}
            yield from read_range(reader, start, {0: len(self.loaded)})

    def changes(self) -> list[str]:
        """From a replay of all that was loaded to one of what is left, in words."""
        is_newer = any(change.key and change.key[0] in NEWER_TYPES for change in self.loaded)
        origin = Origin(self._name, choose_view("auto", lambda: is_newer))
        ends = {0: len(self.loaded)}
        with scratch_database() as whole, scratch_database() as rest:
            replay([self.loaded], ends, origin, whole, lambda done: None)
            replay(self._read(), ends, origin, rest, lambda done: None)
            return [change.summary for change in compare_states(whole.connection, rest.connection)]

    def wait_for(self, offsets: list[int], meanwhile: Callable[[], None] = lambda: None) -> None:
        """Wait for these very offsets; fail with what else is there, also if they do not stay."""
        try:
            until(lambda: self.left() == offsets, during=meanwhile)
            assert holds(lambda: self.left() == offsets, looks=LOOKS)
        finally:
            left = set(self.left())
            print(f"too many: {sorted(left - {*offsets})}, gone: {sorted({*offsets} - left)}")


@pytest.fixture
def eager_kafka(kafka: str, sqlite_database: str) -> str:
    """Its cleaner looks often."""
    clean_at_once(AdminClient({"bootstrap.servers": kafka}))
    return kafka


def remaining_offsets(topic: CompactedTopic, result: Forecast) -> list[int]:
    gone = set(result.removals.offsets().get(0, []))
    return [record.offset for record in topic.loaded if record.offset not in gone]


def check_forecast(kafka: str, journal: Sequence[Record]) -> None:
    topic = CompactedTopic(kafka, journal)
    next_run, in_the_end = topic.forecast(Horizon.NEXT), topic.forecast(Horizon.END)
    assert 0 < len(next_run.removals) < len(in_the_end.removals)

    topic.compact()
    topic.wait_for(remaining_offsets(topic, next_run))
    assert topic.changes() == [change.summary for change in next_run.changes]

    # The first closes what was written to; a run begins when another is closed, and the tombstones
    # go at one that begins 100 ms after the one that met them.
    count = itertools.count(1)
    topic.wait_for(remaining_offsets(topic, in_the_end), lambda: topic.close_segment(next(count)))
    assert topic.changes() == [change.summary for change in in_the_end.changes]


@pytest.mark.parametrize("release", ["2.1.3", "2.1.5", "2.6.13"])
def test_a_recorded_journal_is_compacted_as_predicted(eager_kafka: str, release: str) -> None:
    check_forecast(eager_kafka, read_journal(DATA / "journals" / f"{release}.jsonl"))


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(8))
def test_any_journal_is_compacted_as_predicted(eager_kafka: str, seed: int) -> None:
    check_forecast(eager_kafka, random_journal(seed, 2000))


def test_records_without_a_key_are_removed_as_predicted(eager_kafka: str) -> None:
    journal = read_journal(DATA / "journals" / "bug-before.jsonl")
    journal[2:2] = [replace(journal[1], key=None), replace(journal[1], key=b"")]
    topic = CompactedTopic(eager_kafka, journal)
    result = topic.forecast(Horizon.NEXT)
    assert 2 not in remaining_offsets(topic, result)
    assert 3 in remaining_offsets(topic, result)
    topic.compact()
    topic.wait_for(remaining_offsets(topic, result))
