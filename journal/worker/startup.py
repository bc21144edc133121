"""The start of a worker: the topic on the broker, compared with the tables."""

import logging
import threading
import time
from collections.abc import Mapping
from concurrent.futures import Future
from contextlib import closing
from dataclasses import dataclass, replace

from journal.database.writer import Writer
from journal.kafka.consumer import RecordConsumer
from journal.kafka.errors import BrokerError, TopicMissing
from journal.kafka.topics import TopicAdmin
from journal.models import ContentView
from journal.projection.content_view import NEWER_TYPES, choose_view
from journal.projection.missing_offsets import record_missing_offsets
from journal.projection.positions import ConsumerPosition, Origin
from journal.worker.errors import AheadOfJournal, TopicReplaced

log = logging.getLogger(__name__)

#: Seconds for the first answer, after which the broker is reported as gone, and asked again.
_TIMEOUT = 3.0
_POLL_INTERVAL = 0.02


@dataclass(frozen=True, slots=True)
class WorkerConfig:
    """The topic to apply, and how; `content_view` is `auto` or a view's name."""

    properties: Mapping[str, str]
    topic: str
    content_view: str = "auto"
    #: Creates the topic if there is none and no topic was ever applied.
    creates_topic: bool = False
    #: This node's first record on an empty topic will be of generation 2.6.
    founds_newest: bool = True


@dataclass(frozen=True, slots=True)
class TopicInspection:
    """The topic as it is now; `consumer` has no position yet, and is closed by its user.

    `topic_id` is empty if the cluster gives none. `view` is the content view of new tables, None
    where there are tables.
    """

    consumer: RecordConsumer
    offsets: Mapping[int, tuple[int, int]]
    topic_id: str
    is_compacted: bool
    view: ContentView | None


@dataclass(frozen=True, slots=True)
class StartPoint:
    """The range to replay, by partition; end offsets are exclusive.

    `may_have_gaps` if compaction may have removed records not applied to these tables yet.
    """

    origin: Origin
    next_offsets: dict[int, int]
    end_offsets: dict[int, int]
    may_have_gaps: bool


def inspect_in_background(config: WorkerConfig, has_tables: bool) -> "Future[TopicInspection]":
    """Inspect the topic on a daemon thread, without delaying the end of the process."""
    inspection: Future[TopicInspection] = Future()

    def run() -> None:
        try:
            inspection.set_result(inspect_topic(config, has_tables))
        except BaseException as error:
            inspection.set_exception(error)

    threading.Thread(target=run, name="topic-inspection", daemon=True).start()
    return inspection


def inspect_topic(config: WorkerConfig, has_tables: bool) -> TopicInspection:
    """Ask the broker for the topic; create it if the config allows and there are no tables.

    Raises BrokerError.
    """
    consumer = RecordConsumer(config.properties, config.topic)
    try:
        topic = TopicAdmin(config.properties, config.topic)
        try:
            offsets = consumer.offsets(_TIMEOUT)
        except TopicMissing:
            if has_tables or not config.creates_topic:
                raise
            topic.create()
            offsets = _await_offsets(consumer)

        def holds_newer_types() -> bool:
            if not any(end for _, end in offsets.values()):
                return config.founds_newest
            # A consumer of its own: one that seeks back to the start loses half a second.
            with closing(RecordConsumer(config.properties, config.topic)) as scanner:
                return scanner.contains_type(NEWER_TYPES, offsets)

        view = None if has_tables else choose_view(config.content_view, holds_newer_types)
        try:
            is_compacted = "compact" in topic.config().get("cleanup.policy", "")
        except BrokerError:
            is_compacted = False
        return TopicInspection(consumer, offsets, topic.topic_id(), is_compacted, view)
    except BaseException:
        consumer.close()
        raise


def _await_offsets(consumer: RecordConsumer) -> dict[int, tuple[int, int]]:
    """Wait for the broker, possibly a moment behind the controller with a new topic."""
    deadline = time.monotonic() + _TIMEOUT
    while True:
        try:
            return consumer.offsets()
        except TopicMissing:
            if time.monotonic() > deadline:
                raise
        time.sleep(_POLL_INTERVAL)


def check_start(
    writer: Writer, topic: str, position: ConsumerPosition, inspection: TopicInspection
) -> StartPoint:
    """Compare the tables' position with the topic, and record missing offsets.

    Raises AheadOfJournal and TopicReplaced.
    """
    if position.origin is None:
        assert inspection.view is not None
        origin = Origin(topic, inspection.view, inspection.topic_id)
    else:
        check_topic_id(position.origin, inspection.topic_id)
        topic_id = inspection.topic_id or position.origin.topic_id
        origin = replace(position.origin, topic_id=topic_id)
    next_offsets: dict[int, int] = {}
    for partition, (start, end) in inspection.offsets.items():
        offset = position.next_offsets.get(partition, start)
        if offset > end:
            raise AheadOfJournal(
                f"the tables hold {topic} up to offset {offset} of partition "
                f"{partition}, but the topic ends at {end}: it was deleted or truncated"
            )
        if offset < start:
            record_gap(writer, partition, offset, start - 1, start - offset)
        next_offsets[partition] = max(offset, start)
    return StartPoint(
        origin,
        next_offsets,
        {partition: end for partition, (_, end) in inspection.offsets.items()},
        may_have_gaps=position.origin is not None and inspection.is_compacted,
    )


def check_topic_id(origin: Origin, topic_id: str) -> None:
    """Raise TopicReplaced if the tables come from another topic of this name."""
    if topic_id and origin.topic_id and topic_id != origin.topic_id:
        raise TopicReplaced(
            f"the topic {origin.topic} was deleted and made again (its id was "
            f"{origin.topic_id}, now it is {topic_id}): restore it from a backup, or rebuild "
            "the tables from the new one (manage.py rebuild)"
        )


def record_gap(writer: Writer, partition: int, first: int, last: int, count: int) -> None:
    """Log and record a range of offsets, `count` of them lost before they were applied."""
    log.warning(
        "Records are gone from the topic before they were applied here",
        extra={"partition": partition, "first": first, "last": last, "offsets": count},
    )
    record_missing_offsets(writer, partition, first, last, count)
