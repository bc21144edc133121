"""The journal's topic: created as the journal needs it, never altered."""

from contextlib import closing
from uuid import uuid4

import pytest
from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewPartitions, NewTopic
from django.conf import settings

from journal.health import node_state
from journal.kafka.consumer import RecordConsumer, fetch_record
from journal.kafka.errors import BrokerError
from journal.kafka.topics import TopicAdmin
from journal.models import LedgerRow, Position
from tests.nodes import worker_in_trouble, worker_running
from tests.waiting import DEADLINE, until

ID_KEY = b'\x09{"tenantId":"_"}'
ID_VALUE = b'\x09{"action":1}'


@pytest.fixture
def topic_name(kafka: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the name of a topic that the settings name and that does not exist."""
    topic = f"journal-{uuid4().hex}"
    monkeypatch.setattr(settings, "KAFKA_PROPERTIES", {"bootstrap.servers": kafka})
    monkeypatch.setattr(settings, "JOURNAL_TOPIC", topic)
    return topic


def test_a_missing_topic_is_created_with_the_journal_s_settings(
    topic_name: str, sqlite_database: str
) -> None:
    with worker_running(topic_name, creates_topic=True):
        pass

    config = TopicAdmin(settings.KAFKA_PROPERTIES, topic_name).config()
    assert config["cleanup.policy"] == "delete"
    assert (config["retention.ms"], config["retention.bytes"]) == ("-1", "-1")
    assert config["message.timestamp.type"] == "LogAppendTime"
    assert config["min.insync.replicas"] == "1"
    with closing(RecordConsumer(settings.KAFKA_PROPERTIES, topic_name)) as consumer:
        assert consumer.offsets() == {0: (0, 0)}


def test_an_existing_topic_is_left_as_it_is(topic_name: str, sqlite_database: str) -> None:
    admin = AdminClient(dict(settings.KAFKA_PROPERTIES))
    new = NewTopic(topic_name, 1, 1, config={"cleanup.policy": "compact"})
    admin.create_topics([new])[topic_name].result(DEADLINE)

    with worker_running(topic_name, creates_topic=True):
        pass

    assert TopicAdmin(settings.KAFKA_PROPERTIES, topic_name).config()["cleanup.policy"] == "compact"


def test_no_topic_is_created_where_that_is_switched_off(
    topic_name: str, sqlite_database: str
) -> None:
    with worker_in_trouble(topic_name, creates_topic=False):
        assert topic_name in node_state.node_state().trouble

    assert not TopicAdmin(settings.KAFKA_PROPERTIES, topic_name).exists()


def test_a_topic_that_vanished_is_not_created_again(topic_name: str, sqlite_database: str) -> None:
    with worker_running(topic_name, creates_topic=True):
        pass
    admin = AdminClient(dict(settings.KAFKA_PROPERTIES))
    admin.delete_topics([topic_name])[topic_name].result(DEADLINE)

    with worker_in_trouble(topic_name, creates_topic=True):
        assert topic_name in node_state.node_state().trouble

    assert not TopicAdmin(settings.KAFKA_PROPERTIES, topic_name).exists()


def test_partitions_that_are_added_are_read_without_a_restart(
    topic_name: str, sqlite_database: str
) -> None:
    with worker_running(topic_name, creates_topic=True):
        admin = AdminClient(dict(settings.KAFKA_PROPERTIES))
        admin.create_partitions([NewPartitions(topic_name, 3)])[topic_name].result(DEADLINE)
        producer = Producer(dict(settings.KAFKA_PROPERTIES))
        for partition in (0, 2, 1):
            producer.produce(topic_name, key=ID_KEY, value=ID_VALUE, partition=partition)
        assert producer.flush(DEADLINE) == 0
        until(lambda: LedgerRow.objects.count() == 3)

    assert dict(Position.objects.values_list("partition", "next_offset")) == {0: 1, 1: 1, 2: 1}


def test_creating_a_topic_that_another_node_has_just_made_is_no_error(topic_name: str) -> None:
    topic = TopicAdmin(settings.KAFKA_PROPERTIES, topic_name)
    topic.create()
    topic.create()

    assert topic.exists()


def test_a_position_without_a_record_has_none(topic_name: str) -> None:
    TopicAdmin(settings.KAFKA_PROPERTIES, topic_name).create()

    assert fetch_record(settings.KAFKA_PROPERTIES, topic_name, 0, 5) is None
    assert fetch_record(settings.KAFKA_PROPERTIES, topic_name, 3, 0) is None


def test_a_broker_that_cannot_be_asked_is_an_error_of_its_own(
    topic_name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("journal.kafka.topics.REQUEST_TIMEOUT", 0.5)
    topic = TopicAdmin({"bootstrap.servers": "127.0.0.1:9"}, topic_name)

    with pytest.raises(BrokerError, match="asking for the topics"):
        topic.exists()


def test_a_setting_that_the_client_does_not_know_is_named(topic_name: str) -> None:
    with pytest.raises(BrokerError, match=r"no\.such\.property"):
        TopicAdmin({"bootstrap.servers": "127.0.0.1:9", "no.such.property": "1"}, topic_name)
