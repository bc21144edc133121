"""The state digest: one value wherever and however the same records were applied."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import connections, models
from django.db.transaction import atomic, set_rollback
from msgspec.structs import replace

from journal.database.writer import Writer
from journal.health.state_digest import StateDigest, state_digest
from journal.kafka.records import Record
from journal.models import ContentView
from journal.projection.batches import BatchApplier
from journal.projection.decoding import decode_record
from journal.projection.positions import Origin
from journal.repair.rebuild import empty_tables
from journal.wire.messages import (
    Action,
    ArtifactKey,
    ArtifactRuleKey,
    ArtifactRuleValue,
    ArtifactValue,
    CommentKey,
    CommentValue,
    ConfigPropertyKey,
    ConfigPropertyValue,
    ContentIdKey,
    ContentIdValue,
    ContentV2Key,
    ContentV2Value,
    DownloadContext,
    DownloadKey,
    DownloadValue,
    GlobalRuleKey,
    GlobalRuleValue,
    GroupKey,
    GroupValue,
    LogConfigKey,
    LogConfigValue,
    Message,
    MetaData,
    RoleMappingKey,
    RoleMappingValue,
)
from registry.models import State
from registry.references import Reference, serialize_references
from registry.state.digest import compute_digest
from tests.databases import pointed_at
from tests.journals import DATA, TOPIC, apply_to_database, empty_database, read_journal, records
from tests.random_journals import random_journal, seeds

JOURNALS = ("2.1.3", "2.1.5", "2.6.13", "bug-after-restart-writes", "upgrade-after-restart")
LENGTH = 400
#: What no record tells, and so may differ between nodes that hold the same.
UNTOLD = {
    # Of a group that came with its first artifact each node has its own.
    "Group.created_on",
    "Group.created_on_derived",
    "ConfigProperty.modified_on",
    # Java nodes make an id of their own.
    "Download.download_id",
    # Follows from the bytes, the references and the other hash.
    "Content.other_hash",
}


def journal_of(name: str | int) -> list[Record]:
    if isinstance(name, int):
        return random_journal(name, LENGTH)
    return read_journal(DATA / "journals" / f"{name}.jsonl")


def replayed(journal: list[Record], batch: int, view: ContentView) -> tuple[StateDigest, Any]:
    """The digest, and what became of each record; the database is empty afterwards."""
    effects = [effect for _, effect in apply_to_database(journal, batch, view)]
    result = state_digest()
    empty_database()
    return result, effects


@pytest.mark.parametrize("view", ContentView)
@pytest.mark.parametrize("name", [*JOURNALS, *seeds(1, 3)])
def test_neither_the_database_nor_the_size_of_batches_changes_the_digest(
    name: str | int, view: ContentView, sqlite_url: str, postgresql_url: str, django_db_blocker: Any
) -> None:
    journal = journal_of(name)
    result = {}
    for url in (sqlite_url, postgresql_url):
        with django_db_blocker.unblock(), pointed_at(url):
            for batch in (1, 3, 50, len(journal)):
                result[url.split(":")[0], batch] = replayed(journal, batch, view)

    expected = result["sqlite", 1]
    for way, actual in result.items():
        assert actual[1] == expected[1], way
        assert actual[0] == expected[0], way


#: Every fifth position, and each in make soak.
steps = pytest.mark.parametrize("step", [5, pytest.param(1, marks=pytest.mark.soak)])


@steps
def test_a_restart_at_any_position_does_not_change_the_digest(
    each_database: str, step: int
) -> None:
    restart_everywhere(journal_of("2.6.13"), step)


@steps
@pytest.mark.usefixtures("sqlite_database")
def test_a_restart_between_any_two_kinds_of_records_does_not_change_the_digest(step: int) -> None:
    restart_everywhere(journal_of(1), step)


def restart_everywhere(journal: list[Record], step: int) -> None:
    expected, _ = replayed(journal, len(journal), ContentView.LAST_WINS)
    reads = [decode_record(record) for record in journal]
    origin = Origin(TOPIC, ContentView.LAST_WINS)
    writer = Writer(connections.settings["journal"])
    try:
        for position in range(1, len(journal), step):
            # A new one knows only what the tables tell, as after a restart.
            BatchApplier(writer, origin).apply(reads[:position])
            BatchApplier(writer, origin).apply(reads[position:])

            assert state_digest() == expected, position
            empty_tables(writer)
    finally:
        writer.close()


def test_a_node_that_restarts_for_every_record_has_the_same_digest(each_database: str) -> None:
    journal = journal_of(2)
    expected, _ = replayed(journal, len(journal), ContentView.FIRST_WINS)
    for record in journal:
        apply_to_database([record])

    assert state_digest() == expected


def test_the_two_views_of_one_journal_have_two_digests(each_database: str) -> None:
    journal = journal_of("2.6.13")
    first, _ = replayed(journal, 50, ContentView.FIRST_WINS)
    last, _ = replayed(journal, 50, ContentView.LAST_WINS)

    assert (first.content_view, last.content_view) == ("first-wins", "last-wins")
    assert first.offsets == last.offsets == {0: 177}
    assert first.value != last.value


@pytest.mark.parametrize(
    "model", [*apps.get_app_config("registry").get_models()], ids=lambda model: model.__name__
)
def test_every_column_that_a_record_sets_changes_the_digest(
    model: type[models.Model], each_database: str
) -> None:
    apply_to_database(records(*of_everything()))
    connection = connections["journal"]
    before = compute_digest(connection, "any")
    for column, value in changes(model):
        with atomic(using="journal"), connection.cursor() as cursor:
            table = model._meta.db_table
            row = f"SELECT MAX(id) FROM {table}"
            cursor.execute(f'UPDATE {table} SET "{column}" = {value} WHERE id = ({row})')
            assert cursor.rowcount == 1
            is_seen = compute_digest(connection, "any") != before
            set_rollback(True, using="journal")
        assert is_seen == (f"{model.__name__}.{column}" not in UNTOLD), column


def of_everything() -> list[Message]:
    """Messages that leave rows in every table, two where others refer to them."""
    first, second = (serialize_references([Reference("g", "a", "1", name)]) for name in ("x", "y"))
    content = ContentV2Value(Action.CREATE_OR_UPDATE, "h1", "c", b"1", first)
    other = ContentV2Value(Action.CREATE_OR_UPDATE, "h2", "c", b"2", second)
    meta = MetaData("Name", None, ("label",), {"key": "value"})
    artifact = ArtifactValue(
        Action.CREATE,
        meta_data=meta,
        global_id=1,
        artifact_type="AVRO",
        content_hash="h1",
        created_by="alice",
        created_on=1,
    )
    context = DownloadContext("EXPORT", 2_000_000_000_000)
    return [
        Message(ContentIdKey("_", "u"), ContentIdValue(Action.CREATE)),
        Message(ContentV2Key("_", 1), content),
        Message(ContentV2Key("_", 2), other),
        Message(GroupKey("_", "g"), GroupValue(Action.CREATE, created_on=1)),
        Message(ArtifactKey("_", "g", "a", "u"), artifact),
        Message(ArtifactKey("_", "g", "b", "u"), replace(artifact, global_id=2, version="2")),
        Message(
            ArtifactRuleKey("_", "g", "a", "VALIDITY"), ArtifactRuleValue(Action.CREATE, "NONE")
        ),
        Message(GlobalRuleKey("_", "VALIDITY"), GlobalRuleValue(Action.CREATE, "FULL")),
        Message(
            CommentKey("_", "g", "a", "1", "1", "u"), CommentValue(Action.CREATE, -1, "", 1, "c")
        ),
        Message(RoleMappingKey("_", "p"), RoleMappingValue(Action.CREATE, "ADMIN", "Fay")),
        Message(LogConfigKey("_"), LogConfigValue(Action.UPDATE, "org", "INFO")),
        Message(ConfigPropertyKey("_", "one"), ConfigPropertyValue(Action.UPDATE, "true")),
        Message(DownloadKey("_", "d"), DownloadValue(Action.CREATE, context)),
    ]


def changes(model: type[models.Model]) -> Iterator[tuple[str, str]]:
    """Each column aside from the row id, with SQL for another value of it."""
    for field in model._meta.concrete_fields:
        if not field.primary_key:
            yield str(field.column), _another(field)


def _another(field: Any) -> str:
    column = f'{field.model._meta.db_table}."{field.column}"'
    if isinstance(field, models.ForeignKey):
        table = field.related_model._meta.db_table
        return f"(SELECT MIN(id) FROM {table} WHERE id <> {column})"
    if isinstance(field, models.BooleanField):
        return f"NOT {column}"
    if isinstance(field, models.IntegerField):
        return f"COALESCE({column}, 0) + 1000000"
    if isinstance(field, models.BinaryField):
        return "CAST('x' AS BLOB)" if connections["journal"].vendor == "sqlite" else "'x'"
    if field.choices == State.choices:
        return f"CASE WHEN {column} = 'ENABLED' THEN 'DISABLED' ELSE 'ENABLED' END"
    return f"COALESCE({column}, '') || '-another'"
