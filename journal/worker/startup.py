"""What the broker says of the topic before a run begins; asking may take long, or create it."""

import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TypeVar

from journal.kafka.consumer import RecordConsumer
from journal.kafka.errors import BrokerError, TopicMissing
from journal.kafka.topics import TopicAdmin
from journal.models import ContentView
from journal.projection.content_view import NEWER_TYPES, choose_view

T = TypeVar("T")

#: Seconds for the first answer, after which the broker is said to be gone, and asked again.
_PATIENCE = 3.0
_LOOK_AGAIN = 0.02


@dataclass(frozen=True, slots=True)
class WorkerConfig:
    """Which topic is applied, and how; `content_view` is `auto` or a view's name."""

    properties: Mapping[str, str]
    topic: str
    content_view: str = "auto"
    #: Makes the topic if there is none and none was ever applied.
    creates_topic: bool = False
    #: An empty topic will hold records of 2.6, since this node would found it so.
    founds_newest: bool = True


@dataclass(frozen=True, slots=True)
class TopicInspection:
    """The topic as it is now; whoever gets it closes `reader`, which has no position yet.

    `topic_id` is empty if the cluster tells none. `view` is what new tables are built as, None
    where there are some.
    """

    reader: RecordConsumer
    offsets: Mapping[int, tuple[int, int]]
    topic_id: str
    is_compacted: bool
    view: ContentView | None


def inspect_topic(config: WorkerConfig, has_tables: bool) -> TopicInspection:
    """Raises BrokerError; creates a missing topic if the config says so and nothing was applied."""
    reader = RecordConsumer(config.properties, config.topic)
    try:
        topic = TopicAdmin(config.properties, config.topic)
        offsets = _offsets(config, reader, topic, may_create=not has_tables)
        view = None if has_tables else _view(config, offsets)
        return TopicInspection(reader, offsets, topic.topic_id(), _is_compacted(topic), view)
    except BaseException:
        reader.close()
        raise


def _offsets(
    config: WorkerConfig, reader: RecordConsumer, topic: TopicAdmin, may_create: bool
) -> dict[int, tuple[int, int]]:
    try:
        return reader.offsets(_PATIENCE)
    except TopicMissing:
        if not (may_create and config.creates_topic):
            raise
    topic.create()
    return _offsets_once_known(reader)


def _offsets_once_known(reader: RecordConsumer) -> dict[int, tuple[int, int]]:
    """A broker may hear of a topic a moment after the controller has made it."""
    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            return reader.offsets()
        except TopicMissing:
            if time.monotonic() > deadline:
                raise
        time.sleep(_LOOK_AGAIN)


def _view(config: WorkerConfig, offsets: Mapping[int, tuple[int, int]]) -> ContentView:
    return choose_view(config.content_view, lambda: _holds_newer_types(config, offsets))


def _holds_newer_types(config: WorkerConfig, offsets: Mapping[int, tuple[int, int]]) -> bool:
    if not any(end for _, end in offsets.values()):
        return config.founds_newest
    # A reader of its own: one that is sent back to the start loses half a second.
    reader = RecordConsumer(config.properties, config.topic)
    try:
        return reader.contains_type(NEWER_TYPES, offsets)
    finally:
        reader.close()


def _is_compacted(topic: TopicAdmin) -> bool:
    try:
        return "compact" in topic.config().get("cleanup.policy", "")
    except BrokerError:
        return False


def run_in_background(ask: Callable[[], T]) -> "Future[T]":
    """Asks on a thread that nobody has to wait for, not even the end of the process."""
    answer: Future[T] = Future()

    def run() -> None:
        try:
            answer.set_result(ask())
        except BaseException as error:
            answer.set_exception(error)

    threading.Thread(target=run, name="sighting", daemon=True).start()
    return answer
