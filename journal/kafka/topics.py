"""What the broker says about a topic, and its creation."""

import time
from collections.abc import Mapping

from confluent_kafka import KafkaError, KafkaException, TopicCollection
from confluent_kafka.admin import (  # type: ignore[attr-defined]
    AclOperation,
    AdminClient,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    ConfigSource,
)
from confluent_kafka.cimpl import NewTopic

from journal.kafka.clients import COMMON, PATIENCE, as_broker_error, create_client, to_broker_error
from journal.kafka.errors import NotAuthorized
from journal.kafka.topic_description import (
    BROKER_NAMES,
    SETTING_SOURCES,
    PartitionDescription,
    Setting,
    SettingSource,
    TopicDescription,
)

#: What the journal needs of its topic, besides partitions and replication.
TOPIC_CONFIG = {
    "cleanup.policy": "delete",
    "retention.ms": "-1",
    "retention.bytes": "-1",
    "message.timestamp.type": "LogAppendTime",
}
_SOURCES = {
    source.value: SETTING_SOURCES.get(source.name, SettingSource.DEFAULT) for source in ConfigSource
}
#: What a node does with its topic; altering is for whoever mends from the page.
_OPERATIONS = (
    AclOperation.READ,
    AclOperation.WRITE,
    AclOperation.DESCRIBE_CONFIGS,
    AclOperation.ALTER_CONFIGS,
)
_LOOK_EVERY = 0.05


class TopicAdmin:
    """What the broker says about the topic, and its creation."""

    def __init__(self, properties: Mapping[str, str], name: str) -> None:
        self.name = name
        self._admin = create_client(AdminClient, {**COMMON, **properties})

    def topic_id(self, patience: float = PATIENCE) -> str:
        """The cluster's own id of the topic, which a deleted one takes with it; empty if untold."""
        try:
            described = self._admin.describe_topics(TopicCollection([self.name]))[self.name]
            return str(described.result(patience).topic_id)
        except (KafkaException, TimeoutError):
            return ""

    def exists(self) -> bool:
        with as_broker_error("asking for the topics"):
            return self.name in self._admin.list_topics(timeout=PATIENCE).topics

    def create(self, partitions: int = 1, config: Mapping[str, str] | None = None) -> None:
        """With the journal's settings and these; one made in the meantime is as good."""
        with as_broker_error(f"creating {self.name}"):
            brokers = len(self._admin.list_topics(timeout=PATIENCE).brokers)
            replicas = min(3, brokers)
            settings = {
                **TOPIC_CONFIG,
                "min.insync.replicas": str(max(replicas - 1, 1)),
                **(config or {}),
            }
            new = NewTopic(self.name, partitions, replicas, config=settings)
            try:
                self._admin.create_topics([new])[self.name].result(PATIENCE)
            except KafkaException as error:
                if error.args[0].code() != KafkaError.TOPIC_ALREADY_EXISTS:
                    raise
            self._wait_until_known()

    def _wait_until_known(self) -> None:
        """The controller says that a topic is made before the broker that is asked knows of it.

        Returns at once for any other reason not to tell, which its next user is told.
        """
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            error = self._admin.list_topics(self.name, timeout=PATIENCE).topics[self.name].error
            if error is None or error.code() != KafkaError.UNKNOWN_TOPIC_OR_PART:
                return
            time.sleep(_LOOK_EVERY)

    def delete(self) -> None:
        """One that is gone already is as good."""
        with as_broker_error(f"deleting {self.name}"):
            try:
                self._admin.delete_topics([self.name])[self.name].result(PATIENCE)
            except KafkaException as error:
                if error.args[0].code() != KafkaError.UNKNOWN_TOPIC_OR_PART:
                    raise

    def set_config(self, settings: Mapping[str, str | None]) -> None:
        """Settings of a topic that exists; None takes one back to its default."""
        changes = [
            ConfigEntry(
                name,
                value or "",
                incremental_operation=(
                    AlterConfigOpType.DELETE if value is None else AlterConfigOpType.SET
                ),
            )
            for name, value in settings.items()
        ]
        resource = ConfigResource(ConfigResource.Type.TOPIC, self.name, incremental_configs=changes)
        with as_broker_error(f"changing the settings of {self.name}"):
            self._admin.incremental_alter_configs([resource])[resource].result(PATIENCE)

    def config(self, patience: float = PATIENCE) -> dict[str, str]:
        """The settings that the journal depends on; raises BrokerError if not allowed to ask."""
        return {name: each.value for name, each in self._settings(patience).items()}

    def describe(self, patience: float = PATIENCE) -> TopicDescription:
        """All that is judged; what this user may not ask is told in `refused`.

        Raises BrokerError for every other reason not to tell.
        """
        refused = []
        settings: dict[str, Setting] = {}
        partitions: tuple[PartitionDescription, ...] = ()
        brokers = 0
        try:
            settings = self._settings(patience)
        except NotAuthorized as error:
            refused.append(str(error).rstrip("."))
        try:
            partitions, brokers = self._partitions(patience)
        except NotAuthorized as error:
            refused.append(str(error).rstrip("."))
        return TopicDescription(
            settings, partitions, brokers, "; ".join(refused), self._denied(patience)
        )

    def _partitions(self, patience: float) -> tuple[tuple[PartitionDescription, ...], int]:
        """With the number of brokers that are there."""
        doing = f"asking for the partitions of {self.name}"
        with as_broker_error(doing):
            told = self._admin.list_topics(self.name, timeout=patience)
        topic = told.topics[self.name]
        if topic.error is not None:
            raise to_broker_error(doing, topic.error)
        partitions = (
            PartitionDescription(
                number=each.id,
                leader=each.leader,
                replicas=len(each.replicas),
                in_sync=len(each.isrs),
                offline=len({*each.replicas} - {*told.brokers}),
            )
            for each in topic.partitions.values()
        )
        return tuple(partitions), len(told.brokers)

    def _denied(self, patience: float) -> tuple[str, ...]:
        """Empty where the broker does not say, too."""
        asked = self._admin.describe_topics(
            TopicCollection([self.name]), include_authorized_operations=True
        )
        try:
            allowed = asked[self.name].result(patience).authorized_operations
        except (KafkaException, TimeoutError):
            return ()
        return tuple(each.name for each in _OPERATIONS if allowed and each not in allowed)

    def _settings(self, patience: float) -> dict[str, Setting]:
        resource = ConfigResource(ConfigResource.Type.TOPIC, self.name)
        with as_broker_error(f"asking for the settings of {self.name}"):
            entries = self._admin.describe_configs([resource])[resource].result(patience)
            return {
                name: Setting(
                    entries[name].value, _SOURCES.get(entries[name].source, SettingSource.DEFAULT)
                )
                for name in BROKER_NAMES
                if name in entries
            }
