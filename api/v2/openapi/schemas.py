"""What bodies and answers hold, as JSON Schemas in OpenAPI's dialect."""

from dataclasses import fields
from typing import Any

from api.v2.request_json import LOG_LEVELS
from registry.column_limits import LIMITS as LENGTHS
from registry.limits import Limits
from registry.models import RuleType, State
from registry.roles import RoleType
from registry.rules import LEVELS

_TEXT = {"type": "string"}
_COUNT = {"type": "integer", "minimum": 0}
_ID = {"type": "integer", "format": "int64", "minimum": 0}
_YES_OR_NO = {"type": "boolean"}
#: Without an offset's colon where ANNALS_DATE_FORMAT is `legacy`, as Apicurio writes it.
_DATE = {"type": "string", "description": "Such as 2026-01-31T12:00:00+0000."}
#: What ids of artifacts and groups are made of.
_NAME = {"type": "string", "minLength": 1, "maxLength": 512, "pattern": "^[ -$&-~]+$"}
_PROPERTIES = {
    "type": "object",
    "additionalProperties": {"type": "string", "nullable": True},
}
_LABELS = {"type": "array", "items": _TEXT}


def _object(required: str = "", **properties: Any) -> dict[str, Any]:
    found: dict[str, Any] = {"type": "object", "properties": properties}
    return {**found, "required": required.split()} if required else found


def _ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


def _list(name: str) -> dict[str, Any]:
    return {"type": "array", "items": _ref(name)}


def _or_null(schema: dict[str, Any]) -> dict[str, Any]:
    return {**schema, "nullable": True}


def _text(column: str) -> dict[str, Any]:
    """As long as what keeps it."""
    return {"type": "string", "minLength": 1, "maxLength": LENGTHS[column]}


_VERSION = {
    "version": _TEXT,
    "type": _TEXT,
    "globalId": _ID,
    "contentId": _ID,
    "state": _ref("ArtifactState"),
    "name": _TEXT,
    "description": _TEXT,
    "labels": _LABELS,
    "properties": _PROPERTIES,
    "createdBy": _TEXT,
    "createdOn": _DATE,
}
_ARTIFACT = {"id": _TEXT, "groupId": _TEXT, "modifiedBy": _TEXT, "modifiedOn": _DATE}
_KNOWN = "version type globalId contentId state createdOn"
_SUMMARY = ("name", "description", "labels", "type", "state", "createdBy", "createdOn")


def schemas() -> dict[str, Any]:
    """By name."""
    return {
        **_of_artifacts(),
        **_of_versions(),
        **_of_groups(),
        **_of_rules(),
        **_of_administration(),
        **_of_errors(),
    }


def _of_artifacts() -> dict[str, Any]:
    return {
        "ArtifactState": {"type": "string", "enum": State.values},
        "ArtifactReference": _object(
            "artifactId version name",
            groupId=_TEXT,
            artifactId={"type": "string", "minLength": 1},
            version={"type": "string", "minLength": 1},
            name={"type": "string", "minLength": 1},
        ),
        "ContentWithReferences": _object(
            "content",
            content={"type": "string", "minLength": 1},
            references=_or_null(_list("ArtifactReference")),
        ),
        "ArtifactMetaData": _object(
            f"id {_KNOWN} modifiedOn",
            **_VERSION,
            **_ARTIFACT,
            references=_list("ArtifactReference"),
        ),
        "SearchedArtifact": _object(
            "id type state createdOn",
            **{name: _VERSION[name] for name in _SUMMARY},
            **_ARTIFACT,
        ),
        "ArtifactSearchResults": _object(
            "count artifacts", count=_COUNT, artifacts=_list("SearchedArtifact")
        ),
        "ArtifactOwner": _object("owner", owner={"type": "string", "maxLength": LENGTHS["owner"]}),
        "UpdateState": _object("state", state=_ref("ArtifactState")),
    }


def _of_versions() -> dict[str, Any]:
    return {
        "VersionMetaData": _object(f"id {_KNOWN}", **_VERSION, id=_TEXT, groupId=_TEXT),
        "SearchedVersion": _object(_KNOWN, **_VERSION, references=_list("ArtifactReference")),
        "VersionSearchResults": _object(
            "count versions", count=_COUNT, versions=_list("SearchedVersion")
        ),
        "EditableMetaData": _object(
            name=_or_null(_TEXT),
            description=_or_null(_TEXT),
            labels=_or_null(_LABELS),
            properties=_or_null(_PROPERTIES),
        ),
        "Comment": _object(
            "commentId createdOn value",
            commentId=_TEXT,
            createdBy=_TEXT,
            createdOn=_DATE,
            value=_TEXT,
        ),
        "NewComment": _object("value", value={"type": "string", "minLength": 1, "maxLength": 1024}),
    }


def _of_groups() -> dict[str, Any]:
    return {
        "CreateGroupMetaData": _object(
            "id", id=_NAME, description=_or_null(_TEXT), properties=_or_null(_PROPERTIES)
        ),
        "GroupMetaData": _object(
            "id createdOn modifiedOn",
            **_group(),
            properties=_PROPERTIES,
        ),
        "SearchedGroup": _object("id createdOn", **_group()),
        "GroupSearchResults": _object("count groups", count=_COUNT, groups=_list("SearchedGroup")),
    }


def _group() -> dict[str, Any]:
    return {
        "id": _TEXT,
        "description": _TEXT,
        "createdBy": _TEXT,
        "createdOn": _DATE,
        "modifiedBy": _TEXT,
        "modifiedOn": _DATE,
    }


def _of_rules() -> dict[str, Any]:
    config = {
        "type": "string",
        "description": "A level of the rule, such as BACKWARD; of INTEGRITY several, with commas.",
    }
    return {
        "RuleType": {"type": "string", "enum": RuleType.values},
        "Rule": _object("config", type=_ref("RuleType"), config=config),
        "NewRule": {
            "oneOf": [
                _object(
                    "type config", type={"type": "string", "enum": [rule]}, config=_levels(rule)
                )
                for rule in RuleType.values
            ]
        },
    }


def _levels(rule: str) -> dict[str, Any]:
    """One of the rule's, or of INTEGRITY one or more."""
    if rule != RuleType.INTEGRITY:
        return {"type": "string", "enum": [*LEVELS[rule]]}
    any_level = "|".join(LEVELS[rule])
    return {"type": "string", "pattern": f"^({any_level})(,({any_level}))*$"}


def _of_administration() -> dict[str, Any]:
    limit = {"type": "integer", "minimum": -1}
    limits: dict[str, Any] = {_camel(f"max_{each.name}"): limit for each in fields(Limits)}
    return {
        "ArtifactTypeInfo": _object("name", name=_TEXT),
        "ConfigurationProperty": _object(
            "name value type label description",
            name=_TEXT,
            value=_TEXT,
            type=_TEXT,
            label=_TEXT,
            description=_TEXT,
        ),
        "UpdateConfigurationProperty": _object("value", value=_text("property_value")),
        "LogLevel": {"type": "string", "enum": [*LOG_LEVELS]},
        "LogConfiguration": _object("level", level=_ref("LogLevel")),
        "NamedLogConfiguration": _object("name level", name=_TEXT, level=_TEXT),
        "RoleType": {"type": "string", "enum": RoleType.values},
        "RoleMapping": _object(
            "principalId role",
            principalId={**_text("principal_id"), "pattern": r"^[^\u0000-\u001f\u007f]+$"},
            principalName=_or_null({"type": "string", "maxLength": LENGTHS["principal_name"]}),
            role=_ref("RoleType"),
        ),
        "UpdateRole": _object("role", role=_ref("RoleType")),
        "DownloadRef": _object("downloadId href", downloadId=_TEXT, href=_TEXT),
        "ImportPreview": {"type": "object"},
        "SystemInfo": _object(
            "name description version builtOn",
            name=_TEXT,
            description=_TEXT,
            version=_TEXT,
            builtOn=_DATE,
        ),
        "Limits": _object(**limits),
        "UserInfo": _object(
            "username displayName admin developer viewer",
            username=_TEXT,
            displayName=_TEXT,
            admin=_YES_OR_NO,
            developer=_YES_OR_NO,
            viewer=_YES_OR_NO,
        ),
    }


def _of_errors() -> dict[str, Any]:
    cause = _object("description context", description=_TEXT, context=_TEXT)
    return {
        "Error": _object(
            "error_code message detail name",
            error_code={"type": "integer"},
            message=_TEXT,
            detail=_TEXT,
            name={"type": "string", "description": "What went wrong, in one word."},
            causes={"type": "array", "items": cause, "description": "Why a rule refused it."},
        )
    }


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(each.capitalize() for each in others)
