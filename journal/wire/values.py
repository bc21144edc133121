"""One value class for each message type, attributes in the order of the wire.

Attributes are None for Java's null, and 0 or False for the missing value of a Java primitive.
"""

from collections.abc import Mapping
from typing import Annotated, ClassVar

from msgspec import Meta, field

from journal.wire.keys import Int32, Int64, WireStruct
from journal.wire.message_types import Action, MessageType

StateName = Annotated[str, Meta(pattern="^(ENABLED|DISABLED|DEPRECATED)$")]
DownloadType = Annotated[
    str,
    Meta(pattern="^(EXPORT|CONTENT_BY_(GLOBAL_ID|CONTENT_ID|CONTENT_HASH))$"),
]


class GlobalRuleValue(WireStruct, frozen=True):
    type: ClassVar[MessageType] = MessageType.GLOBAL_RULE
    action: Action | None = None
    configuration: str | None = None


class ContentValue(WireStruct, frozen=True):
    """The binary value; its content is None for zero bytes, since both look alike."""

    type: ClassVar[MessageType] = MessageType.CONTENT
    action: Action | None = None
    canonical_hash: str | None = None
    content: bytes | None = None
    serialized_references: str | None = None


class MetaData(WireStruct, frozen=True):
    """The editable part of a version; properties are an ordered mapping, as sent."""

    name: str | None = None
    description: str | None = None
    labels: tuple[str, ...] | None = None
    properties: Mapping[str, str | None] | None = None


class ArtifactValue(WireStruct, frozen=True):
    """An artifact's new version; `created_on` is epoch milliseconds."""

    type: ClassVar[MessageType] = MessageType.ARTIFACT
    action: Action | None = None
    state: StateName | None = None
    meta_data: MetaData | None = None
    global_id: Int64 | None = None
    version: str | None = None
    artifact_type: str | None = None
    content_hash: str | None = None
    created_by: str | None = None
    created_on: Int64 | None = None
    version_id: Int32 | None = None
    content_id: Int64 | None = None
    latest: bool | None = None


class ArtifactRuleValue(WireStruct, frozen=True):
    type: ClassVar[MessageType] = MessageType.ARTIFACT_RULE
    action: Action | None = None
    configuration: str | None = None


class ArtifactVersionValue(WireStruct, frozen=True):
    type: ClassVar[MessageType] = MessageType.ARTIFACT_VERSION
    action: Action | None = None
    state: StateName | None = None
    meta_data: MetaData | None = None


class GroupValue(WireStruct, frozen=True):
    """A group; its two times are epoch milliseconds, 0 if not sent."""

    type: ClassVar[MessageType] = MessageType.GROUP
    action: Action | None = None
    description: str | None = None
    artifacts_type: str | None = None
    created_by: str | None = None
    created_on: Int64 = 0
    modified_by: str | None = None
    modified_on: Int64 = 0
    properties: Mapping[str, str | None] | None = None
    only_artifacts: bool = False


class LogConfigValue(WireStruct, frozen=True):
    type: ClassVar[MessageType] = MessageType.LOG_CONFIG
    action: Action | None = None
    logger: str | None = None
    log_level: str | None = None


class GlobalIdValue(WireStruct, frozen=True):
    type: ClassVar[MessageType] = MessageType.GLOBAL_ID
    action: Action | None = None


class ContentIdValue(WireStruct, frozen=True):
    type: ClassVar[MessageType] = MessageType.CONTENT_ID
    action: Action | None = None


class RoleMappingValue(WireStruct, frozen=True):
    type: ClassVar[MessageType] = MessageType.ROLE_MAPPING
    action: Action | None = None
    role: str | None = None
    principal_name: str | None = None


class GlobalActionValue(WireStruct, frozen=True):
    type: ClassVar[MessageType] = MessageType.GLOBAL_ACTION
    action: Action | None = None


class DownloadContext(WireStruct, frozen=True):
    """The target of a download link; `expires` is epoch milliseconds."""

    type: DownloadType | None = None
    expires: Int64 = 0
    global_id: Int64 | None = None
    content_id: Int64 | None = None
    content_hash: str | None = None


class DownloadValue(WireStruct, frozen=True):
    type: ClassVar[MessageType] = MessageType.DOWNLOAD
    action: Action | None = None
    context: DownloadContext | None = field(name="downloadContext", default=None)


class ConfigPropertyValue(WireStruct, frozen=True):
    type: ClassVar[MessageType] = MessageType.CONFIG_PROPERTY
    action: Action | None = None
    value: str | None = None


class ArtifactOwnerValue(WireStruct, frozen=True):
    type: ClassVar[MessageType] = MessageType.ARTIFACT_OWNER
    action: Action | None = None
    owner: str | None = None


class CommentIdValue(WireStruct, frozen=True):
    type: ClassVar[MessageType] = MessageType.COMMENT_ID
    action: Action | None = None


class CommentValue(WireStruct, frozen=True):
    """A comment; `global_id` is -1 unless imported, `created_on` is epoch milliseconds."""

    type: ClassVar[MessageType] = MessageType.COMMENT
    action: Action | None = None
    global_id: Int64 = 0
    created_by: str | None = None
    created_on: Int64 | None = None
    value: str | None = None


class ContentV2Value(WireStruct, frozen=True):
    type: ClassVar[MessageType] = MessageType.CONTENT_V2
    action: Action | None = None
    content_hash: str | None = None
    canonical_hash: str | None = field(name="canonicalContentHash", default=None)
    content: bytes | None = field(name="base64Content", default=None)
    serialized_references: str | None = None


class UpgraderValue(WireStruct, frozen=True):
    type: ClassVar[MessageType] = MessageType.UPGRADER
    action: Action | None = None
    upgrader_uuid: str | None = field(name="upgraderUUID", default=None)
    version: Int32 | None = None


Value = (
    GlobalRuleValue
    | ContentValue
    | ArtifactValue
    | ArtifactRuleValue
    | ArtifactVersionValue
    | GroupValue
    | LogConfigValue
    | GlobalIdValue
    | ContentIdValue
    | RoleMappingValue
    | GlobalActionValue
    | DownloadValue
    | ConfigPropertyValue
    | ArtifactOwnerValue
    | CommentIdValue
    | CommentValue
    | ContentV2Value
    | UpgraderValue
)
