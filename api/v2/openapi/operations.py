"""All operations, one entry each: what clients generate their methods from."""

from dataclasses import dataclass

#: A schema of this name stands for a content of any type.
CONTENT = "Content"


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """`query` and `headers` name parameters; `body` and `answer` name schemas, empty for none.

    `extended` is how a content is sent with its references; `errors` are statuses besides those
    that every operation may have.
    """

    method: str
    path: str
    id: str
    summary: str
    query: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    body: str = ""
    extended: str = ""
    answer: str = ""
    is_list: bool = False
    media_type: str = "application/json"
    errors: tuple[int, ...] = ()


_PAGING = ("offset", "limit")
_ORDERED = (*_PAGING, "order", "orderby")
_NAMED = (
    *("X-Registry-Name", "X-Registry-Name-Encoded"),
    *("X-Registry-Description", "X-Registry-Description-Encoded"),
    *("X-Registry-Content-Hash", "X-Registry-Hash-Algorithm"),
)
_OF_CONTENT = (400, 409, 413)

_ARTIFACTS = "/groups/{groupId}/artifacts"
_ARTIFACT = f"{_ARTIFACTS}/{{artifactId}}"
_VERSION = f"{_ARTIFACT}/versions/{{version}}"


def _get(path: str, id: str, summary: str, answer: str, **more: object) -> Operation:
    return _operation("get", path, id, summary, answer=answer, **more)


def _operation(method: str, path: str, id: str, summary: str, **more: object) -> Operation:
    """Whatever names something by its path may not find it."""
    errors = more.pop("errors", ())
    if "{" in path and path != _ARTIFACTS:
        errors = (404, *errors)  # type: ignore[misc]
    return Operation(
        method=method,
        path=path,
        id=id,
        summary=summary,
        errors=errors,  # type: ignore[arg-type]
        **more,  # type: ignore[arg-type]
    )


_OF_ARTIFACTS = (
    _get(
        _ARTIFACTS,
        "listArtifactsInGroup",
        "Artifacts of a group, in pages",
        "ArtifactSearchResults",
        query=_ORDERED,
    ),
    _operation(
        "post",
        _ARTIFACTS,
        "createArtifact",
        "Store a new artifact, with its first version",
        query=("ifExists", "canonical", "dryRun"),
        headers=(
            *("X-Registry-ArtifactType", "X-Registry-ArtifactId", "X-Registry-Version"),
            *_NAMED,
        ),
        body=CONTENT,
        extended="create",
        answer="ArtifactMetaData",
        errors=_OF_CONTENT,
    ),
    _operation(
        "delete",
        _ARTIFACTS,
        "deleteArtifactsInGroup",
        "Delete all artifacts of a group; the group stays",
        errors=(409,),
    ),
    _get(
        _ARTIFACT,
        "getLatestArtifact",
        "The content of the newest version that is enabled",
        CONTENT,
        query=("dereference",),
    ),
    _operation(
        "put",
        _ARTIFACT,
        "updateArtifact",
        "Store a new version",
        headers=("X-Registry-Version", *_NAMED),
        body=CONTENT,
        extended="create",
        answer="ArtifactMetaData",
        errors=_OF_CONTENT,
    ),
    _operation(
        "delete",
        _ARTIFACT,
        "deleteArtifact",
        "Delete an artifact with all its versions",
        errors=(409,),
    ),
    _get(
        f"{_ARTIFACT}/meta",
        "getArtifactMetaData",
        "Metadata of the newest version",
        "ArtifactMetaData",
    ),
    _operation(
        "put",
        f"{_ARTIFACT}/meta",
        "updateArtifactMetaData",
        "Change the metadata of the newest version",
        body="EditableMetaData",
        errors=(400, 409),
    ),
    _operation(
        "post",
        f"{_ARTIFACT}/meta",
        "getArtifactVersionMetaDataByContent",
        "Metadata of the version that has this content",
        query=("canonical",),
        body=CONTENT,
        extended="get",
        answer="VersionMetaData",
        errors=(400,),
    ),
    _get(f"{_ARTIFACT}/owner", "getArtifactOwner", "Who owns an artifact", "ArtifactOwner"),
    _operation(
        "put",
        f"{_ARTIFACT}/owner",
        "updateArtifactOwner",
        "Name another owner",
        body="ArtifactOwner",
        errors=(400, 409),
    ),
    _operation(
        "put",
        f"{_ARTIFACT}/state",
        "updateArtifactState",
        "Enable, disable or deprecate the newest version",
        body="UpdateState",
        errors=(400, 409),
    ),
    _operation(
        "put",
        f"{_ARTIFACT}/test",
        "testUpdateArtifact",
        "Try whether the rules would take a content as the next version; nothing is stored",
        body=CONTENT,
        errors=_OF_CONTENT,
    ),
)

_OF_RULES = (
    _get(
        f"{_ARTIFACT}/rules",
        "listArtifactRules",
        "Types of the rules of an artifact",
        "RuleType",
        is_list=True,
    ),
    _operation(
        "post",
        f"{_ARTIFACT}/rules",
        "createArtifactRule",
        "Add a rule to an artifact",
        body="NewRule",
        errors=(400, 409),
    ),
    _operation(
        "delete", f"{_ARTIFACT}/rules", "deleteArtifactRules", "Delete all rules of an artifact"
    ),
    _get(
        f"{_ARTIFACT}/rules/{{rule}}",
        "getArtifactRuleConfig",
        "One rule of an artifact",
        "Rule",
    ),
    _operation(
        "put",
        f"{_ARTIFACT}/rules/{{rule}}",
        "updateArtifactRuleConfig",
        "Change the level of a rule",
        body="Rule",
        answer="Rule",
        errors=(400, 409),
    ),
    _operation(
        "delete",
        f"{_ARTIFACT}/rules/{{rule}}",
        "deleteArtifactRule",
        "Delete one rule of an artifact",
        errors=(409,),
    ),
    _get(
        "/admin/rules",
        "listGlobalRules",
        "Types of the rules that hold for all artifacts",
        "RuleType",
        is_list=True,
    ),
    _operation(
        "post",
        "/admin/rules",
        "createGlobalRule",
        "Add a rule for all artifacts",
        body="NewRule",
        errors=(400, 409),
    ),
    _operation("delete", "/admin/rules", "deleteAllGlobalRules", "Delete all global rules"),
    _get("/admin/rules/{rule}", "getGlobalRuleConfig", "One global rule", "Rule"),
    _operation(
        "put",
        "/admin/rules/{rule}",
        "updateGlobalRuleConfig",
        "Change the level of a global rule",
        body="Rule",
        answer="Rule",
        errors=(400, 409),
    ),
    _operation(
        "delete",
        "/admin/rules/{rule}",
        "deleteGlobalRule",
        "Delete a global rule; one that the settings set stays",
        errors=(409,),
    ),
)

_OF_VERSIONS = (
    _get(
        f"{_ARTIFACT}/versions",
        "listArtifactVersions",
        "Versions of an artifact, the oldest first, in pages",
        "VersionSearchResults",
        query=_PAGING,
    ),
    _operation(
        "post",
        f"{_ARTIFACT}/versions",
        "createArtifactVersion",
        "Store a new version",
        query=("dryRun",),
        headers=("X-Registry-Version", *_NAMED),
        body=CONTENT,
        extended="create",
        answer="VersionMetaData",
        errors=_OF_CONTENT,
    ),
    _get(
        _VERSION,
        "getArtifactVersion",
        "The content of a version",
        CONTENT,
        query=("dereference",),
    ),
    _operation(
        "delete",
        _VERSION,
        "deleteArtifactVersion",
        "Delete one version, where that is enabled",
        errors=(405, 409),
    ),
    _get(
        f"{_VERSION}/meta", "getArtifactVersionMetaData", "Metadata of a version", "VersionMetaData"
    ),
    _operation(
        "put",
        f"{_VERSION}/meta",
        "updateArtifactVersionMetaData",
        "Change the metadata of a version",
        body="EditableMetaData",
        errors=(400, 409),
    ),
    _operation(
        "delete",
        f"{_VERSION}/meta",
        "deleteArtifactVersionMetaData",
        "Take away name, description, labels and properties of a version",
    ),
    _operation(
        "put",
        f"{_VERSION}/state",
        "updateArtifactVersionState",
        "Enable, disable or deprecate a version",
        body="UpdateState",
        errors=(400, 409),
    ),
    _get(
        f"{_VERSION}/references",
        "getArtifactVersionReferences",
        "What a version refers to, or what refers to it",
        "ArtifactReference",
        is_list=True,
        query=("refType",),
    ),
    _get(
        f"{_VERSION}/comments",
        "getArtifactVersionComments",
        "Comments on a version, the newest first",
        "Comment",
        is_list=True,
    ),
    _operation(
        "post",
        f"{_VERSION}/comments",
        "addArtifactVersionComment",
        "Comment on a version",
        body="NewComment",
        answer="Comment",
        errors=(400, 409),
    ),
    _operation(
        "put",
        f"{_VERSION}/comments/{{commentId}}",
        "updateArtifactVersionComment",
        "Change a comment that has no author",
        body="NewComment",
        errors=(400, 409),
    ),
    _operation(
        "delete",
        f"{_VERSION}/comments/{{commentId}}",
        "deleteArtifactVersionComment",
        "Delete a comment that has no author",
        errors=(409,),
    ),
)

_OF_IDS = (
    _get(
        "/ids/globalIds/{globalId}",
        "getContentByGlobalId",
        "The content of the version with a global id",
        CONTENT,
        query=("dereference",),
    ),
    _get(
        "/ids/globalIds/{globalId}/references",
        "referencesByGlobalId",
        "References of the version with a global id",
        "ArtifactReference",
        is_list=True,
        query=("refType",),
    ),
    _get("/ids/contentIds/{contentId}/", "getContentById", "The content with an id", CONTENT),
    _get(
        "/ids/contentIds/{contentId}/references",
        "referencesByContentId",
        "What the content with an id refers to",
        "ArtifactReference",
        is_list=True,
    ),
    _get(
        "/ids/contentHashes/{contentHash}/",
        "getContentByHash",
        "The content with a SHA-256 hash",
        CONTENT,
    ),
    _get(
        "/ids/contentHashes/{contentHash}/references",
        "referencesByContentHash",
        "What the content with a hash refers to",
        "ArtifactReference",
        is_list=True,
    ),
)

_OF_SEARCH = (
    _get(
        "/search/artifacts",
        "searchArtifacts",
        "Artifacts that fit all that is asked, in pages",
        "ArtifactSearchResults",
        query=(
            *("name", "group", "description", "labels", "properties", "globalId", "contentId"),
            *_ORDERED,
        ),
    ),
    _operation(
        "post",
        "/search/artifacts",
        "searchArtifactsByContent",
        "Artifacts with a version that has this content",
        query=("canonical", "artifactType", *_ORDERED),
        body=CONTENT,
        answer="ArtifactSearchResults",
        errors=(400,),
    ),
)

_OF_GROUPS = (
    _get("/groups", "listGroups", "Groups, in pages", "GroupSearchResults", query=_ORDERED),
    _operation(
        "post",
        "/groups",
        "createGroup",
        "Make a group",
        body="CreateGroupMetaData",
        answer="GroupMetaData",
        errors=(400, 409),
    ),
    _get("/groups/{groupId}", "getGroupById", "One group", "GroupMetaData"),
    _operation(
        "delete",
        "/groups/{groupId}",
        "deleteGroupById",
        "Delete a group with its artifacts",
        errors=(409,),
    ),
)

_OF_ADMINISTRATORS = (
    _get(
        "/admin/artifactTypes",
        "listArtifactTypes",
        "Types of artifacts that this node knows",
        "ArtifactTypeInfo",
        is_list=True,
    ),
    _get(
        "/admin/config/properties",
        "listConfigProperties",
        "What can be set while the node runs, with its present value",
        "ConfigurationProperty",
        is_list=True,
    ),
    _get(
        "/admin/config/properties/{propertyName}",
        "getConfigProperty",
        "One property",
        "ConfigurationProperty",
    ),
    _operation(
        "put",
        "/admin/config/properties/{propertyName}",
        "updateConfigProperty",
        "Set a property on every node",
        body="UpdateConfigurationProperty",
        errors=(400, 409),
    ),
    _operation(
        "delete",
        "/admin/config/properties/{propertyName}",
        "resetConfigProperty",
        "Leave a property to each node's settings again",
        errors=(409,),
    ),
    _get(
        "/admin/export",
        "exportData",
        "All that is stored, as a zip; or a link to it that works once",
        "Archive",
        query=("forBrowser",),
    ),
    _operation(
        "post",
        "/admin/import",
        "importData",
        "Add all of an export; with dryRun only tell what that would do",
        query=("dryRun",),
        headers=("X-Registry-Preserve-GlobalId", "X-Registry-Preserve-ContentId"),
        body="Archive",
        answer="ImportPreview",
        media_type="application/zip",
        errors=(400, 409, 413, 415),
    ),
    _get(
        "/admin/loggers",
        "listLogConfigurations",
        "Loggers whose level was set",
        "NamedLogConfiguration",
        is_list=True,
    ),
    _get(
        "/admin/loggers/{logger}",
        "getLogConfiguration",
        "The level in effect for a logger",
        "NamedLogConfiguration",
    ),
    _operation(
        "put",
        "/admin/loggers/{logger}",
        "setLogConfiguration",
        "Set the level of a logger on every node",
        body="LogConfiguration",
        answer="NamedLogConfiguration",
        errors=(400,),
    ),
    _operation(
        "delete",
        "/admin/loggers/{logger}",
        "removeLogConfiguration",
        "Let a logger follow the one above it",
        answer="NamedLogConfiguration",
    ),
    _get(
        "/admin/roleMappings",
        "listRoleMappings",
        "Roles kept on the journal",
        "RoleMapping",
        is_list=True,
    ),
    _operation(
        "post",
        "/admin/roleMappings",
        "createRoleMapping",
        "Give a principal a role",
        body="RoleMapping",
        errors=(400, 409),
    ),
    _get(
        "/admin/roleMappings/{principalId}", "getRoleMapping", "A principal's role", "RoleMapping"
    ),
    _operation(
        "put",
        "/admin/roleMappings/{principalId}",
        "updateRoleMapping",
        "Give a principal another role",
        body="UpdateRole",
        errors=(400,),
    ),
    _operation(
        "delete",
        "/admin/roleMappings/{principalId}",
        "deleteRoleMapping",
        "Take a principal's role away",
    ),
)

_OF_THE_NODE = (
    _get("/system/info", "getSystemInfo", "What this node is", "SystemInfo"),
    _get("/system/limits", "getResourceLimits", "What it limits; -1 is no limit", "Limits"),
    _get("/users/me", "getCurrentUserInfo", "Who asks, as this node knows it", "UserInfo"),
    _get(
        "/downloads/{downloadId}",
        "downloadOnce",
        "What a link of forBrowser leads to, once",
        "Archive",
    ),
    _get(
        "/downloads/{downloadId}/{fileName}",
        "downloadOnceAs",
        "The same, under a name for the file",
        "Archive",
    ),
)

#: What needs no proof of who asks.
FOR_ANYBODY = "Node"
#: By what the page calls each part.
OPERATIONS = {
    "Artifacts": _OF_ARTIFACTS,
    "Versions": _OF_VERSIONS,
    "Contents by id": _OF_IDS,
    "Search": _OF_SEARCH,
    "Groups": _OF_GROUPS,
    "Rules": _OF_RULES,
    "Administration": _OF_ADMINISTRATORS,
    FOR_ANYBODY: _OF_THE_NODE,
}
