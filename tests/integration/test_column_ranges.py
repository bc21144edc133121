"""Values that no column holds: each record is rejected for its reason, alike on both databases."""

import dataclasses
import json
from random import Random
from typing import Any

import pytest
from django.db import connections
from msgspec.structs import replace

from journal.database.writer import Writer
from journal.models import LedgerRow, Outcome
from journal.search.criteria import ArtifactQuery, SortOrder
from journal.search.indexer import Indexer
from journal.search.search import find_artifacts
from journal.wire.messages import (
    Action,
    ArtifactKey,
    ArtifactOwnerKey,
    ArtifactOwnerValue,
    ArtifactRuleKey,
    ArtifactRuleValue,
    CommentIdKey,
    CommentIdValue,
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
    GlobalIdKey,
    GlobalIdValue,
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
    UpgraderKey,
    UpgraderValue,
)
from registry import models
from registry.column_ranges import MAX_UNALLOCATED_ID
from registry.models import Artifact, Content, Group, Reference, Version
from registry.times import FIRST_TIME, LAST_TIME
from tests.journals import apply_to_database, records
from tests.publishing import (
    apply_messages,
    delete_artifact,
    import_version,
    new_artifact,
    new_content,
    new_version,
    role,
    version_record,
)

_chance = Random(1)


def text(length: int) -> str:
    """Return characters of three bytes each that don't compress."""
    return "".join(chr(_chance.randrange(0x4E00, 0x9FFF)) for _ in range(length))


def content(content_id: int, references: object = None, hashed: str = "h") -> Message:
    serialized = None if references is None else json.dumps(references)
    value = ContentV2Value(Action.CREATE_OR_UPDATE, hashed, "c", b"bytes", serialized)
    return Message(ContentV2Key("_", content_id), value)


def reference(**texts: object) -> list[dict[str, object]]:
    return [{"groupId": None, "artifactId": "x", "version": "1", "name": "n"} | texts]


def artifact_rule(group: str | None, artifact: str | None, **value: str | None) -> Message:
    key = ArtifactRuleKey("_", group, artifact, value.pop("type", "VALIDITY"))
    return Message(key, ArtifactRuleValue(Action.CREATE, value.get("level", "FULL")))


def group(name: str | None = "g", tenant: str = "_", **value: Any) -> Message:
    return Message(GroupKey(tenant, name), GroupValue(Action.CREATE, **value))


def comment(comment_id: str | None = "1", **value: object) -> Message:
    written = CommentValue(Action.CREATE, -1, "", 1, "words")
    key = CommentKey("_", "g", "orders", "1", comment_id, "u")
    return Message(key, replace(written, **value))


def setting(name: str | None, value: str | None) -> Message:
    return Message(ConfigPropertyKey("_", name), ConfigPropertyValue(Action.UPDATE, value))


def logger(name: str, level: str | None) -> Message:
    return Message(LogConfigKey("_"), LogConfigValue(Action.UPDATE, name, level))


def mapping(principal: str | None, role: str | None, name: str = "") -> Message:
    return Message(RoleMappingKey("_", principal), RoleMappingValue(Action.CREATE, role, name))


def changed(message: Message, **value: object) -> Message:
    assert message.value is not None
    return Message(message.key, replace(message.value, **value))


def in_place(group: str | None, artifact: str | None) -> Message:
    made = new_artifact("x", 9, "a")
    return Message(ArtifactKey("_", group, artifact, "u"), made.value)


RANGE, MISSING = "value-out-of-range", "impossible-record"
_ID = 2**63 - 1

#: After a content `a` and an artifact `orders` with it: record, error, part of the reason.
REJECTED: dict[str, tuple[Message, str, str]] = {
    "artifact after 9999": (
        changed(new_artifact("x", 9, "a"), created_on=LAST_TIME + 1),
        RANGE,
        "The created_on is 253402300800000; it may be a time of the years 1 to 9999",
    ),
    "artifact before 1": (
        changed(new_artifact("x", 9, "a"), created_on=FIRST_TIME - 1),
        RANGE,
        "created_on",
    ),
    "version after 9999": (
        changed(new_version("orders", 9, "a"), created_on=_ID),
        RANGE,
        "created_on",
    ),
    "import after 9999": (import_version("x", 9, 1, created_on=_ID), RANGE, "created_on"),
    "group after 9999": (group(created_on=_ID), RANGE, "created_on"),
    "group changed after 9999": (group(modified_on=_ID), RANGE, "modified_on"),
    "comment before 1": (comment(created_on=-_ID), RANGE, "created_on"),
    "no group id": (group(""), RANGE, "The group_id is empty"),
    "artifact in no group id": (in_place("", "x"), RANGE, "The group_id is empty"),
    "no artifact id": (in_place("g", ""), RANGE, "The artifact_id is empty"),
    "null artifact id": (in_place("g", None), MISSING, "The record has no artifact_id"),
    "deletion of a null artifact id": (
        Message(ArtifactKey("_", "g", None, "u"), delete_artifact("x").value),
        MISSING,
        "The record has no artifact_id",
    ),
    "long artifact id": (in_place("g", "a" * 513), RANGE, "513 characters; 512 is the limit"),
    "long group id": (group("g" * 513), RANGE, "513 characters; 512 is the limit"),
    "long ids together": (in_place(text(512), text(512)), RANGE, "3072 bytes; 2048 is the limit"),
    "long type": (
        changed(new_artifact("x", 9, "a"), artifact_type="t" * 33),
        RANGE,
        "artifact_type has 33",
    ),
    "long version": (
        changed(new_artifact("x", 9, "a"), version="v" * 257),
        RANGE,
        "The version has 257",
    ),
    "long owner": (
        changed(new_artifact("x", 9, "a"), created_by="o" * 257),
        RANGE,
        "created_by has 257",
    ),
    "long new owner": (
        Message(ArtifactOwnerKey("_", "g", "orders"), ArtifactOwnerValue(Action.UPDATE, "o" * 257)),
        RANGE,
        "The owner has 257",
    ),
    "long tenant": (group(tenant="t" * 129), RANGE, "The tenant_id has 129"),
    "long group description": (group(description="d" * 1025), RANGE, "The description has 1025"),
    "long group type": (group(artifacts_type="t" * 33), RANGE, "artifacts_type has 33"),
    "negative content id": (content(-1), RANGE, "The content_id is -1; it may be 0 or more"),
    "highest content id": (content(_ID), RANGE, "beyond 4611686018427387903"),
    "negative global id": (new_artifact("x", -1, "a"), RANGE, "The global_id is -1"),
    "highest global id": (
        changed(new_artifact("x", _ID, "a"), created_on=1),
        RANGE,
        "beyond 4611686018427387903",
    ),
    "highest global id of an import": (import_version("x", _ID, 1), RANGE, "beyond"),
    "negative global id of an import": (import_version("x", -2, 1), RANGE, "global_id is -2"),
    "long hash": (content(2, hashed="h" * 65), RANGE, "The content_hash has 65"),
    "long name of a reference": (
        content(2, reference(name=text(513))),
        RANGE,
        "The reference_name has 513",
    ),
    "long id in a reference": (
        content(2, reference(artifactId=text(5000))),
        RANGE,
        "The reference_artifact_id has 5000",
    ),
    "rule without a level": (artifact_rule("g", "orders", level=None), MISSING, "no rule"),
    "rule of no artifact": (artifact_rule("g", None), MISSING, "no artifact_id"),
    "rule without a type": (artifact_rule("g", "orders", type=None), MISSING, "no rule_type"),
    "long level": (artifact_rule("g", "orders", level="l" * 1025), RANGE, "The rule has 1025"),
    "rule of long ids": (artifact_rule(text(512), text(512)), RANGE, "3072 bytes"),
    "global rule without a level": (
        Message(GlobalRuleKey("_", "VALIDITY"), GlobalRuleValue(Action.CREATE, None)),
        MISSING,
        "no global_rule",
    ),
    "global rule without a type": (
        Message(GlobalRuleKey("_", None), GlobalRuleValue(Action.CREATE, "FULL")),
        MISSING,
        "no rule_type",
    ),
    "comment without an id": (comment(""), RANGE, "The comment_id is empty"),
    "long comment id": (comment("c" * 129), RANGE, "The comment_id has 129"),
    "comment id of 5,000 digits": (comment("9" * 5000), RANGE, "The comment_id has 5000"),
    "highest comment id": (
        comment(str(_ID)),
        RANGE,
        "The commentId is 9223372036854775807; beyond",
    ),
    "comment without words": (comment(value=None), MISSING, "no comment"),
    "long comment": (comment(value="c" * 1025), RANGE, "The comment has 1025"),
    "unknown role": (mapping("bob", "KING"), RANGE, "The role is 'KING'; it may be READ_ONLY"),
    "no role": (mapping("bob", None), MISSING, "no role"),
    "role of nobody": (mapping(None, "ADMIN"), MISSING, "no principal_id"),
    "role of no name": (mapping("", "ADMIN"), RANGE, "The principal_id is empty"),
    "long principal": (mapping("p" * 257, "ADMIN"), RANGE, "The principal_id has 257"),
    "long principal name": (mapping("bob", "ADMIN", "n" * 257), RANGE, "principal_name has 257"),
    "property without a value": (setting("p", None), MISSING, "no property_value"),
    "property without a name": (setting(None, "true"), MISSING, "no property_name"),
    "long property": (setting("p" * 256, "true"), RANGE, "The property_name has 256"),
    "long value": (setting("p", "v" * 1025), RANGE, "The property_value has 1025"),
    "logger without a level": (logger("io", None), MISSING, "no log_level"),
    "long logger": (logger("l" * 513, "INFO"), RANGE, "The logger has 513"),
    "long download id": (
        Message(
            DownloadKey("_", "d" * 129),
            DownloadValue(Action.CREATE, DownloadContext("EXPORT", _ID)),
        ),
        RANGE,
        "The download_id has 129",
    ),
    "long download target": (
        Message(
            DownloadKey("_", "d"),
            DownloadValue(Action.CREATE, DownloadContext("EXPORT", _ID, content_hash="h" * 65)),
        ),
        RANGE,
        "The content_hash has 65",
    ),
    "long upgrader": (
        Message(UpgraderKey("u"), UpgraderValue(Action.UPGRADE_TRY_LOCK, text(5000), 2)),
        RANGE,
        "The upgrader_uuid has 5000",
    ),
}


def test_each_value_out_of_range_is_rejected_with_its_reason(each_database: str) -> None:
    effects = apply_messages(
        new_content(1, "a"),
        new_artifact("orders", 1, "a"),
        *(message for message, _, _ in REJECTED.values()),
    )

    found = dict(zip(REJECTED, effects[2:], strict=True))
    for name, (_, error, reason) in REJECTED.items():
        effect = found[name]
        assert (effect.outcome, effect.error) == (Outcome.REJECTED, error), (name, effect)
        assert reason in effect.reason, name
    # None broke a constraint, which only one database may have.
    assert not [name for name, effect in found.items() if "tables can't" in effect.reason]
    assert LedgerRow.objects.filter(outcome=Outcome.REJECTED).count() == len(REJECTED)
    assert (Artifact.objects.count(), Version.objects.count(), Content.objects.count()) == (1, 1, 1)
    assert not Group.objects.exists()


def test_values_at_the_ends_of_their_ranges_are_stored(each_database: str) -> None:
    effects = apply_messages(
        new_content(1, "a"),
        content(MAX_UNALLOCATED_ID, reference(name=text(512), artifactId=text(512))),
        changed(new_artifact("first", 0, "a"), created_on=FIRST_TIME),
        changed(new_artifact("last", MAX_UNALLOCATED_ID, "a"), created_on=LAST_TIME),
        Message(ArtifactKey("t" * 128, text(340), text(342), "u"), new_artifact("", 7, "a").value),
        artifact_rule(text(340), text(342), level="l" * 1024),
        group(text(512), description=text(1024), modified_on=FIRST_TIME),
        comment("c" * 128, created_on=LAST_TIME),
        mapping("p" * 256, "READ_ONLY", "n" * 256),
        setting("p" * 255, "v" * 1024),
        logger(text(512), "FINEST"),
    )

    # The comment has no version.
    assert [effect.error for effect in effects if effect.error] == ["version-not-found"]


def test_the_longest_names_are_indexed(each_database: str) -> None:
    apply_messages(
        new_content(1, "a"),
        Message(
            ArtifactKey("_", text(340), text(342), "u"),
            changed(new_artifact("", 1, "a"), meta_data=MetaData(text(512), text(1024))).value,
        ),
    )
    writer = Writer(connections.settings["journal"])
    try:
        Indexer(writer).step()
    finally:
        writer.close()

    assert find_artifacts(ArtifactQuery(), SortOrder.NAME).count == 1


@pytest.mark.parametrize(
    "odd",
    [
        {"artifactId": ["x"]},
        {"artifactId": {"x": 1}},
        {"artifactId": None},
        {"groupId": ["g"]},
        {"name": {}},
        {"version": None},
    ],
)
def test_references_of_an_odd_form_count_as_none(
    odd: dict[str, object], each_database: str
) -> None:
    """One list in place of a text once stopped the worker."""
    (effect,) = apply_messages(content(1, reference(**odd)))

    assert effect.outcome == Outcome.APPLIED
    assert not Reference.objects.exists()


def test_numbers_in_references_are_texts_as_jackson_reads_them(each_database: str) -> None:
    apply_messages(content(1, reference(groupId=7, artifactId=5, version=1)))

    stored = Reference.objects.get()
    assert (stored.group_id, stored.artifact_id, stored.version) == ("7", "5", "1")


def test_a_reset_after_the_highest_ids_leaves_ids_for_uploads(each_database: str) -> None:
    """Ids at the end of 64 bits are not taken; behind all others, the sequence goes on."""
    highest = MAX_UNALLOCATED_ID
    effects = apply_messages(
        new_content(1, "a"),
        content(_ID),
        content(highest),
        changed(new_artifact("orders", highest, "a"), created_on=1),
        comment(str(highest)),
        Message(ContentIdKey("_", "u"), ContentIdValue(Action.RESET)),
        Message(GlobalIdKey("_", "u"), GlobalIdValue(Action.RESET)),
        Message(CommentIdKey("_", "u"), CommentIdValue(Action.RESET)),
        Message(ContentIdKey("_", "v"), ContentIdValue(Action.CREATE)),
        Message(GlobalIdKey("_", "v"), GlobalIdValue(Action.CREATE)),
        Message(CommentIdKey("_", "v"), CommentIdValue(Action.CREATE)),
        new_content(highest + 1, "b"),
        changed(new_version("orders", highest + 1, "b"), created_on=1),
        comment(str(highest + 1)),
        content(highest + 2, hashed="not allocated"),
    )

    assert [effect.result for effect in effects[8:11]] == [highest + 1] * 3
    errors = {index: effect.error for index, effect in enumerate(effects) if effect.error}
    assert errors == {1: RANGE, 14: RANGE}


def test_deletions_reach_what_an_earlier_release_stored(each_database: str) -> None:
    apply_messages(new_content(1, "a"), new_artifact("orders", 1, "a"), comment("1"))
    models.RoleMapping.objects.using("journal").create(
        tenant_id="_", principal_id="bob", role="KING"
    )
    models.Comment.objects.using("journal").update(comment_id=str(_ID))
    models.Artifact.objects.using("journal").update(artifact_id="")

    effects = apply_messages(
        Message(RoleMappingKey("_", "bob"), RoleMappingValue(Action.DELETE)),
        Message(
            CommentKey("_", "g", "", "1", str(_ID), "u"), CommentValue(Action.DELETE, -1, "", 1, "")
        ),
        version_record("", "1", Action.DELETE),
        start=3,
    )

    assert [effect.outcome for effect in effects] == [Outcome.APPLIED] * 3
    assert not Artifact.objects.exists()


def test_a_deletion_that_names_no_artifact_deletes_none(each_database: str) -> None:
    apply_messages(new_content(1, "a"), new_artifact("orders", 1, "a"))
    value = delete_artifact("orders").value
    (effect,) = apply_messages(Message(ArtifactKey("_", "g", None, "u"), value), start=2)

    assert effect.outcome == Outcome.REJECTED
    assert Artifact.objects.get().artifact_id == "orders"


def test_a_rejected_role_leaves_the_present_one(each_database: str) -> None:
    effects = apply_messages(role(Action.CREATE), role(Action.UPDATE, "KING"))

    assert effects[1].error == RANGE
    assert models.RoleMapping.objects.get().role == "ADMIN"


def test_a_record_that_is_dated_beyond_all_years_is_applied(each_database: str) -> None:
    (record,) = records(group("far"))
    apply_to_database([dataclasses.replace(record, timestamp=_ID)])

    assert Group.objects.get().created_on == LAST_TIME
