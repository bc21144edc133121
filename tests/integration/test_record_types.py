"""Every record type with every action: what it needs, and that a refusal changes nothing."""

from dataclasses import dataclass
from typing import Any

import pytest

from journal.health.state_digest import state_digest
from journal.models import Outcome
from journal.wire.messages import (
    Action,
    ArtifactOwnerKey,
    ArtifactOwnerValue,
    BootstrapKey,
    CommentIdKey,
    CommentIdValue,
    CommentKey,
    CommentValue,
    ConfigPropertyKey,
    ConfigPropertyValue,
    ContentIdKey,
    ContentIdValue,
    ContentKey,
    ContentV2Key,
    ContentV2Value,
    ContentValue,
    DownloadContext,
    DownloadKey,
    DownloadValue,
    GlobalActionKey,
    GlobalActionValue,
    GlobalIdKey,
    GlobalIdValue,
    LogConfigKey,
    LogConfigValue,
    Message,
    MetaData,
    UpgraderKey,
    UpgraderValue,
)
from tests.publishing import (
    apply_messages,
    artifact_rule,
    comment,
    delete_artifact,
    global_rule,
    group,
    import_version,
    new_artifact,
    new_content,
    new_version,
    old_content,
    role,
    version_record,
)

CREATE, UPDATE, DELETE = Action.CREATE, Action.UPDATE, Action.DELETE
IMPORT, CLEAR, RESET = Action.IMPORT, Action.CLEAR, Action.RESET
DONE, NOTHING = Outcome.APPLIED, Outcome.NO_EFFECT
ORDERS = (new_content(1, "a"), new_artifact("orders", 1, "a"))
RENAMED = {"state": "DISABLED", "meta_data": MetaData(name="Renamed")}
END_OF_ALL = Message(GlobalActionKey("_"), GlobalActionValue(Action.DELETE_ALL_USER_DATA))


@dataclass(frozen=True)
class Case:
    """What the last message comes to after those before it: an outcome, or a refusal's name."""

    name: str
    before: tuple[Message, ...]
    message: Message
    expected: Outcome | str


def draws(kind: str) -> list[Case]:
    """Cases of the three sequences."""
    made: dict[str, Any] = {
        "content id": (ContentIdKey("_", "u"), ContentIdValue),
        "global id": (GlobalIdKey("_", "u"), GlobalIdValue),
        "comment id": (CommentIdKey("_", "u"), CommentIdValue),
    }
    key, value = made[kind]
    used = (*ORDERS, comment(CREATE))
    return [
        Case(f"{kind} drawn", (), Message(key, value(CREATE)), DONE),
        Case(f"{kind} reset on nothing", (), Message(key, value(RESET)), NOTHING),
        Case(f"{kind} reset to what is used", used, Message(key, value(RESET)), DONE),
        Case(f"{kind} deleted", (), Message(key, value(DELETE)), "impossible-record"),
    ]


def owner(name: str) -> Message:
    key = ArtifactOwnerKey("_", "g", name)
    return Message(key, ArtifactOwnerValue(UPDATE, "dora"))


def config(action: Action) -> Message:
    return Message(ConfigPropertyKey("_", "one"), ConfigPropertyValue(action, "true"))


def logger(action: Action) -> Message:
    return Message(LogConfigKey("_"), LogConfigValue(action, "org.one", "INFO"))


def download(action: Action, expires: int = 2_000_000_000_000) -> Message:
    context = DownloadContext("EXPORT", expires)
    return Message(DownloadKey("_", "d"), DownloadValue(action, context))


def imported_comment(global_id: int) -> Message:
    key = CommentKey("_", "<import-comments>", "_", "_", "1", "u")
    return Message(key, CommentValue(IMPORT, global_id, "", 9, "text"))


def canonical_of(hashed: str) -> Message:
    return Message(ContentKey("_", hashed, 1), ContentValue(UPDATE, "another"))


CASES = [
    *draws("content id"),
    *draws("global id"),
    *draws("comment id"),
    # Contents
    Case("old content", (), old_content(1, "a"), DONE),
    Case("old content again", (old_content(1, "a"),), old_content(1, "a"), NOTHING),
    Case("old content, known bytes", (old_content(1, "a"),), old_content(2, "a"), NOTHING),
    Case("old content imported", (), old_content(1, "a", IMPORT), DONE),
    Case("old content imported again", ORDERS, old_content(1, "a", IMPORT), NOTHING),
    Case("old content deleted", ORDERS, old_content(1, "a", DELETE), "impossible-record"),
    Case("canonical hash", ORDERS, canonical_of("hash of a"), DONE),
    Case("canonical hash of no content", ORDERS, canonical_of("hash of b"), NOTHING),
    Case("content", (), new_content(1, "a"), DONE),
    Case("content again", ORDERS, new_content(1, "a"), NOTHING),
    Case("content, known bytes", ORDERS, new_content(2, "a"), "content-already-exists"),
    Case(
        "content without bytes",
        (),
        Message(ContentV2Key("_", 1), ContentV2Value(Action.CREATE_OR_UPDATE, "h", "c", b"")),
        "impossible-record",
    ),
    Case(
        "content without canonical hash",
        (),
        Message(ContentV2Key("_", 1), ContentV2Value(Action.CREATE_OR_UPDATE, "h", None, b"a")),
        "impossible-record",
    ),
    # Artifacts
    Case("artifact", (new_content(1, "a"),), new_artifact("orders", 1, "a"), DONE),
    Case("artifact without content", (), new_artifact("orders", 1, "a"), "content-not-found"),
    Case("artifact again", ORDERS, new_artifact("orders", 2, "a"), "artifact-already-exists"),
    Case("artifact, used id", ORDERS, new_artifact("bills", 1, "a"), "artifact-already-exists"),
    Case("version", ORDERS, new_version("orders", 2, "a"), DONE),
    Case("version of nothing", ORDERS, new_version("bills", 2, "a"), "artifact-not-found"),
    Case("version, used id", ORDERS, new_version("orders", 1, "a"), "version-already-exists"),
    Case(
        "version again",
        ORDERS,
        new_version("orders", 2, "a", version="1"),
        "version-already-exists",
    ),
    Case("end of artifact", ORDERS, delete_artifact("orders"), DONE),
    Case("end of no artifact", ORDERS, delete_artifact("bills"), "artifact-not-found"),
    Case(
        "end of commented artifact",
        (*ORDERS, comment(CREATE)),
        delete_artifact("orders"),
        "has-comments",
    ),
    Case("import", ORDERS, import_version("bills", 2, 1), DONE),
    Case("import of used id", ORDERS, import_version("orders", 1, 1), NOTHING),
    Case("import of known version", ORDERS, import_version("orders", 2, 1), NOTHING),
    Case(
        "import without latest",
        ORDERS,
        import_version("orders", 2, 1, latest=None),
        "impossible-record",
    ),
    Case("owner", ORDERS, owner("orders"), DONE),
    Case("owner of nothing", ORDERS, owner("bills"), "artifact-not-found"),
    # Versions
    Case(
        "metadata",
        ORDERS,
        version_record("orders", "1", UPDATE, **RENAMED),
        DONE,
    ),
    Case("metadata of none", ORDERS, version_record("orders", "2", CLEAR), "version-not-found"),
    Case("metadata unsaid", ORDERS, version_record("orders", "1", UPDATE), "impossible-record"),
    Case("metadata cleared", ORDERS, version_record("orders", "1", CLEAR), DONE),
    Case("end of version", ORDERS, version_record("orders", "1", DELETE), DONE),
    Case("end of no version", ORDERS, version_record("orders", "2", DELETE), "version-not-found"),
    Case(
        "end of the only, commented version",
        (*ORDERS, comment(CREATE)),
        version_record("orders", "1", DELETE),
        "has-comments",
    ),
    # Rules
    Case("global rule", (), global_rule(CREATE), DONE),
    Case("global rule again", (global_rule(CREATE),), global_rule(CREATE), "rule-already-exists"),
    Case("global rule changed", (global_rule(CREATE),), global_rule(UPDATE, "NONE"), DONE),
    Case("no global rule changed", (), global_rule(UPDATE), "rule-not-found"),
    Case("global rule deleted", (global_rule(CREATE),), global_rule(DELETE, None), DONE),
    Case("no global rule deleted", (), global_rule(DELETE, None), "rule-not-found"),
    Case("global rule imported", (), global_rule(IMPORT), DONE),
    Case("global rule imported again", (global_rule(CREATE),), global_rule(IMPORT), NOTHING),
    Case("rule", ORDERS, artifact_rule("orders", CREATE), DONE),
    Case("rule before its artifact", (), artifact_rule("orders", CREATE), DONE),
    Case(
        "rule again",
        (artifact_rule("orders", CREATE),),
        artifact_rule("orders", CREATE),
        "rule-already-exists",
    ),
    Case("no rule changed", ORDERS, artifact_rule("orders", UPDATE), "rule-not-found"),
    Case("no rule deleted", ORDERS, artifact_rule("orders", DELETE, None), "rule-not-found"),
    Case("rule imported", ORDERS, artifact_rule("orders", IMPORT), DONE),
    Case("rule of nothing imported", (), artifact_rule("orders", IMPORT), NOTHING),
    Case("long rule", ORDERS, artifact_rule("orders", CREATE, "x" * 1025), "value-out-of-range"),
    # Groups
    Case("group", (), group(CREATE), DONE),
    Case("group again", (group(CREATE),), group(CREATE), "group-already-exists"),
    Case("group changed", (group(CREATE),), group(UPDATE, description="d"), DONE),
    Case("no group changed", (), group(UPDATE), "group-not-found"),
    Case("group deleted", (group(CREATE),), group(DELETE), DONE),
    Case("no group deleted", ORDERS, group(DELETE), "group-not-found"),
    Case("artifacts of no group deleted", ORDERS, group(DELETE, only_artifacts=True), DONE),
    Case("no artifacts deleted", (group(CREATE),), group(DELETE, only_artifacts=True), NOTHING),
    Case(
        "commented artifacts deleted",
        (*ORDERS, comment(CREATE)),
        group(DELETE, only_artifacts=True),
        "has-comments",
    ),
    Case("group imported", (), group(IMPORT), DONE),
    Case("group imported again", (group(CREATE),), group(IMPORT), NOTHING),
    # Comments
    Case("comment", ORDERS, comment(CREATE), DONE),
    Case("comment again", (*ORDERS, comment(CREATE)), comment(CREATE), "comment-already-exists"),
    Case("comment on nothing", ORDERS, comment(CREATE, version="2"), "version-not-found"),
    Case("comment changed", (*ORDERS, comment(CREATE)), comment(UPDATE), DONE),
    Case("no comment changed", ORDERS, comment(UPDATE), "comment-not-found"),
    Case("comment deleted", (*ORDERS, comment(CREATE)), comment(DELETE), DONE),
    Case("no comment deleted", ORDERS, comment(DELETE), "comment-not-found"),
    Case(
        "another's comment changed",
        (*ORDERS, comment(CREATE, "1", "erin")),
        comment(UPDATE),
        "comment-not-found",
    ),
    Case(
        "another's comment deleted",
        (*ORDERS, comment(CREATE, "1", "erin")),
        comment(DELETE, "1", "erin"),
        "comment-not-found",
    ),
    Case("comment imported", ORDERS, imported_comment(1), DONE),
    Case("comment imported again", (*ORDERS, comment(CREATE)), imported_comment(1), NOTHING),
    Case("comment imported for nothing", ORDERS, imported_comment(2), NOTHING),
    # The rest
    Case("role", (), role(CREATE), DONE),
    Case("role again", (role(CREATE),), role(CREATE), "role-mapping-already-exists"),
    Case("role changed", (role(CREATE),), role(UPDATE, "READ_ONLY"), DONE),
    Case("no role changed", (), role(UPDATE), "role-mapping-not-found"),
    Case("role deleted", (role(CREATE),), role(DELETE, None), DONE),
    Case("no role deleted", (), role(DELETE, None), "role-mapping-not-found"),
    Case("property", (), config(UPDATE), DONE),
    Case("property created", (), config(CREATE), "impossible-record"),
    Case("property deleted", (config(UPDATE),), config(DELETE), DONE),
    Case("no property deleted", (), config(DELETE), NOTHING),
    Case("logger", (), logger(UPDATE), DONE),
    Case("logger deleted", (logger(UPDATE),), logger(DELETE), DONE),
    Case("no logger deleted", (), logger(DELETE), NOTHING),
    Case("download", (), download(CREATE), DONE),
    Case("download used", (download(CREATE),), download(DELETE), DONE),
    Case("no download used", (), download(DELETE), "download-not-found"),
    Case("expired download used", (download(CREATE, 1),), download(DELETE), "download-not-found"),
    Case("all user data", ORDERS, END_OF_ALL, DONE),
    Case(
        "global action unknown",
        ORDERS,
        Message(GlobalActionKey("_"), GlobalActionValue(CLEAR)),
        "impossible-record",
    ),
    Case("tombstone", ORDERS, Message(delete_artifact("orders").key), NOTHING),
    Case("bootstrap", (), Message(BootstrapKey("b")), NOTHING),
    Case(
        "upgrade of no kind",
        (),
        Message(UpgraderKey("compact"), UpgraderValue(CREATE)),
        "impossible-record",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
@pytest.mark.usefixtures("each_database")
def test_a_record_comes_to(case: Case) -> None:
    assert all(effect.outcome is DONE for effect in apply_messages(*case.before))
    before = state_digest().value

    (effect,) = apply_messages(case.message, start=len(case.before))

    refused = case.expected if isinstance(case.expected, str) else ""
    assert (effect.outcome, effect.error) == (
        (Outcome.REJECTED, refused) if refused else (case.expected, "")
    )
    assert bool(effect.reason) == (case.expected is not DONE)
    assert (state_digest().value != before) == (case.expected is DONE)
