"""The JSON properties of each key and value, in the order of the wire."""

from journal.wire import messages
from journal.wire.json_fields import (
    Layout,
    Property,
    base64,
    choice,
    flag,
    mapping,
    nested,
    number,
    primitive,
    text,
    texts,
    time,
)

_TENANT = text("tenantId")
_GROUP = text("groupId")
_ARTIFACT = text("artifactId")
_UUID = text("uuid")
_RULE = choice("ruleType", frozenset(("VALIDITY", "COMPATIBILITY", "INTEGRITY")))
_STATE = choice("state", frozenset(("ENABLED", "DISABLED", "DEPRECATED")))
_LOG_LEVELS = frozenset([
    "DEBUG",
    "TRACE",
    "WARN",
    "ERROR",
    "SEVERE",
    "WARNING",
    "INFO",
    "CONFIG",
    "FINE",
    "FINER",
    "FINEST",
])
_DOWNLOADS = frozenset((
    "EXPORT",
    "CONTENT_BY_GLOBAL_ID",
    "CONTENT_BY_CONTENT_ID",
    "CONTENT_BY_CONTENT_HASH",
))
_CONTENT_ID = number("contentId")
_KEY_CONTENT_ID = primitive("contentId")
_VERSION = text("version")
_CONTENT_HASH = text("contentHash")
_PROPERTIES = mapping("properties")
_CREATED = (text("createdBy"), time("createdOn"))

_META_DATA = nested(
    "metaData",
    Layout(
        messages.MetaData,
        text("name"),
        text("description"),
        texts("labels"),
        _PROPERTIES,
    ),
)
_DOWNLOAD = nested(
    "downloadContext",
    Layout(
        messages.DownloadContext,
        choice("type", _DOWNLOADS),
        primitive("expires"),
        number("globalId"),
        _CONTENT_ID,
        _CONTENT_HASH,
    ),
)


def _key_layout(cls: type[messages.Key], *properties: Property) -> tuple[int, Layout]:
    return cls.type, Layout(cls, *properties, forbidden=frozenset(("type", "partitionKey")))


def _value_layout(
    cls: type[messages.Value],
    *properties: Property,
    forbidden: str = "type",
    nest: str | None = None,
) -> tuple[int, Layout]:
    return cls.type, Layout(cls, *properties, forbidden=frozenset(forbidden.split()), nest=nest)


KEYS: dict[int, Layout] = dict((
    _key_layout(messages.BootstrapKey, text("bootstrapId")),
    _key_layout(messages.GlobalRuleKey, _TENANT, _RULE),
    _key_layout(messages.ContentKey, _TENANT, _CONTENT_HASH, _KEY_CONTENT_ID),
    _key_layout(messages.ArtifactKey, _TENANT, _GROUP, _ARTIFACT, _UUID),
    _key_layout(messages.ArtifactRuleKey, _TENANT, _GROUP, _ARTIFACT, _RULE),
    _key_layout(messages.ArtifactVersionKey, _TENANT, _GROUP, _ARTIFACT, _VERSION),
    _key_layout(messages.GroupKey, _TENANT, _GROUP),
    _key_layout(messages.LogConfigKey, _TENANT),
    _key_layout(messages.GlobalIdKey, _TENANT, _UUID),
    _key_layout(messages.ContentIdKey, _TENANT, _UUID),
    _key_layout(messages.RoleMappingKey, _TENANT, text("principalId")),
    _key_layout(messages.GlobalActionKey, _TENANT),
    _key_layout(messages.DownloadKey, _TENANT, text("downloadId")),
    _key_layout(messages.ConfigPropertyKey, _TENANT, text("propertyName")),
    _key_layout(messages.ArtifactOwnerKey, _TENANT, _GROUP, _ARTIFACT),
    _key_layout(messages.CommentIdKey, _TENANT, _UUID),
    _key_layout(
        messages.CommentKey,
        _TENANT,
        _GROUP,
        _ARTIFACT,
        _VERSION,
        text("commentId"),
        _UUID,
    ),
    _key_layout(messages.ContentV2Key, _TENANT, _KEY_CONTENT_ID),
    _key_layout(messages.UpgraderKey, _UUID),
))

# All but type 2, which is binary, and type 0, which has no value.
VALUES: dict[int, Layout] = dict((
    _value_layout(messages.GlobalRuleValue, text("configuration"), nest="config"),
    _value_layout(messages.ArtifactRuleValue, text("configuration"), nest="config"),
    _value_layout(
        messages.ArtifactValue,
        _STATE,
        _META_DATA,
        number("globalId"),
        _VERSION,
        text("artifactType"),
        _CONTENT_HASH,
        *_CREATED,
        number("versionId", bits=32),
        _CONTENT_ID,
        flag("latest"),
    ),
    _value_layout(messages.ArtifactVersionValue, _STATE, _META_DATA),
    _value_layout(messages.ArtifactOwnerValue, text("owner")),
    _value_layout(
        messages.GroupValue,
        text("description"),
        text("artifactsType"),
        text("createdBy"),
        primitive("createdOn"),
        text("modifiedBy"),
        primitive("modifiedOn"),
        _PROPERTIES,
        flag("onlyArtifacts", missing=False),
    ),
    _value_layout(
        messages.LogConfigValue,
        text("logger"),
        choice("logLevel", _LOG_LEVELS),
        nest="config",
    ),
    _value_layout(messages.GlobalIdValue),
    _value_layout(messages.ContentIdValue),
    _value_layout(messages.CommentIdValue),
    _value_layout(messages.RoleMappingValue, text("role"), text("principalName")),
    _value_layout(messages.GlobalActionValue),
    _value_layout(messages.DownloadValue, _DOWNLOAD),
    _value_layout(messages.ConfigPropertyValue, text("value")),
    _value_layout(messages.CommentValue, primitive("globalId"), *_CREATED, text("value")),
    _value_layout(
        messages.ContentV2Value,
        _CONTENT_HASH,
        text("canonicalContentHash"),
        base64("base64Content"),
        text("serializedReferences"),
        forbidden="type content",
    ),
    _value_layout(
        messages.UpgraderValue,
        text("upgraderUUID"),
        number("version", bits=32),
    ),
))
