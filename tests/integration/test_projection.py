"""The projection: records to rows, alike on both databases."""

import json
from typing import Any

import pytest
from django.db import connections

from journal.database.writer import Writer
from journal.health.state_digest import state_digest
from journal.kafka.records import Record
from journal.models import ContentView, LedgerRow, Outcome, Position
from journal.projection.batches import BatchApplier
from journal.projection.decoding import decode_record
from journal.projection.positions import Origin
from journal.projection.remarks import Remark, RemarkCode
from journal.wire.messages import (
    Action,
    ArtifactKey,
    ArtifactRuleKey,
    ArtifactRuleValue,
    ArtifactValue,
    ArtifactVersionKey,
    ArtifactVersionValue,
    ContentIdKey,
    ContentIdValue,
    GlobalIdKey,
    GlobalIdValue,
    GroupKey,
    GroupValue,
    Message,
    MetaData,
)
from registry.models import (
    Artifact,
    ArtifactRule,
    Content,
    Group,
    Label,
    Property,
    Sequence,
    Version,
)
from tests.journals import DATA, apply_to_database, empty_database, read_journal, record, records
from tests.publishing import new_artifact, new_content, new_version

JOURNALS = DATA / "journals"


def tables() -> dict[str, list[Any]]:
    """Every registry row by its meaning, row ids left out."""
    return {
        "groups": sorted(Group.objects.values_list("tenant_id", "group_id", "created_on")),
        "artifacts": sorted(
            Artifact.objects.values_list("group_id", "artifact_id", "type", "created_on", "latest")
        ),
        "versions": sorted(
            Version.objects.values_list(
                "global_id",
                "artifact__artifact_id",
                "version",
                "version_id",
                "state",
                "created_on",
                "content__content_id",
            )
        ),
        "metadata": sorted(
            Version.objects.values_list("global_id", "name", "description", "labels", "properties"),
            key=str,
        ),
        "contents": sorted(
            (row[0], row[1], row[2], bytes(row[3]))
            for row in Content.objects.values_list(
                "content_id", "content_hash", "canonical_hash", "content"
            )
        ),
        "sequences": sorted(Sequence.objects.values_list("tenant_id", "name", "value")),
        "rules": sorted(ArtifactRule.objects.values_list("artifact_id", "type", "configuration")),
        "labels": sorted(Label.objects.values_list("version__global_id", "label")),
        "properties": sorted(Property.objects.values_list("version__global_id", "key", "value")),
    }


@pytest.mark.parametrize("release", ["2.6.13", "2.1.3", "2.1.5"])
def test_a_recorded_journal_replays_to_the_artifacts_that_the_node_found(
    release: str, each_database: str
) -> None:
    apply_to_database(read_journal(JOURNALS / f"{release}.jsonl"))

    found = json.loads((JOURNALS / f"{release}-search.json").read_text())["artifacts"]
    expected = {
        (each.get("groupId", "__$GROUPID$__"), each["id"], each["type"], each.get("name"))
        for each in found
    }
    latest = Version.objects.select_related("artifact")
    actual = {
        (v.artifact.group_id, v.artifact.artifact_id, v.artifact.type, v.name)
        for v in latest
        if v.artifact.latest == v.global_id
    }
    assert actual == expected


@pytest.mark.parametrize("size", [1, 7])
@pytest.mark.parametrize("view", ContentView)
def test_the_size_of_batches_makes_no_difference(
    size: int, view: ContentView, each_database: str
) -> None:
    journal = read_journal(JOURNALS / "2.6.13.jsonl")
    apply_to_database(journal, batch=size, view=view)
    one_by_one, as_rows = state_digest(), tables()
    empty_database()

    apply_to_database(journal, view=view)

    assert tables() == as_rows
    assert state_digest() == one_by_one


def test_the_damaged_journal_replays_to_the_tables_of_the_article(each_database: str) -> None:
    apply_to_database(read_journal(JOURNALS / "bug-after.jsonl"))

    assert Artifact.objects.count() == 3
    assert list(Content.objects.order_by("content_id").values_list("content_id", flat=True)) == [
        1,
        2,
        3,
    ]
    assert dict(Sequence.objects.values_list("name", "value")) == {"contentId": 2, "globalId": 2}


def test_an_allocated_id_in_use_gets_a_remark(each_database: str) -> None:
    applied = apply_to_database([
        *read_journal(JOURNALS / "bug-after.jsonl"),
        record(Message(ContentIdKey("_", "n"), ContentIdValue(Action.CREATE)), 100),
        record(Message(GlobalIdKey("_", "n"), GlobalIdValue(Action.CREATE)), 101),
        record(Message(ContentIdKey("_", "m"), ContentIdValue(Action.CREATE)), 102),
    ])

    effects = [effect for _, effect in applied[-3:]]
    assert [(effect.result, effect.is_in_use) for effect in effects] == [
        (3, True),
        (3, True),
        (4, False),
    ]


def test_the_first_use_of_a_content_id_counts(each_database: str) -> None:
    applied = apply_to_database(records(new_content(1, "a"), new_content(1, "b")))

    assert applied[1][1].outcome is Outcome.NO_EFFECT
    assert applied[1][1].remarks == (
        Remark(RemarkCode.CONTENT_ID_REUSED, (1, "first", "hash of b")),
    )
    assert bytes(Content.objects.get().content) == b"a"


def test_bytes_stored_under_another_id_are_rejected(each_database: str) -> None:
    applied = apply_to_database(records(new_content(1, "a"), new_content(2, "a")))

    assert applied[1][1].error == "content-already-exists"
    assert Content.objects.count() == 1


def test_a_new_version_inherits_the_metadata_that_it_lacks(each_database: str) -> None:
    meta = MetaData("Orders", "of goods", ("Blue",), {"Team": "Red"})
    apply_to_database(
        records(
            new_content(1, "a"),
            new_artifact("orders", 1, "a", meta_data=meta),
            new_version("orders", 2, "a", meta_data=MetaData(description="of services")),
        )
    )

    second = Version.objects.get(global_id=2)
    assert (second.version, second.version_id, second.name) == ("2", 2, "Orders")
    assert second.description == "of services"
    assert second.labels == '["Blue"]'
    assert list(Label.objects.values_list("label", flat=True)) == ["blue", "blue"]
    assert Property.objects.values_list("key", "value")[0] == ("team", "red")
    assert Artifact.objects.get().latest == 2


def test_an_artifact_without_its_content_is_rejected_and_changes_nothing(
    each_database: str,
) -> None:
    applied = apply_to_database(records(new_artifact("orders", 1, "never said")))

    assert applied[0][1].error == "content-not-found"
    assert Artifact.objects.count() == 0


@pytest.mark.parametrize(
    ("second", "error"),
    [
        (new_artifact("orders", 2, "a"), "artifact-already-exists"),
        (new_artifact("other", 1, "a"), "artifact-already-exists"),
        (new_version("orders", 1, "a"), "version-already-exists"),
        (new_version("orders", 2, "a", version="1"), "version-already-exists"),
        (new_version("other", 2, "a"), "artifact-not-found"),
    ],
)
def test_a_clash_is_rejected_and_changes_nothing(
    second: Message, error: str, each_database: str
) -> None:
    apply_to_database(records(new_content(1, "a"), new_artifact("orders", 1, "a")))
    before = tables()

    applied = apply_to_database([record(second, 2)])

    assert applied[0][1].error == error
    assert tables() == before


def test_a_delete_takes_rules_versions_and_every_orphaned_content(each_database: str) -> None:
    apply_to_database(
        records(
            new_content(1, "a"),
            new_content(2, "b"),
            new_content(3, "never used"),
            new_artifact("orders", 1, "a"),
            new_version("orders", 2, "b"),
            new_artifact("bills", 3, "b"),
            Message(
                ArtifactRuleKey("_", "g", "orders", "VALIDITY"),
                ArtifactRuleValue(Action.CREATE, "FULL"),
            ),
            Message(ArtifactKey("_", "g", "orders", "u"), ArtifactValue(Action.DELETE)),
        )
    )

    assert list(Artifact.objects.values_list("artifact_id", flat=True)) == ["bills"]
    assert ArtifactRule.objects.count() == 0
    assert list(Content.objects.values_list("content_id", flat=True)) == [2]


def test_the_latest_is_the_highest_that_remains(each_database: str) -> None:
    key = ArtifactVersionKey("_", "g", "orders", "2")
    apply_to_database(
        records(
            new_content(1, "a"),
            new_artifact("orders", 1, "a"),
            new_version("orders", 2, "a"),
            Message(key, ArtifactVersionValue(Action.DELETE)),
        )
    )

    assert Artifact.objects.get().latest == 1


def test_the_only_version_takes_its_artifact_along(each_database: str) -> None:
    key = ArtifactVersionKey("_", "g", "orders", "1")
    apply_to_database(
        records(
            new_content(1, "a"),
            new_artifact("orders", 1, "a"),
            Message(key, ArtifactVersionValue(Action.DELETE)),
        )
    )

    assert (Artifact.objects.count(), Content.objects.count()) == (0, 0)


def test_metadata_of_nulls_overwrites(each_database: str) -> None:
    meta = MetaData("Orders", "of goods", ("Blue",), {"Team": "Red"})
    key = ArtifactVersionKey("_", "g", "orders", "1")
    update = ArtifactVersionValue(Action.UPDATE, "DEPRECATED", MetaData(name="Only a name"))
    apply_to_database(
        records(
            new_content(1, "a"),
            new_artifact("orders", 1, "a", meta_data=meta),
            Message(key, update),
        )
    )

    version = Version.objects.get()
    assert (version.name, version.description, version.labels) == ("Only a name", None, None)
    assert version.state == "DEPRECATED"
    assert (Label.objects.count(), Property.objects.count()) == (0, 0)


def test_a_group_without_a_time_takes_the_record_s(each_database: str) -> None:
    apply_to_database(records(Message(GroupKey("_", "g"), GroupValue(Action.CREATE))))

    group = Group.objects.get()
    assert (group.created_on, group.created_on_derived) == (1_600_000_000_000, True)
    assert group.modified_on is None


def test_tenants_are_separate(each_database: str) -> None:
    draw = ContentIdValue(Action.CREATE)
    apply_to_database(
        records(
            Message(ContentIdKey("a", "1"), draw),
            Message(ContentIdKey("a", "2"), draw),
            Message(ContentIdKey("b", "3"), draw),
            Message(ContentIdKey(None, None), draw),
        )
    )

    assert sorted(Sequence.objects.values_list("tenant_id", "value")) == [
        ("_", 1),
        ("a", 2),
        ("b", 1),
    ]


def test_an_undecodable_record_has_a_ledger_row_with_the_reason(
    each_database: str,
) -> None:
    poison = [
        Record(0, 0, 1, "CreateTime", (), b"\x63{}", b"\x63{}"),
        Record(0, 1, 1, "CreateTime", (("req", b"garbage"),), b"", None),
        Record(0, 2, 1, "CreateTime", (), b'\x09{"tenantId":"_"}', b"\x09nonsense"),
        Record(0, 3, 1, "CreateTime", (("req", b"\x00"),), None, b"x"),
    ]
    apply_to_database([*poison, record(new_content(1, "a"), 4)])

    rows = list(LedgerRow.objects.order_by("offset"))
    assert [row.outcome for row in rows] == [Outcome.UNDECODABLE] * 4 + [Outcome.APPLIED]
    assert all(row.reason for row in rows[:4])
    assert rows[2].type == 9
    assert rows[0].remark == '[["req-missing"]]'
    assert rows[1].remark == '[["req-invalid"]]'
    assert Position.objects.get().next_offset == 5


def test_a_record_that_breaks_a_constraint_is_rejected_alone(each_database: str) -> None:
    """A constraint of the database speaks that no check of ours foresaw."""
    with connections["journal"].cursor() as cursor:
        cursor.execute("CREATE UNIQUE INDEX unforeseen ON registry_artifact (type)")
    applied = apply_to_database(
        records(
            new_content(1, "a"),
            new_artifact("orders", 1, "a"),
            new_artifact("bills", 2, "a"),
            new_version("orders", 3, "a"),
        )
    )

    assert [effect.outcome for _, effect in applied] == [
        Outcome.APPLIED,
        Outcome.APPLIED,
        Outcome.REJECTED,
        Outcome.APPLIED,
    ]
    assert list(Version.objects.values_list("global_id", flat=True)) == [1, 3]


def test_text_with_a_nul_is_stored_the_same_on_both_databases(each_database: str) -> None:
    meta = MetaData("a\0b", None, ("l\0",), {"k\0": "v\0"})
    apply_to_database(records(new_content(1, "a"), new_artifact("orders", 1, "a", meta_data=meta)))

    assert Version.objects.get().name == "a�b"
    assert Property.objects.get().key == "k�"


def test_a_batch_that_fails_leaves_no_trace(each_database: str) -> None:
    class Broken(Exception):
        pass

    class FailingWriter(Writer):
        def notify(self) -> None:
            raise Broken

    apply_to_database(records(new_content(1, "a")))
    before = tables()
    writer = FailingWriter(connections.settings["journal"])
    try:
        reads = [decode_record(record(new_artifact("orders", 1, "a"), 1))]
        with pytest.raises(Broken):
            BatchApplier(writer, Origin("kafkasql-journal")).apply(reads)
    finally:
        writer.close()

    assert tables() == before
    assert Position.objects.get().next_offset == 1
    assert LedgerRow.objects.count() == 1
