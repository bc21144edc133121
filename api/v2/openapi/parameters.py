"""What addresses, queries and headers hold, by name."""

from typing import Any

from registry.models import RuleType

_TEXT = {"type": "string"}
#: What no database could hold is not found.
_SOUGHT = {"type": "string", "pattern": r"^[^\u0000]*$"}
_YES_OR_NO = {"type": "boolean", "default": False}
_ID = {"type": "integer", "format": "int64", "minimum": 0, "maximum": 2**63 - 1}
#: Of things that are there already: whatever has no control character.
_NAMED = {"type": "string", "minLength": 1, "pattern": r"^[^\u0000-\u001f\u007f]+$"}
_NEW = {"type": "string", "minLength": 1, "maxLength": 512, "pattern": "^[!-$&-~]+$"}
_BASE64 = {"type": "string", "format": "byte"}

#: Of addresses: schema, description.
PATH: dict[str, tuple[dict[str, Any], str]] = {
    "groupId": (_NAMED, "A group; `default` is the one without a name."),
    "artifactId": (_NAMED, "An artifact of the group."),
    "version": (_NAMED, "A version of the artifact."),
    "commentId": (_NAMED, "A comment on the version."),
    "rule": ({"type": "string", "enum": RuleType.values}, "The type of a rule."),
    "globalId": (_ID, "Of a version, in the whole registry."),
    "contentId": (_ID, "Of a content, which versions may share."),
    "contentHash": (_NAMED, "SHA-256 of a content, and of its references if it has any."),
    "propertyName": (_NAMED, "The name of a property."),
    "logger": (_NAMED, "The name of a logger."),
    "principalId": (_NAMED, "The name of who has a role."),
    "downloadId": (_NAMED, "From the link."),
    "fileName": (_NAMED, "What a browser is to call the file."),
}

#: Of the group that an artifact is put into: it may be a new one.
NEW_GROUP = (_NEW, "The group; `default` is the one without a name. It is made if need be.")

QUERY: dict[str, tuple[dict[str, Any], str]] = {
    "offset": ({**_ID, "default": 0}, "How many to leave out before the first."),
    "limit": (
        {"type": "integer", "minimum": 0, "maximum": 1000, "default": 20},
        "How many at most.",
    ),
    "order": ({"type": "string", "enum": ["asc", "desc"], "default": "asc"}, "Of the order."),
    "orderby": (
        {"type": "string", "enum": ["name", "createdOn"], "default": "name"},
        "What orders them.",
    ),
    "ifExists": (
        {
            "type": "string",
            "enum": ["FAIL", "UPDATE", "RETURN", "RETURN_OR_UPDATE"],
            "default": "FAIL",
        },
        "What to do where the artifact is there already.",
    ),
    "canonical": (_YES_OR_NO, "Whether contents are the same if their canonical forms are."),
    "dryRun": (_YES_OR_NO, "Whether only to tell what would be refused, and store nothing."),
    "dereference": (_YES_OR_NO, "Whether to put what the content refers to into it."),
    "forBrowser": (_YES_OR_NO, "Whether to answer a link that works once, for a short time."),
    "refType": (
        {"type": "string", "enum": ["OUTBOUND", "INBOUND"], "default": "OUTBOUND"},
        "What it refers to, or what refers to it.",
    ),
    "name": (_SOUGHT, "A part of the name or of the id."),
    "group": (_SOUGHT, "The group."),
    "description": (_SOUGHT, "A part of the description."),
    "labels": ({"type": "array", "items": _SOUGHT}, "Labels, each of which it has."),
    "properties": (
        {"type": "array", "items": {"type": "string", "pattern": r"^([^:\u0000][^\u0000]*)?$"}},
        "Properties that it has, as `key:value`, or `key` with any value.",
    ),
    "globalId": (_ID, "The global id of one of its versions."),
    "contentId": (_ID, "The id of the content of one of its versions."),
    "artifactType": (_SOUGHT, "The type of the content, needed where `canonical` is true."),
}

HEADERS: dict[str, tuple[dict[str, Any], str]] = {
    "X-Registry-ArtifactType": (_TEXT, "The type; else it is found out from the content."),
    "X-Registry-ArtifactId": (_NEW, "The id; else one is made."),
    "X-Registry-Version": (
        {"type": "string", "pattern": r"^[a-zA-Z0-9._\-+]{1,256}$"},
        "The version's name; else it is counted up.",
    ),
    "X-Registry-Name": (_TEXT, "The name; else the content's own."),
    "X-Registry-Name-Encoded": (_BASE64, "The same, UTF-8 in base64."),
    "X-Registry-Description": (_TEXT, "The description; else the content's own."),
    "X-Registry-Description-Encoded": (_BASE64, "The same, UTF-8 in base64."),
    "X-Registry-Content-Hash": (_TEXT, "Of the content, to be checked."),
    "X-Registry-Hash-Algorithm": (
        {"type": "string", "enum": ["SHA256", "MD5"], "default": "SHA256"},
        "Of that hash.",
    ),
    "X-Registry-Preserve-GlobalId": (
        {"type": "boolean", "default": True},
        "Whether global ids stay what they are in the export.",
    ),
    "X-Registry-Preserve-ContentId": (
        {"type": "boolean", "default": True},
        "Whether content ids stay what they are in the export.",
    ),
}
