"""One key class for each message type, attributes in the order of the wire."""

from typing import Annotated, ClassVar
from uuid import uuid4

from msgspec import Meta, Struct

from journal.wire.message_types import MessageType

#: Java's long and int.
Int64 = Annotated[int, Meta(ge=-(2**63), le=2**63 - 1)]
Int32 = Annotated[int, Meta(ge=-(2**31), le=2**31 - 1)]
RuleName = Annotated[str, Meta(pattern="^(VALIDITY|COMPATIBILITY|INTEGRITY)$")]


class WireStruct(Struct, frozen=True, gc=False, forbid_unknown_fields=True, rename="camel"):
    """A key, a value or a part of one, decoded strictly by msgspec, see journal.wire.codec."""


class BootstrapKey(WireStruct, frozen=True):
    type: ClassVar[MessageType] = MessageType.BOOTSTRAP
    bootstrap_id: str | None = None


class GlobalRuleKey(WireStruct, frozen=True):
    type: ClassVar[MessageType] = MessageType.GLOBAL_RULE
    tenant_id: str | None = None
    rule_type: RuleName | None = None


class ContentKey(WireStruct, frozen=True):
    type: ClassVar[MessageType] = MessageType.CONTENT
    tenant_id: str | None = None
    content_hash: str | None = None
    content_id: Int64 = 0


class ArtifactKey(WireStruct, frozen=True):
    type: ClassVar[MessageType] = MessageType.ARTIFACT
    tenant_id: str | None = None
    group_id: str | None = None
    artifact_id: str | None = None
    uuid: str | None = None


class ArtifactRuleKey(WireStruct, frozen=True):
    type: ClassVar[MessageType] = MessageType.ARTIFACT_RULE
    tenant_id: str | None = None
    group_id: str | None = None
    artifact_id: str | None = None
    rule_type: RuleName | None = None


class ArtifactVersionKey(WireStruct, frozen=True):
    type: ClassVar[MessageType] = MessageType.ARTIFACT_VERSION
    tenant_id: str | None = None
    group_id: str | None = None
    artifact_id: str | None = None
    version: str | None = None


class GroupKey(WireStruct, frozen=True):
    type: ClassVar[MessageType] = MessageType.GROUP
    tenant_id: str | None = None
    group_id: str | None = None


class LogConfigKey(WireStruct, frozen=True):
    type: ClassVar[MessageType] = MessageType.LOG_CONFIG
    tenant_id: str | None = None


class GlobalIdKey(WireStruct, frozen=True):
    type: ClassVar[MessageType] = MessageType.GLOBAL_ID
    tenant_id: str | None = None
    uuid: str | None = None


class ContentIdKey(WireStruct, frozen=True):
    type: ClassVar[MessageType] = MessageType.CONTENT_ID
    tenant_id: str | None = None
    uuid: str | None = None


class RoleMappingKey(WireStruct, frozen=True):
    type: ClassVar[MessageType] = MessageType.ROLE_MAPPING
    tenant_id: str | None = None
    principal_id: str | None = None


class GlobalActionKey(WireStruct, frozen=True):
    type: ClassVar[MessageType] = MessageType.GLOBAL_ACTION
    tenant_id: str | None = None


class DownloadKey(WireStruct, frozen=True):
    type: ClassVar[MessageType] = MessageType.DOWNLOAD
    tenant_id: str | None = None
    download_id: str | None = None


class ConfigPropertyKey(WireStruct, frozen=True):
    type: ClassVar[MessageType] = MessageType.CONFIG_PROPERTY
    tenant_id: str | None = None
    property_name: str | None = None


class ArtifactOwnerKey(WireStruct, frozen=True):
    type: ClassVar[MessageType] = MessageType.ARTIFACT_OWNER
    tenant_id: str | None = None
    group_id: str | None = None
    artifact_id: str | None = None


class CommentIdKey(WireStruct, frozen=True):
    type: ClassVar[MessageType] = MessageType.COMMENT_ID
    tenant_id: str | None = None
    uuid: str | None = None


class CommentKey(WireStruct, frozen=True):
    type: ClassVar[MessageType] = MessageType.COMMENT
    tenant_id: str | None = None
    group_id: str | None = None
    artifact_id: str | None = None
    version: str | None = None
    comment_id: str | None = None
    uuid: str | None = None

    @classmethod
    def for_import(cls, tenant_id: str | None, comment_id: str | None) -> "CommentKey":
        """Return the key of an imported comment; it names no version."""
        return cls(tenant_id, "<import-comments>", "_", "_", comment_id, str(uuid4()))


class ContentV2Key(WireStruct, frozen=True):
    type: ClassVar[MessageType] = MessageType.CONTENT_V2
    tenant_id: str | None = None
    content_id: Int64 = 0


class UpgraderKey(WireStruct, frozen=True):
    type: ClassVar[MessageType] = MessageType.UPGRADER
    uuid: str | None = None


Key = (
    BootstrapKey
    | GlobalRuleKey
    | ContentKey
    | ArtifactKey
    | ArtifactRuleKey
    | ArtifactVersionKey
    | GroupKey
    | LogConfigKey
    | GlobalIdKey
    | ContentIdKey
    | RoleMappingKey
    | GlobalActionKey
    | DownloadKey
    | ConfigPropertyKey
    | ArtifactOwnerKey
    | CommentIdKey
    | CommentKey
    | ContentV2Key
    | UpgraderKey
)


_PARTITIONED_BY_NAME = {
    MessageType.GLOBAL_RULE: "global_rule",
    MessageType.LOG_CONFIG: "log_config",
    MessageType.GLOBAL_ID: "global_id",
    MessageType.CONTENT_ID: "content_id",
    MessageType.ROLE_MAPPING: "role_mapping",
    MessageType.GLOBAL_ACTION: "global_action",
    MessageType.DOWNLOAD: "download",
    MessageType.COMMENT_ID: "comment_id",
}
#: The attributes that follow the tenant.
_PARTITIONED_BY_PATH = {
    MessageType.ARTIFACT: ("group_id", "artifact_id"),
    MessageType.ARTIFACT_RULE: ("group_id", "artifact_id"),
    MessageType.ARTIFACT_VERSION: ("group_id", "artifact_id"),
    MessageType.ARTIFACT_OWNER: ("group_id", "artifact_id"),
    MessageType.COMMENT: ("group_id", "artifact_id", "version"),
    MessageType.GROUP: ("group_id",),
    MessageType.CONFIG_PROPERTY: ("property_name",),
}


def partition_key(key: Key) -> str:
    """Return the key for Apicurio's partitioner, although Apicurio always writes partition 0."""
    if isinstance(key, BootstrapKey):
        return "__bootstrap_message__"
    if isinstance(key, UpgraderKey):
        return "__apicurio_registry_upgrader__"
    if isinstance(key, ContentKey):
        return f"{key.tenant_id or ''}{_java_text(key.content_hash)}"
    tenant = _java_text(key.tenant_id)
    if isinstance(key, ContentV2Key):
        return f"{tenant}{key.content_id}"
    if key.type in _PARTITIONED_BY_NAME:
        return f"{tenant}__apicurio_registry_{_PARTITIONED_BY_NAME[key.type]}__"
    path = _PARTITIONED_BY_PATH[key.type]
    return "/".join((tenant, *(_java_text(getattr(key, name)) for name in path)))


def _java_text(text: str | None) -> str:
    return "null" if text is None else text
