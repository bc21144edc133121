"""Empty topics to load records into; topics created here keep the records' times."""

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass

from journal.kafka.consumer import RecordConsumer
from journal.kafka.errors import BrokerError
from journal.kafka.topics import TOPIC_CONFIG, TopicAdmin

_TIMESTAMP_TYPE = "message.timestamp.type"
#: By default Kafka rejects times that lie an hour ahead; releases before 3.6 don't know this.
_ANY_TIME = {"message.timestamp.after.max.ms": str(2**63 - 1)}

#: For a topic that was there before, with settings of its own.
TIMES_REPLACED = (
    "The topic takes the time of appending for each record (message.timestamp.type is not "
    "CreateTime): the times of the records were replaced, and with them the dates of artifacts."
)


@dataclass(frozen=True)
class LoadTarget:
    """An empty topic; `ends` are the offsets of its first records to load, by partition."""

    ends: Mapping[int, int]
    keeps_times: bool


@contextmanager
def prepare_load_target(
    properties: Mapping[str, str],
    name: str,
    partitions: int,
    config: Mapping[str, str] | None = None,
) -> Iterator[LoadTarget]:
    """Create the topic with `config` if it is missing; an existing topic keeps its settings.

    Raises BrokerError if it holds records, which a load would mix up, or has too few partitions,
    and for errors of clients in the block.
    """
    topic = TopicAdmin(properties, name)
    if topic.exists():
        with closing(RecordConsumer(properties, name)) as consumer:
            offsets = consumer.offsets()
        if any(end > start for start, end in offsets.values()):
            raise BrokerError(f"Topic {name} holds records already: name another")
        if len(offsets) < partitions:
            raise BrokerError(
                f"Topic {name} has {len(offsets)} partitions, {partitions} are needed"
            )
        ends = {partition: end for partition, (_, end) in offsets.items()}
        keeps_times = topic.config().get(_TIMESTAMP_TYPE) == "CreateTime"
        with _warn_of_partial_load(name):
            yield LoadTarget(ends, keeps_times)
        return
    final = {**TOPIC_CONFIG, **(config or {})}
    while_loading = {**final, _TIMESTAMP_TYPE: "CreateTime"}
    try:
        topic.create(partitions, {**while_loading, **_ANY_TIME})
        reset: dict[str, str | None] = dict.fromkeys(_ANY_TIME)
    except BrokerError:
        topic.create(partitions, while_loading)
        reset = {}
    with _warn_of_partial_load(name):
        yield LoadTarget(dict.fromkeys(range(partitions), 0), True)
    topic.set_config({_TIMESTAMP_TYPE: final[_TIMESTAMP_TYPE], **reset})


@contextmanager
def _warn_of_partial_load(topic: str) -> Iterator[None]:
    try:
        yield
    except (BrokerError, KeyboardInterrupt) as error:
        reason = str(error) or "Interrupted"
        raise BrokerError(
            f"{reason}. Topic {topic} may hold a part of the records: delete it before you try "
            "again"
        ) from error
