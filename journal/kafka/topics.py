"""Creates, describes, configures and deletes a topic."""

import time
from collections.abc import Mapping
from typing import NamedTuple

from confluent_kafka import KafkaError, KafkaException, TopicCollection
from confluent_kafka.admin import (
    AclOperation,
    AdminClient,
    AlterConfigOpType,
    ClusterMetadata,
    ConfigEntry,
    ConfigResource,
    ConfigSource,
)
from confluent_kafka.cimpl import NewTopic

from journal.kafka.clients import (
    COMMON,
    REQUEST_TIMEOUT,
    as_broker_error,
    create_client,
    to_broker_error,
)
from journal.kafka.errors import NotAuthorized
from journal.kafka.topic_description import (
    BROKER_NAMES,
    SETTING_SOURCES,
    PartitionDescription,
    Setting,
    SettingSource,
    TopicDescription,
)

#: The settings that the journal needs, besides partitions and replication.
TOPIC_CONFIG = {
    "cleanup.policy": "delete",
    "retention.ms": "-1",
    "retention.bytes": "-1",
    "message.timestamp.type": "LogAppendTime",
}
_SOURCES = {
    source.value: SETTING_SOURCES.get(source.name, SettingSource.DEFAULT) for source in ConfigSource
}
#: The operations of a node on its topic; ALTER_CONFIGS is for repairs on the Health page.
_OPERATIONS = (
    AclOperation.READ,
    AclOperation.WRITE,
    AclOperation.DESCRIBE_CONFIGS,
    AclOperation.ALTER_CONFIGS,
)
_POLL_INTERVAL = 0.05


class KafkaTopic(NamedTuple):
    """A topic, and the properties of the clients of its cluster."""

    properties: Mapping[str, str]
    name: str


class TopicAdmin:
    """Administrates one topic of the cluster."""

    def __init__(self, properties: Mapping[str, str], name: str) -> None:
        self.name = name
        self._admin = create_client(AdminClient, {**COMMON, **properties})

    def topic_id(self, timeout: float = REQUEST_TIMEOUT) -> str:
        """Return the cluster's id of the topic, new for each creation; empty if it has none."""
        try:
            future = self._admin.describe_topics(TopicCollection([self.name]))[self.name]
            return str(future.result(timeout).topic_id)
        except (KafkaException, TimeoutError):
            return ""

    def exists(self) -> bool:
        with as_broker_error("asking for the topics"):
            return self.name in self._admin.list_topics(timeout=REQUEST_TIMEOUT).topics

    def create(self, partitions: int = 1, config: Mapping[str, str] | None = None) -> None:
        """Create the topic with the journal's settings and these, unless it exists."""
        with as_broker_error(f"creating {self.name}"):
            brokers = self._admin.list_topics(timeout=REQUEST_TIMEOUT).brokers
            replicas = min(3, len(brokers))
            settings = {
                **TOPIC_CONFIG,
                "min.insync.replicas": str(max(replicas - 1, 1)),
                **(config or {}),
            }
            new = NewTopic(self.name, partitions, replicas, config=settings)
            try:
                self._admin.create_topics([new])[self.name].result(REQUEST_TIMEOUT)
            except KafkaException as error:
                if error.args[0].code() != KafkaError.TOPIC_ALREADY_EXISTS:
                    raise
            # The controller answers before the broker that is asked knows of the topic. Any other
            # error is for the next request to raise.
            deadline = time.monotonic() + REQUEST_TIMEOUT
            while time.monotonic() < deadline:
                topic = self._metadata(REQUEST_TIMEOUT).topics[self.name]
                if topic.error is None or topic.error.code() != KafkaError.UNKNOWN_TOPIC_OR_PART:
                    return
                time.sleep(_POLL_INTERVAL)

    def delete(self) -> None:
        """Delete the topic, unless it is gone already."""
        with as_broker_error(f"deleting {self.name}"):
            try:
                self._admin.delete_topics([self.name])[self.name].result(REQUEST_TIMEOUT)
            except KafkaException as error:
                if error.args[0].code() != KafkaError.UNKNOWN_TOPIC_OR_PART:
                    raise

    def set_config(self, settings: Mapping[str, str | None]) -> None:
        """Change settings of the topic; None takes one back to its default."""
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
            self._admin.incremental_alter_configs([resource])[resource].result(REQUEST_TIMEOUT)

    def config(self) -> dict[str, str]:
        """Return the settings relevant for a journal; raises BrokerError."""
        return {name: setting.value for name, setting in self._settings(REQUEST_TIMEOUT).items()}

    def describe(self, timeout: float = REQUEST_TIMEOUT) -> TopicDescription:
        """Describe the topic; `refused` has the requests denied to this user, with reasons.

        Raises BrokerError for every other failure.
        """
        refused: list[str] = []
        settings: dict[str, Setting] = {}
        partitions: list[PartitionDescription] = []
        brokers: set[int] = set()
        try:
            settings = self._settings(timeout)
        except NotAuthorized as error:
            refused.append(str(error).rstrip("."))
        doing = f"asking for the partitions of {self.name}"
        try:
            with as_broker_error(doing):
                metadata = self._metadata(timeout)
            topic = metadata.topics[self.name]
            if topic.error is not None:
                raise to_broker_error(doing, topic.error)
            brokers = {*metadata.brokers}
            partitions = [
                PartitionDescription(
                    number=partition.id,
                    leader=partition.leader,
                    replicas=len(partition.replicas),
                    in_sync=len(partition.isrs),
                    offline=len({*partition.replicas} - brokers),
                )
                for partition in topic.partitions.values()
            ]
        except NotAuthorized as error:
            refused.append(str(error).rstrip("."))
        topics = TopicCollection([self.name])
        futures = self._admin.describe_topics(topics, include_authorized_operations=True)
        try:
            # None where the broker does not say.
            allowed = futures[self.name].result(timeout).authorized_operations or _OPERATIONS
        except (KafkaException, TimeoutError):
            allowed = _OPERATIONS
        denied = tuple(item.name for item in _OPERATIONS if item not in allowed)
        return TopicDescription(
            settings, tuple(partitions), len(brokers), "; ".join(refused), denied
        )

    def _metadata(self, timeout: float) -> ClusterMetadata:
        return self._admin.list_topics(self.name, timeout=timeout)

    def _settings(self, timeout: float) -> dict[str, Setting]:
        resource = ConfigResource(ConfigResource.Type.TOPIC, self.name)
        with as_broker_error(f"asking for the settings of {self.name}"):
            entries = self._admin.describe_configs([resource])[resource].result(timeout)
            return {
                name: Setting(
                    entries[name].value, _SOURCES.get(entries[name].source, SettingSource.DEFAULT)
                )
                for name in BROKER_NAMES
                if name in entries
            }
