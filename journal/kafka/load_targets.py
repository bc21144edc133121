"""An empty topic to load records into, which keeps their times if it is made here."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from journal.kafka.consumer import RecordConsumer
from journal.kafka.errors import BrokerError
from journal.kafka.topics import TOPIC_CONFIG, TopicAdmin

_TYPE = "message.timestamp.type"
#: By default Kafka refuses times that lie an hour ahead; releases before 3.6 don't know this.
_ANY_TIME = {"message.timestamp.after.max.ms": str(2**63 - 1)}

#: Said where a topic of somebody else's making is loaded into.
TIMES_REPLACED = (
    "The topic takes the time of appending for each record (message.timestamp.type is not "
    "CreateTime): the times of the records were replaced, and with them the dates of artifacts."
)


@dataclass(frozen=True)
class LoadTarget:
    """`ends` are the offsets that the first loaded records get, by partition."""

    ends: Mapping[int, int]
    keeps_times: bool


@contextmanager
def prepare_load_target(
    properties: Mapping[str, str],
    name: str,
    partitions: int,
    config: Mapping[str, str] | None = None,
) -> Iterator[LoadTarget]:
    """Made with `config` if it is missing; one that exists is left as it is.

    Raises BrokerError if it holds records, which a load would mix up, or has too few partitions.
    """
    topic = TopicAdmin(properties, name)
    if topic.exists():
        empty = LoadTarget(
            _ends(properties, name, partitions), topic.config().get(_TYPE) == "CreateTime"
        )
        with _told_of_a_part(name):
            yield empty
        return
    wanted = {**TOPIC_CONFIG, **(config or {})}
    while_loading = {**wanted, _TYPE: "CreateTime"}
    try:
        topic.create(partitions, {**while_loading, **_ANY_TIME})
        extra: dict[str, str | None] = dict.fromkeys(_ANY_TIME)
    except BrokerError:
        topic.create(partitions, while_loading)
        extra = {}
    with _told_of_a_part(name):
        yield LoadTarget(dict.fromkeys(range(partitions), 0), True)
    topic.set_config({_TYPE: wanted[_TYPE], **extra})


@contextmanager
def _told_of_a_part(topic: str) -> Iterator[None]:
    try:
        yield
    except (BrokerError, KeyboardInterrupt) as error:
        said = str(error) or "Interrupted"
        raise BrokerError(
            f"{said}. Topic {topic} may hold a part of the records: delete it before you try again"
        ) from error


def _ends(properties: Mapping[str, str], topic: str, partitions: int) -> dict[int, int]:
    reader = RecordConsumer(properties, topic)
    try:
        offsets = reader.offsets()
    finally:
        reader.close()
    if any(end > start for start, end in offsets.values()):
        raise BrokerError(f"Topic {topic} holds records already: name another")
    if len(offsets) < partitions:
        raise BrokerError(f"Topic {topic} has {len(offsets)} partitions, {partitions} are needed")
    return {partition: end for partition, (_, end) in offsets.items()}
