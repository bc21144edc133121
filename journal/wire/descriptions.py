"""A record in words, and what it is about."""

from collections.abc import Callable
from typing import Any, NamedTuple, get_args

from journal.wire.messages import (
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
_DRAWS: dict[tuple[MessageType, Action | None], str] = {
    (kind, Action.CREATE): f"draw a {_NOUNS[kind]}"
    for kind in (MessageType.GLOBAL_ID, MessageType.CONTENT_ID, MessageType.COMMENT_ID)
}


class Subject(NamedTuple):
    """What a record is about; None where the record does not tell."""

    tenant_id: str | None = None
    group_id: str | None = None
    artifact_id: str | None = None
    version: str | None = None
    content_id: int | None = None
    global_id: int | None = None


def _subject_getter(key_class: type[Any]) -> Callable[[Any], Subject]:
    """Made once a class: the ledger asks for every record."""
    names = [name for name in Subject._fields if hasattr(key_class, name)]
    if names == ["tenant_id"]:
        return lambda key: Subject(key.tenant_id)
    if names == ["tenant_id", "group_id", "artifact_id"]:
        return lambda key: Subject(key.tenant_id, key.group_id, key.artifact_id)
    return lambda key: Subject(**{name: getattr(key, name) for name in names})


_SUBJECTS = {key_class: _subject_getter(key_class) for key_class in get_args(Key)}


def get_key_subject(key: Key) -> Subject:
    return _SUBJECTS[type(key)](key)


def get_subject(message: Message) -> Subject:
    value = message.value
    if type(value) is not ArtifactValue:
        return get_key_subject(message.key)
    key: Any = message.key
    version = value.version or ("1" if value.action is Action.CREATE else None)
    return Subject(
        key.tenant_id, key.group_id, key.artifact_id, version, value.content_id, value.global_id
    )


def describe(message: Message) -> str:
    """As a person would say it: "create artifact orders v1, AVRO, global id 40"."""
    value = message.value
    if value is not None and (draw := _DRAWS.get((message.key.type, value.action))):
        return draw
    if message.type is MessageType.BOOTSTRAP:
        return _NOUNS[MessageType.BOOTSTRAP]
    if isinstance(value, UpgraderValue):
        return _describe_upgrade(value)
    if isinstance(value, ContentValue | ContentV2Value):
        key: Any = message.key
        return f"{_verb(message)} content {key.content_id}, {len(value.content or b''):,} bytes"
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
    return _VERBS.get(action, "do nothing known to") if action is not None else "do nothing to"


def _describe_upgrade(value: UpgraderValue) -> str:
    name = value.action.name.lower().replace("_", " ") if value.action is not None else "upgrade"
    return f"{name}, version {value.version}" if value.version is not None else name


_NAMING = (
    "rule_type",
    "principal_id",
    "property_name",
    "download_id",
    "comment_id",
    "content_id",
)
#: Which of these a key has; looked up once a class, for the ledger asks for every record.
_NAMES = {
    key_class: tuple(name for name in _NAMING if hasattr(key_class, name))
    for key_class in get_args(Key)
}


def _names(key: Key) -> list[str]:
    """The rule or artifact, in whichever group, or the other thing that the key names."""
    named: Any = key
    names = [str(held) for name in _NAMES[type(key)] if (held := getattr(named, name)) is not None]
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
            details.append(_version(value.version or "1"))
        details.append(value.artifact_type or "no type")
        if value.content_id is not None:
            details.append(f"content {value.content_id}")
        details.append(f"global id {value.global_id}")
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
