"""What a record says: one value class per message type, its attributes in the order of the wire.

Attributes are None where Java's are null and 0 or False where Java's are primitive. Not frozen, as
keys are not.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from journal.message_types import Action, MessageType


@dataclass(slots=True)
class GlobalRuleValue:
    type: ClassVar[MessageType] = MessageType.GLOBAL_RULE
    action: Action | None = None
    configuration: str | None = None


@dataclass(slots=True)
class ContentValue:
    """The binary value; its content is None where zero bytes were sent, as one cannot tell."""

    type: ClassVar[MessageType] = MessageType.CONTENT
    action: Action | None = None
    canonical_hash: str | None = None
    content: bytes | None = None
    serialized_references: str | None = None


@dataclass(slots=True)
class MetaData:
    """What people may edit of a version; properties are an ordered mapping, as sent."""

    name: str | None = None
    description: str | None = None
    labels: tuple[str, ...] | None = None
    properties: Mapping[str, str | None] | None = None


@dataclass(slots=True)
class ArtifactValue:
    """An artifact's new version; `created_on` is epoch milliseconds."""

    type: ClassVar[MessageType] = MessageType.ARTIFACT
    action: Action | None = None
    state: str | None = None
    meta_data: MetaData | None = None
    global_id: int | None = None
    version: str | None = None
    artifact_type: str | None = None
    content_hash: str | None = None
    created_by: str | None = None
    created_on: int | None = None
    version_id: int | None = None
    content_id: int | None = None
    latest: bool | None = None


@dataclass(slots=True)
class ArtifactRuleValue:
    type: ClassVar[MessageType] = MessageType.ARTIFACT_RULE
    action: Action | None = None
    configuration: str | None = None


@dataclass(slots=True)
class ArtifactVersionValue:
    type: ClassVar[MessageType] = MessageType.ARTIFACT_VERSION
    action: Action | None = None
    state: str | None = None
    meta_data: MetaData | None = None


@dataclass(slots=True)
class GroupValue:
    """A group; its two times are epoch milliseconds, 0 where the sender gave none."""

    type: ClassVar[MessageType] = MessageType.GROUP
    action: Action | None = None
    description: str | None = None
    artifacts_type: str | None = None
    created_by: str | None = None
    created_on: int = 0
    modified_by: str | None = None
    modified_on: int = 0
    properties: Mapping[str, str | None] | None = None
    only_artifacts: bool = False


@dataclass(slots=True)
class LogConfigValue:
    type: ClassVar[MessageType] = MessageType.LOG_CONFIG
    action: Action | None = None
    logger: str | None = None
    log_level: str | None = None


@dataclass(slots=True)
class GlobalIdValue:
    type: ClassVar[MessageType] = MessageType.GLOBAL_ID
    action: Action | None = None


@dataclass(slots=True)
class ContentIdValue:
    type: ClassVar[MessageType] = MessageType.CONTENT_ID
    action: Action | None = None


@dataclass(slots=True)
class RoleMappingValue:
    type: ClassVar[MessageType] = MessageType.ROLE_MAPPING
    action: Action | None = None
    role: str | None = None
    principal_name: str | None = None


@dataclass(slots=True)
class GlobalActionValue:
    type: ClassVar[MessageType] = MessageType.GLOBAL_ACTION
    action: Action | None = None


@dataclass(slots=True)
class DownloadContext:
    """What a download link leads to; `expires` is epoch milliseconds."""

    type: str | None = None
    expires: int = 0
    global_id: int | None = None
    content_id: int | None = None
    content_hash: str | None = None


@dataclass(slots=True)
class DownloadValue:
    type: ClassVar[MessageType] = MessageType.DOWNLOAD
    action: Action | None = None
    context: DownloadContext | None = None


@dataclass(slots=True)
class ConfigPropertyValue:
    type: ClassVar[MessageType] = MessageType.CONFIG_PROPERTY
    action: Action | None = None
    value: str | None = None


@dataclass(slots=True)
class ArtifactOwnerValue:
    type: ClassVar[MessageType] = MessageType.ARTIFACT_OWNER
    action: Action | None = None
    owner: str | None = None


@dataclass(slots=True)
class CommentIdValue:
    type: ClassVar[MessageType] = MessageType.COMMENT_ID
    action: Action | None = None


@dataclass(slots=True)
class CommentValue:
    """A comment; `global_id` is -1 unless imported, `created_on` is epoch milliseconds."""

    type: ClassVar[MessageType] = MessageType.COMMENT
    action: Action | None = None
    global_id: int = -1
    created_by: str | None = None
    created_on: int | None = None
    value: str | None = None


@dataclass(slots=True)
class ContentV2Value:
    type: ClassVar[MessageType] = MessageType.CONTENT_V2
    action: Action | None = None
    content_hash: str | None = None
    canonical_hash: str | None = None
    content: bytes | None = None
    serialized_references: str | None = None


@dataclass(slots=True)
class UpgraderValue:
    type: ClassVar[MessageType] = MessageType.UPGRADER
    action: Action | None = None
    upgrader_uuid: str | None = None
    version: int | None = None


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
