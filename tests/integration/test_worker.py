"""The worker on a real broker: outcomes, undecodable records, restarts, trouble."""

import threading
from uuid import uuid4

import pytest
from confluent_kafka import Producer
from django.conf import settings
from django.db import connections

from journal.health import node_state
from journal.kafka.topics import TopicAdmin
from journal.ledger import rows
from journal.ledger.filters import rows_with_request_ids
from journal.models import LedgerRow, Outcome, Position
from journal.outcomes.errors import NoOutcome
from journal.wire.messages import Action, ContentIdKey, ContentIdValue, Message
from registry.models import Sequence
from tests.nodes import node_running, worker_in_trouble, worker_running
from tests.own_node import publisher
from tests.waiting import DEADLINE


def id_record() -> Message:
    return Message(ContentIdKey("_", str(uuid4())), ContentIdValue(Action.CREATE))


def produce(kafka: str, topic: str, *pairs: tuple[bytes | None, bytes | None]) -> None:
    """Produce records as another tool might write them: without headers."""
    producer = Producer({"bootstrap.servers": kafka})
    for key, value in pairs:
        producer.produce(topic, key=key, value=value, partition=0)
    assert producer.flush(DEADLINE) == 0


def test_outcomes_are_in_the_order_of_the_records(node_on_each: None) -> None:
    effects = publisher().publish([id_record(), id_record(), id_record()])

    assert [effect.result for effect in effects] == [1, 2, 3]
    # Behind the bootstrap record of an empty journal.
    row = LedgerRow.objects.order_by("id")[1]
    assert (row.summary, row.outcome, row.result) == ("draw a content id", Outcome.APPLIED, 1)


def test_outcomes_reach_concurrent_writers(node: None) -> None:
    allocated: list[int | None] = []

    def write() -> None:
        allocated.extend(
            effect.result for effect in publisher().publish([id_record(), id_record()])
        )
        connections.close_all()

    threads = [threading.Thread(target=write) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(filter(None, allocated)) == list(range(1, 33))


def test_undecodable_records_are_counted_and_skipped(kafka: str, topic: str, node: None) -> None:
    produce(kafka, topic, (b"\x63{}", b"\x63{}"), (b"", b"x"), (None, b"x"), (b"\x09{", None))

    effects = publisher().publish([id_record()])

    assert effects[0].result == 1
    assert rows.count_by_outcome()[Outcome.UNDECODABLE] == 4


def test_a_restart_continues_at_its_position(kafka: str, topic: str, sqlite_database: str) -> None:
    with node_running(kafka, topic):
        publisher().publish([id_record(), id_record()])
    with node_running(kafka, topic):
        assert [effect.result for effect in publisher().publish([id_record()])] == [3]

    # And the bootstrap record of an empty journal.
    assert LedgerRow.objects.count() == 4


def test_records_from_while_it_was_down_are_applied_before_it_is_ready(
    kafka: str, topic: str, sqlite_database: str
) -> None:
    pair = (b'\x09{"tenantId":"_"}', b'\x09{"action":"CREATE"}')
    produce(kafka, topic, *[pair] * 5000)

    with node_running(kafka, topic):
        assert Sequence.objects.get().value == 5000
        assert node_state.node_state().unready_reasons == ()


def test_the_position_counts_records_of_every_partition(kafka: str, sqlite_database: str) -> None:
    name = f"journal-{uuid4().hex}"
    TopicAdmin({"bootstrap.servers": kafka}, name).create(partitions=2)
    producer = Producer({"bootstrap.servers": kafka})
    for partition in (0, 1, 1):
        producer.produce(
            name, key=b'\x09{"tenantId":"_"}', value=b'\x09{"action":1}', partition=partition
        )
    producer.flush(DEADLINE)

    with node_running(kafka, name):
        assert dict(Position.objects.values_list("partition", "next_offset")) == {0: 1, 1: 2}
        assert Sequence.objects.get().value == 3


def test_tables_ahead_of_the_topic_are_kept_and_the_reason_is_reported(
    kafka: str, topic: str, sqlite_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with node_running(kafka, topic):
        publisher().publish([id_record(), id_record()])
    Position.objects.using("journal").update(next_offset=9)
    monkeypatch.setattr(settings, "KAFKA_PROPERTIES", {"bootstrap.servers": kafka})

    with worker_in_trouble(topic):
        state = node_state.node_state()
        assert "up to offset 9" in state.trouble
        assert "deleted or truncated" in state.trouble
        assert state.is_worker_alive
        assert not state.is_caught_up
    assert Sequence.objects.get().value == 2


def test_no_outcome_in_time_is_an_error_with_the_request_id(
    kafka: str, topic: str, sqlite_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "JOURNAL_RESPONSE_TIMEOUT", 2)
    with node_running(kafka, topic):
        pass
    monkeypatch.setattr(settings, "KAFKA_PROPERTIES", {"bootstrap.servers": kafka})
    monkeypatch.setattr(settings, "JOURNAL_TOPIC", topic)
    try:
        with pytest.raises(NoOutcome, match="request id") as raised:
            publisher().publish([id_record()])
    finally:
        publisher().close()

    with worker_running(topic):
        row = rows.find_by_request_id(raised.value.req)
    assert row is not None
    assert row.outcome == Outcome.APPLIED


def test_an_unreachable_broker_is_an_error_with_the_request_id(
    topic: str, sqlite_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "JOURNAL_RESPONSE_TIMEOUT", 0.5)
    monkeypatch.setattr(settings, "KAFKA_PROPERTIES", {"bootstrap.servers": "127.0.0.1:9"})
    monkeypatch.setattr(settings, "JOURNAL_TOPIC", topic)
    try:
        with pytest.raises(NoOutcome):
            publisher().publish([id_record()])
    finally:
        publisher().close()


def test_request_ids_are_looked_up_by_index(sqlite_database: str) -> None:
    query = rows_with_request_ids([str(uuid4()), str(uuid4())]).order_by("id")
    assert "USING INDEX ledger_by_req_start" in query.explain()
