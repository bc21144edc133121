"""Operations for administrators, and those that tell of the node."""

from api.v2.openapi.operation import operation, read

OF_ADMINISTRATORS = (
    read(
        "/admin/artifactTypes",
        "listArtifactTypes",
        "Types of artifacts that this node knows",
        "ArtifactTypeInfo",
        is_list=True,
    ),
    read(
        "/admin/config/properties",
        "listConfigProperties",
        "What can be set while the node runs, with its present value",
        "ConfigurationProperty",
        is_list=True,
    ),
    read(
        "/admin/config/properties/{propertyName}",
        "getConfigProperty",
        "One property",
        "ConfigurationProperty",
    ),
    operation(
        "put",
        "/admin/config/properties/{propertyName}",
        "updateConfigProperty",
        "Set a property on every node",
        body="UpdateConfigurationProperty",
        errors=(400, 409),
    ),
    operation(
        "delete",
        "/admin/config/properties/{propertyName}",
        "resetConfigProperty",
        "Leave a property to each node's settings again",
        errors=(409,),
    ),
    read(
        "/admin/export",
        "exportData",
        "All that is stored, as a zip; or a link to it that works once",
        "Archive",
        query=("forBrowser",),
    ),
    operation(
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
    read(
        "/admin/loggers",
        "listLogConfigurations",
        "Loggers whose level was set",
        "NamedLogConfiguration",
        is_list=True,
    ),
    read(
        "/admin/loggers/{logger}",
        "getLogConfiguration",
        "The level in effect for a logger",
        "NamedLogConfiguration",
    ),
    operation(
        "put",
        "/admin/loggers/{logger}",
        "setLogConfiguration",
        "Set the level of a logger on every node",
        body="LogConfiguration",
        answer="NamedLogConfiguration",
        errors=(400,),
    ),
    operation(
        "delete",
        "/admin/loggers/{logger}",
        "removeLogConfiguration",
        "Let a logger follow the one above it",
        answer="NamedLogConfiguration",
    ),
    read(
        "/admin/roleMappings",
        "listRoleMappings",
        "Roles kept on the journal",
        "RoleMapping",
        is_list=True,
    ),
    operation(
        "post",
        "/admin/roleMappings",
        "createRoleMapping",
        "Give a principal a role",
        body="RoleMapping",
        errors=(400, 409),
    ),
    read(
        "/admin/roleMappings/{principalId}", "getRoleMapping", "A principal's role", "RoleMapping"
    ),
    operation(
        "put",
        "/admin/roleMappings/{principalId}",
        "updateRoleMapping",
        "Give a principal another role",
        body="UpdateRole",
        errors=(400,),
    ),
    operation(
        "delete",
        "/admin/roleMappings/{principalId}",
        "deleteRoleMapping",
        "Take a principal's role away",
    ),
)

OF_THE_NODE = (
    read("/system/info", "getSystemInfo", "What this node is", "SystemInfo"),
    read("/system/limits", "getResourceLimits", "What it limits; -1 is no limit", "Limits"),
    read("/users/me", "getCurrentUserInfo", "Who asks, as this node knows it", "UserInfo"),
    read(
        "/downloads/{downloadId}",
        "downloadOnce",
        "What a link of forBrowser leads to, once",
        "Archive",
    ),
    read(
        "/downloads/{downloadId}/{fileName}",
        "downloadOnceAs",
        "The same, under a name for the file",
        "Archive",
    ),
)
