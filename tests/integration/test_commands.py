"""Commands on a real broker: what they say, in which order, and what they make of outcomes."""

import threading
from collections.abc import Callable, Iterator
from uuid import uuid4

import pytest
from confluent_kafka import Producer
from django.conf import settings
from django.db import connections

from journal.commands import (
    IfExists,
    NewVersion,
    clear_meta_data,
    create_artifact,
    delete_artifact,
    delete_version,
    update_artifact,
    update_meta_data,
    update_state,
)
from journal.dumps.reading import DumpReader
from journal.kafka.loader import load_records
from journal.kafka.topics import TopicAdmin
from journal.models import LedgerRow
from journal.wire.messages import Action, MessageType, MetaData
from registry import queries
from registry.errors import (
    ArtifactAlreadyExists,
    ArtifactNotFound,
    DeletionNotEnabled,
    InvalidContent,
    RegistryError,
    UnsupportedByDialect,
    VersionAlreadyExists,
    VersionNotFound,
)
from registry.references import Reference
from tests.journals import DATA
from tests.nodes import node_running
from tests.own_node import journal, publisher, writer
from tests.waiting import DEADLINE


def schema(name: str) -> bytes:
    return b'{"type":"record","name":"%s","fields":[]}' % name.encode()


def new(artifact_id: str = "orders", text: str = "Orders", **more: object) -> NewVersion:
    values = {"group_id": "shop", "artifact_id": artifact_id, "type": "AVRO", **more}
    return NewVersion(content=schema(text), **values)  # type: ignore[arg-type]


def said() -> list[tuple[int | None, int | None]]:
    """(type, action) of every record in its order."""
    return list(LedgerRow.objects.order_by("id").values_list("type", "action"))


def test_concurrent_first_writes_agree_on_the_dialect_of_an_empty_topic(node: None) -> None:
    made, refused, other = _concurrently(
        16, lambda number: create_artifact(writer(), new(f"a{number}", f"R{number}"))
    )

    assert (made, refused, other) == (16, 0, [])
    kinds = {kind for kind, _ in said()}
    assert MessageType.CONTENT_V2 in kinds
    assert MessageType.CONTENT not in kinds


def test_a_create_publishes_the_records_of_the_format_and_allocates_both_ids_at_once(
    node_on_each: None,
) -> None:
    made = create_artifact(writer(), new())

    assert said() == [
        (MessageType.UPGRADER, Action.UPGRADE_BOOTSTRAP),
        (MessageType.CONTENT_ID, Action.CREATE),
        (MessageType.GLOBAL_ID, Action.CREATE),
        (MessageType.CONTENT_V2, Action.CREATE_OR_UPDATE),
        (MessageType.GROUP, Action.CREATE),
        (MessageType.ARTIFACT, Action.CREATE),
    ]
    assert (made.group_id, made.version, made.global_id, made.content_id) == ("shop", "1", 1, 1)
    assert made.name == "Orders"


def test_content_and_group_that_exist_are_not_published_again(node: None) -> None:
    create_artifact(writer(), new())
    before = len(said())
    create_artifact(writer(), new("bills"))

    assert said()[before:] == [
        (MessageType.GLOBAL_ID, Action.CREATE),
        (MessageType.ARTIFACT, Action.CREATE),
    ]


def test_every_record_carries_its_own_req(node: None) -> None:
    create_artifact(writer(), new())

    reqs = list(LedgerRow.objects.values_list("req", flat=True))
    assert len(set(reqs)) == len(reqs) == 6
    record = journal().records.read(0, 4)
    assert record is not None
    assert [name for name, _ in record.headers] == ["req"]
    assert record.timestamp_type == "LogAppendTime"


@pytest.mark.parametrize(
    ("mode", "versions"),
    [(IfExists.UPDATE, 2), (IfExists.RETURN, 1), (IfExists.RETURN_OR_UPDATE, 1)],
)
def test_an_artifact_that_exists_is_treated_as_if_exists_says(
    mode: IfExists, versions: int, node: None
) -> None:
    first = create_artifact(writer(), new())
    second = create_artifact(writer(), new(), mode)

    assert queries.versions("shop", "orders").count == versions
    assert (second.global_id == first.global_id) is (versions == 1)
    with pytest.raises(ArtifactAlreadyExists):
        create_artifact(writer(), new())


def test_other_content_becomes_a_version_under_return_or_update(node: None) -> None:
    create_artifact(writer(), new())

    made = create_artifact(writer(), new(text="Other"), IfExists.RETURN_OR_UPDATE)

    assert made.version == "2"


def test_the_same_content_in_another_spelling_is_found_by_its_canonical_form(node: None) -> None:
    first = create_artifact(writer(), new())
    spelled = NewVersion(
        group_id="shop",
        artifact_id="orders",
        type="AVRO",
        content=b'{ "type": "record", "name": "Orders",\n "fields": [] }',
    )

    assert create_artifact(writer(), spelled, IfExists.RETURN_OR_UPDATE, canonical=True) == first


def test_of_concurrent_identical_creates_one_succeeds_and_the_others_are_refused(
    node: None,
) -> None:
    made, refused, other = _concurrently(16, lambda number: create_artifact(writer(), new()))

    assert (made, refused, other) == (1, 15, [])
    assert queries.versions("shop", "orders").count == 1


def test_concurrent_updates_all_become_versions(node: None) -> None:
    create_artifact(writer(), new())
    made, refused, other = _concurrently(
        16, lambda number: update_artifact(writer(), new(text=f"Orders{number % 4}"))
    )

    assert (made, refused, other) == (16, 0, [])
    assert queries.versions("shop", "orders", limit=100).count == 17


def test_creates_survive_deletes_that_take_their_content_away(node: None) -> None:
    """Every delete drops all content that no version uses yet, also what was said just now."""

    def work(number: int) -> object:
        name = f"artifact{number}"
        for _ in range(5):
            create_artifact(writer(), new(name, text="Shared"))
            delete_artifact(writer(), "shop", name)
        return None

    assert _concurrently(8, work) == (8, 0, [])


def _concurrently(count: int, work: Callable[[int], object]) -> tuple[int, int, list[Exception]]:
    """How many succeeded, how many were refused, and what else was raised."""
    outcomes: list[Exception | None] = []

    def run(number: int) -> None:
        try:
            work(number)
            outcomes.append(None)
        except Exception as error:
            outcomes.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    refused = [outcome for outcome in outcomes if isinstance(outcome, RegistryError)]
    other = [outcome for outcome in outcomes if outcome is not None and outcome not in refused]
    return outcomes.count(None), len(refused), other


def test_a_delete_leaves_tombstones_for_compaction(node: None) -> None:
    create_artifact(writer(), new())
    update_artifact(writer(), new(text="Other"))
    before = len(said())

    delete_artifact(writer(), "shop", "orders")
    create_artifact(writer(), new())

    assert said()[before : before + 6] == [
        (MessageType.ARTIFACT, Action.DELETE),
        *[(MessageType.ARTIFACT_VERSION, None)] * 2,
        *[(MessageType.ARTIFACT_RULE, None)] * 3,
    ]


def test_metadata_and_state_can_be_changed(node: None) -> None:
    create_artifact(writer(), new())
    update_meta_data(writer(), "shop", "orders", None, MetaData("Name", "Text", ("a",), {"k": "v"}))
    update_state(writer(), "shop", "orders", "1", "DEPRECATED")

    result = queries.version_meta("shop", "orders")
    assert (result.name, result.labels, result.properties) == ("Name", ("a",), {"k": "v"})
    assert result.state == "DEPRECATED"

    before = len(said())
    update_state(writer(), "shop", "orders", "1", "DEPRECATED")
    assert len(said()) == before

    clear_meta_data(writer(), "shop", "orders", "1")
    assert queries.version_meta("shop", "orders").name is None


def test_a_command_on_something_missing_is_refused_and_publishes_nothing(node: None) -> None:
    with pytest.raises(ArtifactNotFound):
        update_artifact(writer(), new())
    with pytest.raises(ArtifactNotFound):
        delete_artifact(writer(), "shop", "orders")
    with pytest.raises(InvalidContent):
        create_artifact(
            writer(), NewVersion(group_id=None, artifact_id="empty", type="AVRO", content=b"")
        )
    create_artifact(writer(), new(version="one"))
    before = len(said())
    with pytest.raises(VersionAlreadyExists):
        update_artifact(writer(), new(version="one", text="Other"))
    with pytest.raises(VersionNotFound):
        update_meta_data(writer(), "shop", "orders", "two", MetaData())
    with pytest.raises(DeletionNotEnabled):
        delete_version(writer(), "shop", "orders", "one")
    assert len(said()) == before


def test_a_version_can_be_deleted_where_deletion_is_enabled(
    node: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(settings.ANNALS_SWITCHES, queries.DELETION_ENABLED, True)
    create_artifact(writer(), new())
    update_artifact(writer(), new(text="Other"))

    delete_version(writer(), "shop", "orders", "2")

    assert queries.version_meta("shop", "orders").version == "1"


@pytest.fixture
def incident(kafka: str, sqlite_database: str) -> Iterator[str]:
    """A node on the article's journal, whose id records compaction has eaten."""
    properties = {"bootstrap.servers": kafka}
    topic = TopicAdmin(properties, f"incident-{uuid4().hex}")
    topic.create()
    with (DATA / "incident-dump.jsonl").open("rb") as dump:
        load_records(properties, topic.name, DumpReader(dump))
    with node_running(kafka, topic.name):
        yield topic.name


def test_the_upload_that_failed_a_2_1_3_node_succeeds_here(incident: str) -> None:
    before = [queries.content_by_content_id(number).content for number in (1, 2, 3)]

    made = create_artifact(writer(), new("fourth", "User4", group_id=None))

    assert (made.content_id, made.global_id) == (4, 4)
    assert [queries.content_by_content_id(number).content for number in (1, 2, 3)] == before
    remarks = LedgerRow.objects.filter(remark__startswith='[["id-in-use"', offset__gte=12)
    assert sorted(remarks.values_list("type", "result")) == [(8, 3), (9, 3)]


def test_an_old_journal_is_answered_in_its_own_dialect(incident: str) -> None:
    create_artifact(writer(), new("fourth", "User4"))
    create_artifact(writer(), new("fifth", "User5"))

    actions = []
    for row in LedgerRow.objects.filter(offset__gte=12):
        record = journal().records.read(0, row.offset)
        assert record is not None
        assert record.value is not None
        actions.append((row.type, record.value[:19]))
    assert {kind for kind, _ in actions} == {2, 3, 8, 9}
    assert all(value.startswith(b'{"action":"CREATE"', 1) for kind, value in actions if kind != 2)


def test_what_the_dialect_does_not_support_is_refused_and_uses_up_no_id(incident: str) -> None:
    reference = Reference(None, "0b9c15b5-54a5-40d3-9b75-433070d6ad99", "1", "foo.User2")
    before = len(said())

    with pytest.raises(UnsupportedByDialect, match="JOURNAL_FORMAT_VERSION"):
        create_artifact(writer(), new("fourth", "User4", references=(reference,)))

    assert len(said()) == before


def test_a_journal_of_2_0_is_not_written_to(kafka: str, topic: str, sqlite_database: str) -> None:
    producer = Producer({"bootstrap.servers": kafka})
    producer.produce(topic, key=b"\x09{}", value=b'\x09{"action":"Create"}', partition=0)
    producer.flush(DEADLINE)

    with (
        node_running(kafka, topic),
        pytest.raises(UnsupportedByDialect, match=r"2\.0"),
    ):
        create_artifact(writer(), new())


def test_a_sequence_far_behind_is_advanced_past_the_ids_in_use(
    kafka: str, topic: str, sqlite_database: str
) -> None:
    with node_running(kafka, topic):
        for number in range(40):
            create_artifact(writer(), new(f"a{number}", f"R{number}"))
        with connections["journal"].cursor() as cursor:
            cursor.execute("UPDATE registry_sequence SET value = 0")

        made = create_artifact(writer(), new("last", "Last"))

        assert made.content_id > 40
        assert made.global_id > 40
        publisher().close()
