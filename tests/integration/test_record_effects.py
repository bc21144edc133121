"""What records do to the rows beside their own: what is inherited, cut, orphaned, kept apart."""

import json

import pytest

from journal.models import Outcome
from journal.wire.messages import (
    Action,
    ArtifactKey,
    ArtifactOwnerKey,
    ArtifactOwnerValue,
    ArtifactValue,
    ConfigPropertyKey,
    ConfigPropertyValue,
    ContentKey,
    ContentValue,
    DownloadContext,
    DownloadKey,
    DownloadValue,
    GlobalActionKey,
    GlobalActionValue,
    GlobalIdKey,
    GlobalIdValue,
    GroupKey,
    GroupValue,
    LogConfigKey,
    LogConfigValue,
    Message,
    MetaData,
)
from registry.models import (
    Artifact,
    ArtifactRule,
    Comment,
    ConfigProperty,
    Content,
    Download,
    GlobalRule,
    Group,
    Label,
    LogConfig,
    Property,
    RoleMapping,
    Sequence,
    Version,
)
from tests.publishing import (
    apply_messages,
    artifact_rule,
    comment,
    delete_artifact,
    global_rule,
    group,
    new_artifact,
    new_content,
    new_version,
    role,
    version_record,
)

pytestmark = pytest.mark.usefixtures("each_database")
CREATE, UPDATE, DELETE = Action.CREATE, Action.UPDATE, Action.DELETE
ORDERS = (new_content(1, "a"), new_artifact("orders", 1, "a"))
#: The timestamp of a test's first record.
BEGIN = 1_600_000_000_000


def draw_global_id(action: Action = CREATE) -> Message:
    return Message(GlobalIdKey("_", "u"), GlobalIdValue(action))


def latest() -> dict[str, int | None]:
    return dict(Artifact.objects.values_list("artifact_id", "latest"))


# Artifacts and versions


def test_a_version_s_number_is_one_more_than_the_highest_that_is_left() -> None:
    apply_messages(
        *ORDERS,
        new_version("orders", 2, "a"),
        new_version("orders", 3, "a"),
        version_record("orders", "3", DELETE),
        new_version("orders", 4, "a", version="named"),
        new_version("orders", 5, "a"),
    )

    assert list(Version.objects.order_by("global_id").values_list("version", "version_id")) == [
        ("1", 1),
        ("2", 2),
        ("named", 3),
        ("4", 4),
    ]


def test_a_version_inherits_from_the_latest_whatever_its_state() -> None:
    meta = MetaData("Orders", None, ("blue",), None)
    apply_messages(
        *ORDERS,
        version_record("orders", "1", UPDATE, state="DISABLED", meta_data=meta),
        new_version("orders", 2, "a", meta_data=MetaData(description="of goods", labels=())),
    )

    second = Version.objects.get(global_id=2)
    assert (second.name, second.description, second.labels, second.state) == (
        "Orders",
        "of goods",
        "[]",
        "ENABLED",
    )


def test_an_owner_is_the_artifact_s_not_a_version_s() -> None:
    apply_messages(
        *ORDERS, Message(ArtifactOwnerKey("_", "g", "orders"), ArtifactOwnerValue(UPDATE, "dora"))
    )

    assert Artifact.objects.get().created_by == "dora"
    assert Version.objects.get().created_by == "alice"


def test_texts_are_cut_where_an_artifact_is_made_and_searched_in_lower_case() -> None:
    meta = MetaData("N" * 513, "D" * 1025, ("L" * 257,), {"K" * 257: "V" * 1025})
    apply_messages(new_content(1, "a"), new_artifact("orders", 1, "a", meta_data=meta))

    version = Version.objects.get()
    assert (version.name, version.description) == ("N" * 512, "D" * 1021 + "...")
    assert json.loads(version.labels or "") == ["L" * 257]
    assert json.loads(version.properties or "") == {"K" * 257: "V" * 1025}
    assert Label.objects.get().label == "l" * 256
    assert (Property.objects.get().key, Property.objects.get().value) == ("k" * 256, "v" * 1024)


def test_the_comments_of_one_of_several_versions_go_with_it() -> None:
    apply_messages(
        *ORDERS,
        new_version("orders", 2, "a"),
        comment(CREATE, "1", version="1"),
        comment(CREATE, "2", version="2"),
        version_record("orders", "1", DELETE),
    )

    assert list(Comment.objects.values_list("comment_id", flat=True)) == ["2"]
    assert latest() == {"orders": 2}


def test_only_comments_by_nobody_are_reached_by_changes_and_ends() -> None:
    apply_messages(
        *ORDERS,
        comment(CREATE, "1", ""),
        comment(CREATE, "2", "erin"),
        comment(CREATE, "3", ""),
        comment(UPDATE, "1"),
        comment(UPDATE, "2"),
        comment(DELETE, "2"),
        comment(DELETE, "3"),
    )

    assert sorted(Comment.objects.values_list("comment_id", "value")) == [
        ("1", "UPDATE 1"),
        ("2", "CREATE 2"),
    ]


def test_the_end_of_a_group_takes_its_artifacts_but_not_those_of_others() -> None:
    other = Message(
        ArtifactKey("_", None, "orders", "u"),
        ArtifactValue(
            CREATE, global_id=2, artifact_type="JSON", content_hash="hash of b", created_on=1
        ),
    )
    apply_messages(
        *ORDERS,
        new_content(2, "b"),
        other,
        artifact_rule("orders", CREATE),
        group(CREATE),
        group(DELETE),
    )

    assert list(Artifact.objects.values_list("group_id", flat=True)) == ["__$GROUPID$__"]
    assert list(Content.objects.values_list("content_id", flat=True)) == [2]
    assert (Group.objects.count(), ArtifactRule.objects.count()) == (0, 0)


def test_orphans_of_every_tenant_go_with_any_end() -> None:
    apply_messages(
        *ORDERS,
        new_content(1, "never used", tenant="t"),
        new_version("orders", 2, "a"),
        version_record("orders", "2", DELETE),
    )

    assert list(Content.objects.values_list("tenant_id", "content_id")) == [("_", 1)]


def test_a_content_that_is_an_orphan_is_gone_for_later_records_too() -> None:
    effects = apply_messages(*ORDERS, delete_artifact("orders"), new_artifact("orders", 2, "a"))

    assert effects[-1].error == "content-not-found"


# Tenants and what has none


def test_the_same_names_of_two_tenants_do_not_meet() -> None:
    effects = apply_messages(
        *ORDERS,
        new_content(1, "b", tenant="t"),
        new_artifact("orders", 1, "b", tenant="t"),
        artifact_rule("orders", CREATE),
        artifact_rule("orders", CREATE, tenant="t"),
        global_rule(CREATE),
        global_rule(CREATE, tenant="t"),
        role(CREATE),
        role(CREATE, tenant="t"),
    )

    assert all(effect.outcome is Outcome.APPLIED for effect in effects)
    for model in (Content, Version, Artifact, ArtifactRule, GlobalRule, RoleMapping):
        assert model.objects.count() == 2, model


def test_another_tenant_s_content_is_not_found_unless_it_is_the_default_tenant_s() -> None:
    """Contents had no tenant before 2.1.2."""
    effects = apply_messages(
        new_content(1, "of t", tenant="t"),
        new_content(2, "of nobody", tenant=None),
        new_artifact("orders", 1, "of t", tenant="u"),
        new_artifact("orders", 1, "of nobody", tenant="u"),
    )

    assert [effect.error for effect in effects] == ["", "", "content-not-found", ""]


def test_all_user_data_of_one_tenant_goes_and_sequences_links_and_loggers_stay() -> None:
    context = DownloadContext("EXPORT", 2 * BEGIN)
    apply_messages(
        *ORDERS,
        draw_global_id(),
        new_content(1, "b", tenant="t"),
        new_artifact("orders", 1, "b", tenant="t"),
        comment(CREATE),
        artifact_rule("orders", CREATE),
        global_rule(CREATE),
        group(CREATE),
        role(CREATE),
        Message(ConfigPropertyKey("_", "one"), ConfigPropertyValue(UPDATE, "true")),
        Message(LogConfigKey("_"), LogConfigValue(UPDATE, "org.one", "INFO")),
        Message(DownloadKey("_", "d"), DownloadValue(CREATE, context)),
        Message(GlobalActionKey("_"), GlobalActionValue(Action.DELETE_ALL_USER_DATA)),
    )

    left = (Comment, ArtifactRule, GlobalRule, Group, RoleMapping, ConfigProperty)
    assert [model.objects.count() for model in left] == [0] * len(left)
    assert list(Artifact.objects.values_list("tenant_id", flat=True)) == ["t"]
    assert list(Content.objects.values_list("tenant_id", flat=True)) == ["t"]
    kept = (Sequence, LogConfig, Download)
    assert [model.objects.count() for model in kept] == [1, 1, 1]


def test_all_user_data_leaves_a_content_that_another_tenant_uses() -> None:
    apply_messages(
        *ORDERS,
        new_content(2, "shared", tenant=None),
        new_artifact("orders", 1, "shared", tenant="t"),
        Message(GlobalActionKey("_"), GlobalActionValue(Action.DELETE_ALL_USER_DATA)),
    )

    assert list(Content.objects.values_list("content_id", flat=True)) == [2]
    assert list(Version.objects.values_list("tenant_id", flat=True)) == ["t"]


def test_loggers_belong_to_no_tenant() -> None:
    apply_messages(
        Message(LogConfigKey("_"), LogConfigValue(UPDATE, "org.one", "INFO")),
        Message(LogConfigKey("t"), LogConfigValue(UPDATE, "org.one", "DEBUG")),
    )

    assert list(LogConfig.objects.values_list("logger", "level")) == [("org.one", "DEBUG")]


# Times, links and hashes


def test_a_property_is_of_the_time_of_its_record() -> None:
    apply_messages(
        Message(ConfigPropertyKey("_", "one"), ConfigPropertyValue(UPDATE, "true")),
        Message(ConfigPropertyKey("_", "one"), ConfigPropertyValue(UPDATE, "false")),
    )

    assert list(ConfigProperty.objects.values_list("value", "modified_on")) == [
        ("false", BEGIN + 1)
    ]


def test_a_group_keeps_the_times_that_are_told() -> None:
    apply_messages(
        Message(GroupKey("_", "g"), GroupValue(CREATE, created_on=5)),
        Message(GroupKey("_", "g"), GroupValue(UPDATE, "new", modified_by="bob", modified_on=6)),
    )

    found = Group.objects.get()
    assert (found.created_on, found.created_on_derived) == (5, False)
    assert (found.description, found.modified_by, found.modified_on) == ("new", "bob", 6)


def test_a_link_has_the_id_of_its_key_and_lives_until_it_expires() -> None:
    def link(name: str, expires: int) -> Message:
        context = DownloadContext("CONTENT_BY_GLOBAL_ID", expires, global_id=7)
        return Message(DownloadKey("_", name), DownloadValue(CREATE, context))

    apply_messages(link("one", BEGIN + 1), link("two", BEGIN + 9), link("three", BEGIN + 9))

    assert list(Download.objects.order_by("id").values_list("download_id", "global_id")) == [
        ("two", 7),
        ("three", 7),
    ]


def test_a_canonical_hash_is_renewed_and_nothing_else() -> None:
    key = ContentKey("_", "hash of a", 1)
    apply_messages(*ORDERS, Message(key, ContentValue(UPDATE, "another", None)))

    content = Content.objects.get()
    assert (content.canonical_hash, bytes(content.content)) == ("another", b"a")
