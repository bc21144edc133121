"""Describes a record in a few words, and names its subject."""

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
_ALLOCATIONS: dict[tuple[MessageType, Action | None], str] = {
    (kind, Action.CREATE): f"draw a {_NOUNS[kind]}"
    for kind in (MessageType.GLOBAL_ID, MessageType.CONTENT_ID, MessageType.COMMENT_ID)
}


class Subject(NamedTuple):
    """The entity of a record; attributes are None if the record does not name them."""

    tenant_id: str | None = None
    group_id: str | None = None
    artifact_id: str | None = None
    version: str | None = None
    content_id: int | None = None
    global_id: int | None = None
    artifact_type: str | None = None


def _make_subject_getter(key_class: type[Any]) -> Callable[[Any], Subject]:
    names = [name for name in Subject._fields if hasattr(key_class, name)]
    if names == ["tenant_id"]:
        return lambda key: Subject(key.tenant_id)
    if names == ["tenant_id", "group_id", "artifact_id"]:
        return lambda key: Subject(key.tenant_id, key.group_id, key.artifact_id)
    return lambda key: Subject(**{name: getattr(key, name) for name in names})


# Made once a class: each record that is applied needs its subject.
_SUBJECT_GETTERS = {key_class: _make_subject_getter(key_class) for key_class in get_args(Key)}


def get_key_subject(key: Key) -> Subject:
    return _SUBJECT_GETTERS[type(key)](key)


def get_subject(message: Message) -> Subject:
    value = message.value
    if type(value) is not ArtifactValue:
        return get_key_subject(message.key)
    key: Any = message.key
    version = value.version or ("1" if value.action is Action.CREATE else None)
    return Subject(
        key.tenant_id,
        key.group_id,
        key.artifact_id,
        version,
        value.content_id,
        value.global_id,
        value.artifact_type,
    )


def describe(message: Message) -> str:
    """Describe a record in a line, such as "create artifact orders v1, AVRO, global id 40"."""
    value = message.value
    if value is not None and (text := _ALLOCATIONS.get((message.key.type, value.action))):
        return text
    if message.type is MessageType.BOOTSTRAP:
        return _NOUNS[MessageType.BOOTSTRAP]
    if isinstance(value, UpgraderValue):
        name = "upgrade" if value.action is None else value.action.name.lower().replace("_", " ")
        return name if value.version is None else f"{name}, version {value.version}"
    if isinstance(value, ContentValue | ContentV2Value):
        key: Any = message.key
        return f"{_verb(message)} content {key.content_id}, {len(value.content or b''):,} bytes"
    is_of_all_artifacts = isinstance(value, GroupValue) and value.only_artifacts
    noun = "all artifacts of group" if is_of_all_artifacts else _NOUNS[message.type]
    words = [_verb(message), noun, *_names(message.key)]
    return ", ".join([" ".join(words), *_details(message)])


def describe_key(key: Key) -> str:
    """Describe a record by its key alone, for an unreadable value."""
    return " ".join([_NOUNS[key.type], *_names(key)])


def _verb(message: Message) -> str:
    if message.value is None:
        return "tombstone of"
    action = message.value.action
    return _VERBS.get(action, "do nothing known to") if action is not None else "do nothing to"


_NAME_ATTRIBUTES = (
    "rule_type",
    "principal_id",
    "property_name",
    "download_id",
    "comment_id",
    "content_id",
)
#: Those that a key class has, looked up once: each record that is applied gets a description.
_KEY_NAME_ATTRIBUTES = {
    key_class: tuple(name for name in _NAME_ATTRIBUTES if hasattr(key_class, name))
    for key_class in get_args(Key)
}


def _names(key: Key) -> list[str]:
    """Return the names in a key: a rule or artifact without its group, or another entity."""
    attributes = _KEY_NAME_ATTRIBUTES[type(key)]
    names = [str(value) for name in attributes if (value := getattr(key, name)) is not None]
    artifact_id = getattr(key, "artifact_id", None)
    if artifact_id is not None:
        names += ["of", artifact_id] if names else [artifact_id]
    version = getattr(key, "version", None)
    if version is not None:
        names.append(describe_version(version))
    group_id = getattr(key, "group_id", None)
    if artifact_id is None and group_id is not None:
        names.append(group_id)
    return names


def describe_version(version: str) -> str:
    """Return "v1" for a version named by a number, "version beta" for another."""
    return f"v{version}" if version[:1].isdigit() else f"version {version}"


#: Attributes of values that a description shows, in this order.
_SETTINGS = ("configuration", "state", "owner", "role", "logger", "log_level")


def _details(message: Message) -> list[str]:
    key, value = message.key, message.value
    details: list[str] = []
    if isinstance(value, ArtifactValue) and value.global_id is not None:
        if value.action is Action.CREATE or value.version:
            details.append(describe_version(value.version or "1"))
        details.append(value.artifact_type or "no type")
        if value.content_id is not None:
            details.append(f"content {value.content_id}")
        details.append(f"global id {value.global_id}")
    elif value is not None:
        settings = (getattr(value, name, None) for name in _SETTINGS)
        details += [str(setting) for setting in settings if setting is not None]
    group_id = getattr(key, "group_id", None)
    if group_id is not None and getattr(key, "artifact_id", None) is not None:
        details.append(f"group {group_id}")
    return details
