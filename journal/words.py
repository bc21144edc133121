"""A record in words, and what it is about."""

from dataclasses import dataclass
from typing import Any

from journal.messages import (
    Action,
    ArtifactValue,
    ContentV2Value,
    ContentValue,
    GroupValue,
    Key,
    Message,
    MessageType,
    UpgraderValue,
)

_NOUNS = {
    MessageType.BOOTSTRAP: "bootstrap of a node",
    MessageType.GLOBAL_RULE: "global rule",
    MessageType.CONTENT: "content",
    MessageType.ARTIFACT: "artifact",
    MessageType.ARTIFACT_RULE: "rule",
    MessageType.ARTIFACT_VERSION: "version",
    MessageType.GROUP: "group",
    MessageType.LOG_CONFIG: "logger",
    MessageType.GLOBAL_ID: "global id",
    MessageType.CONTENT_ID: "content id",
    MessageType.ROLE_MAPPING: "role mapping",
    MessageType.GLOBAL_ACTION: "everything",
    MessageType.DOWNLOAD: "download link",
    MessageType.CONFIG_PROPERTY: "config property",
    MessageType.ARTIFACT_OWNER: "owner",
    MessageType.COMMENT_ID: "comment id",
    MessageType.COMMENT: "comment",
    MessageType.CONTENT_V2: "content",
    MessageType.UPGRADER: "upgrade",
}
_VERBS = {
    Action.CREATE: "create",
    Action.UPDATE: "update",
    Action.DELETE: "delete",
    Action.CLEAR: "clear",
    Action.IMPORT: "import",
    Action.RESET: "reset",
    Action.DELETE_ALL_USER_DATA: "delete",
    Action.CREATE_OR_UPDATE: "create",
}
_SEQUENCES = {MessageType.GLOBAL_ID, MessageType.CONTENT_ID, MessageType.COMMENT_ID}


@dataclass(frozen=True, slots=True)
class Subject:
    """What a record is about; None where the record does not tell."""

    tenant_id: str | None = None
    group_id: str | None = None
    artifact_id: str | None = None
    version: str | None = None
    content_id: int | None = None
    global_id: int | None = None


def subject_of_key(key: Key) -> Subject:
    return Subject(
        tenant_id=getattr(key, "tenant_id", None),
        group_id=getattr(key, "group_id", None),
        artifact_id=getattr(key, "artifact_id", None),
        version=getattr(key, "version", None),
        content_id=getattr(key, "content_id", None),
    )


def subject_of(message: Message) -> Subject:
    subject = subject_of_key(message.key)
    value = message.value
    if not isinstance(value, ArtifactValue):
        return subject
    return Subject(
        tenant_id=subject.tenant_id,
        group_id=subject.group_id,
        artifact_id=subject.artifact_id,
        version=value.version or ("1" if value.action is Action.CREATE else None),
        content_id=value.content_id,
        global_id=value.global_id,
    )


def describe(message: Message) -> str:
    """As a person would say it: "create artifact orders v1, AVRO, global id 40"."""
    if message.type is MessageType.BOOTSTRAP:
        return _NOUNS[MessageType.BOOTSTRAP]
    if isinstance(message.value, UpgraderValue):
        return _describe_upgrade(message.value)
    words = [_verb(message), _noun(message), *_names(message.key)]
    return ", ".join([" ".join(words), *_details(message)])


def describe_key(key: Key) -> str:
    """All that is known of a record whose value cannot be read."""
    return " ".join([_NOUNS[key.type], *_names(key)])


def _noun(message: Message) -> str:
    if isinstance(message.value, GroupValue) and message.value.only_artifacts:
        return "all artifacts of group"
    return _NOUNS[message.type]


def _verb(message: Message) -> str:
    if message.value is None:
        return "tombstone of"
    action = message.value.action
    if message.type in _SEQUENCES and action is Action.CREATE:
        return "draw a"
    return _VERBS.get(action, "do nothing known to") if action is not None else "do nothing to"


def _describe_upgrade(value: UpgraderValue) -> str:
    name = value.action.name.lower().replace("_", " ") if value.action is not None else "upgrade"
    return f"{name}, version {value.version}" if value.version is not None else name


def _names(key: Key) -> list[str]:
    """The rule or artifact, in whichever group, or the other thing that the key names."""
    named: Any = key
    names = [
        str(getattr(named, attribute))
        for attribute in (
            "rule_type",
            "principal_id",
            "property_name",
            "download_id",
            "comment_id",
            "content_id",
        )
        if getattr(named, attribute, None) is not None
    ]
    artifact_id = getattr(named, "artifact_id", None)
    if artifact_id is not None:
        names += ["of", artifact_id] if names else [artifact_id]
    version = getattr(named, "version", None)
    if version is not None:
        names.append(_version(version))
    if artifact_id is None and getattr(named, "group_id", None) is not None:
        names.append(named.group_id)
    return names


def _version(version: str) -> str:
    return f"v{version}" if version[:1].isdigit() else f"version {version}"


def _details(message: Message) -> list[str]:
    key, value = message.key, message.value
    details: list[str] = []
    if isinstance(value, ArtifactValue) and value.global_id is not None:
        if value.action is Action.CREATE or value.version:
            details[:0] = [_version(value.version or "1")]
        details += [value.artifact_type or "no type"]
        if value.content_id is not None:
            details.append(f"content {value.content_id}")
        details.append(f"global id {value.global_id}")
    elif isinstance(value, ContentValue | ContentV2Value):
        details.append(f"{len(value.content or b''):,} bytes")
    elif value is not None:
        details += _settings(value)
    group_id = getattr(key, "group_id", None)
    if group_id is not None and getattr(key, "artifact_id", None) is not None:
        details.append(f"group {group_id}")
    return details


def _settings(value: Any) -> list[str]:
    """What the record sets: a rule's configuration, a state, an owner, a role, a level."""
    names = ("configuration", "state", "owner", "role", "logger", "log_level")
    return [str(getattr(value, name)) for name in names if getattr(value, name, None) is not None]
