"""Messages: the decoded records of the journal, and all their classes."""

from dataclasses import dataclass
from enum import StrEnum

from journal.wire.keys import (
    ArtifactKey,
    ArtifactOwnerKey,
    ArtifactRuleKey,
    ArtifactVersionKey,
    BootstrapKey,
    CommentIdKey,
    CommentKey,
    ConfigPropertyKey,
    ContentIdKey,
    ContentKey,
    ContentV2Key,
    DownloadKey,
    GlobalActionKey,
    GlobalIdKey,
    GlobalRuleKey,
    GroupKey,
    Key,
    LogConfigKey,
    RoleMappingKey,
    UpgraderKey,
    partition_key,
)
from journal.wire.message_types import Action, MessageType, is_mutation
from journal.wire.values import (
    ArtifactOwnerValue,
    ArtifactRuleValue,
    ArtifactValue,
    ArtifactVersionValue,
    CommentIdValue,
    CommentValue,
    ConfigPropertyValue,
    ContentIdValue,
    ContentV2Value,
    ContentValue,
    DownloadContext,
    DownloadValue,
    GlobalActionValue,
    GlobalIdValue,
    GlobalRuleValue,
    GroupValue,
    LogConfigValue,
    MetaData,
    RoleMappingValue,
    UpgraderValue,
    Value,
)

__all__ = [
    "Action",
    "ActionStyle",
    "ArtifactKey",
    "ArtifactOwnerKey",
    "ArtifactOwnerValue",
    "ArtifactRuleKey",
    "ArtifactRuleValue",
    "ArtifactValue",
    "ArtifactVersionKey",
    "ArtifactVersionValue",
    "BootstrapKey",
    "CommentIdKey",
    "CommentIdValue",
    "CommentKey",
    "CommentValue",
    "ConfigPropertyKey",
    "ConfigPropertyValue",
    "ContentIdKey",
    "ContentIdValue",
    "ContentKey",
    "ContentV2Key",
    "ContentV2Value",
    "ContentValue",
    "DownloadContext",
    "DownloadKey",
    "DownloadValue",
    "Form",
    "GlobalActionKey",
    "GlobalActionValue",
    "GlobalIdKey",
    "GlobalIdValue",
    "GlobalRuleKey",
    "GlobalRuleValue",
    "GroupKey",
    "GroupValue",
    "Key",
    "LogConfigKey",
    "LogConfigValue",
    "Message",
    "MessageType",
    "MetaData",
    "RoleMappingKey",
    "RoleMappingValue",
    "UpgraderKey",
    "UpgraderValue",
    "Value",
    "is_mutation",
    "partition_key",
]


class ActionStyle(StrEnum):
    """The format of an action in JSON: `"Create"` (2.0), `"CREATE"` (2.1.0–2.1.3), `1` (later)."""

    TITLE = "title"
    UPPER = "upper"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Form:
    """The format of a value; `references`: a type-2 value ends in their length, even if 0."""

    action: ActionStyle = ActionStyle.NUMBER
    references: bool = True


_FORM = Form()


@dataclass(slots=True)
class Message:
    """A decoded record; a value of None is a tombstone."""

    key: Key
    value: Value | None = None
    form: Form = _FORM

    @property
    def type(self) -> MessageType:
        return self.key.type
