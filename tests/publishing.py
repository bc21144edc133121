"""Short ways to make messages: contents are named by a letter, artifacts are in group `g`."""

from typing import Any

from journal.projection.effects import Effect
from journal.wire.messages import (
    Action,
    ArtifactKey,
    ArtifactRuleKey,
    ArtifactRuleValue,
    ArtifactValue,
    ArtifactVersionKey,
    ArtifactVersionValue,
    CommentKey,
    CommentValue,
    ContentKey,
    ContentV2Key,
    ContentV2Value,
    ContentValue,
    GlobalRuleKey,
    GlobalRuleValue,
    GroupKey,
    GroupValue,
    Message,
    MetaData,
    RoleMappingKey,
    RoleMappingValue,
)
from tests.journals import apply_to_database, record


def new_content(content_id: int, text: str, tenant: str | None = "_") -> Message:
    """Make a content record of nodes from 2.5.9 on."""
    return Message(
        ContentV2Key(tenant, content_id),
        ContentV2Value(
            Action.CREATE_OR_UPDATE, f"hash of {text}", f"canon of {text}", text.encode()
        ),
    )


def old_content(
    content_id: int, text: str, action: Action = Action.CREATE, tenant: str | None = "_"
) -> Message:
    """Make a content record of nodes up to 2.5.8."""
    return Message(
        ContentKey(tenant, f"hash of {text}", content_id),
        ContentValue(action, f"canon of {text}", text.encode()),
    )


def new_artifact(
    name: str, global_id: int, text: str, tenant: str | None = "_", **value: Any
) -> Message:
    value.setdefault("meta_data", MetaData(name=name))
    return Message(
        ArtifactKey(tenant, "g", name, f"uuid {global_id}"),
        ArtifactValue(
            Action.CREATE,
            global_id=global_id,
            artifact_type="AVRO",
            content_hash=f"hash of {text}",
            created_by="alice",
            created_on=1000 + global_id,
            **value,
        ),
    )


def new_version(name: str, global_id: int, text: str, **value: Any) -> Message:
    return Message(
        ArtifactKey("_", "g", name, f"uuid {global_id}"),
        ArtifactValue(
            Action.UPDATE,
            global_id=global_id,
            artifact_type="AVRO",
            content_hash=f"hash of {text}",
            created_by="bob",
            created_on=1000 + global_id,
            **value,
        ),
    )


def import_version(name: str, global_id: int, content_id: int, **value: Any) -> Message:
    defaults: dict[str, Any] = {
        "state": "ENABLED",
        "meta_data": MetaData(name=name),
        "version": "1",
        "artifact_type": "AVRO",
        "created_by": "carol",
        "created_on": 3000,
        "version_id": 1,
        "latest": True,
    }
    imported = ArtifactValue(
        Action.IMPORT, global_id=global_id, content_id=content_id, **(defaults | value)
    )
    return Message(ArtifactKey("_", "g", name, "uuid"), imported)


def delete_artifact(name: str) -> Message:
    return Message(ArtifactKey("_", "g", name, "end"), ArtifactValue(Action.DELETE))


def version_record(name: str, version: str, action: Action, **value: Any) -> Message:
    key = ArtifactVersionKey("_", "g", name, version)
    return Message(key, ArtifactVersionValue(action, **value))


def artifact_rule(
    name: str, action: Action, text: str | None = "FULL", tenant: str = "_"
) -> Message:
    key = ArtifactRuleKey(tenant, "g", name, "COMPATIBILITY")
    return Message(key, ArtifactRuleValue(action, text))


def global_rule(action: Action, text: str | None = "FULL", tenant: str = "_") -> Message:
    return Message(GlobalRuleKey(tenant, "COMPATIBILITY"), GlobalRuleValue(action, text))


def group(action: Action, name: str = "g", **value: Any) -> Message:
    return Message(GroupKey("_", name), GroupValue(action, **value))


def role(action: Action, name: str | None = "ADMIN", tenant: str = "_") -> Message:
    return Message(RoleMappingKey(tenant, "fay"), RoleMappingValue(action, name, "Fay"))


def comment(action: Action, comment_id: str = "1", who: str | None = "", **key: Any) -> Message:
    names = {"artifact_id": "orders", "version": "1"} | key
    value = CommentValue(action, -1, who, 9, f"{action.name} {comment_id}")
    return Message(CommentKey("_", "g", comment_id=comment_id, uuid="u", **names), value)


def apply_messages(*messages: Message, start: int = 0) -> list[Effect]:
    """Apply messages to Django's present database, from that offset on."""
    records = [record(message, offset) for offset, message in enumerate(messages, start)]
    return [effect for _, effect in apply_to_database(records)]
