"""All that an export holds, as the paths and documents of Apicurio's zip (version 1.0 of it)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from registry.models import DEFAULT_TENANT
from registry.queries.sql import fetch_rows, from_stored_group

#: Rows read at a time: an export may be larger than memory, and one content large.
_PAGE = 500
_CONTENTS = 10
#: Apicurio adds the number of the hyphen that was meant to part the two numbers.
_HYPHEN = ord("-")

Entry = tuple[str, bytes]


@dataclass(frozen=True, slots=True)
class ExportCounts:
    """What an export would hold now; `content_bytes` is of the contents, before they are packed."""

    groups: int
    artifacts: int
    versions: int
    contents: int
    artifact_rules: int
    global_rules: int
    comments: int
    content_bytes: int


def export_counts() -> ExportCounts:
    """Exact, of this moment."""
    tables = ("group", "artifact", "version", "content", "artifactrule", "globalrule", "comment")
    counts = ", ".join(
        # Artifacts without a version are in no export.
        f"(SELECT COUNT(*) FROM registry_{table} t WHERE t.tenant_id = %s"
        + (
            " AND EXISTS (SELECT 1 FROM registry_version v WHERE v.artifact_id = t.id))"
            if table == "artifact"
            else ")"
        )
        for table in tables
    )
    size = (
        "(SELECT COALESCE(SUM(LENGTH(t.content)), 0) FROM registry_content t "
        "WHERE t.tenant_id = %s)"
    )
    (found,) = fetch_rows(f"SELECT {counts}, {size}", *[DEFAULT_TENANT] * (len(tables) + 1))
    return ExportCounts(*map(int, found))


def export_entries() -> Iterator[Entry]:
    """Path and bytes of each entry but the manifest, in the order in which they can be imported.

    Read them inside `snapshot`, or a write in between may part what belongs together.
    """
    yield from _contents()
    yield from _groups()
    yield from _versions()
    yield from _comments()
    yield from _artifact_rules()
    yield from _global_rules()


def _each(
    columns: str, table: str, joins: str = "", page: int = _PAGE
) -> Iterator[tuple[Any, ...]]:
    """The columns of every row of the tenant, without its id; `t` is the table."""
    last = 0
    while True:
        found = fetch_rows(
            f"SELECT t.id, {columns} FROM {table} t {joins} "
            # Not the plain column: SQLite would take its index, and sort all rows for each page.
            "WHERE t.id > %s AND t.tenant_id || '' = %s ORDER BY t.id LIMIT %s",
            *(last, DEFAULT_TENANT, page),
        )
        yield from (each[1:] for each in found)
        if len(found) < page:
            return
        last = found[-1][0]


def _contents() -> Iterator[Entry]:
    columns = "t.content_id, t.canonical_hash, t.content_hash, t.serialized_references, t.content"
    found = _each(columns, "registry_content", page=_CONTENTS)
    for content_id, canonical, hashed, references, content in found:
        path = f"content/{hashed}.Content"
        document = {
            "contentId": content_id,
            "canonicalHash": canonical,
            "contentHash": hashed,
            "artifactType": None,
            "serializedReferences": references,
        }
        yield f"{path}.json", orjson.dumps(document)
        yield f"{path}.data", bytes(content)


def _groups() -> Iterator[Entry]:
    columns = (
        "t.group_id, t.description, t.artifacts_type, t.created_by, t.created_on, "
        "t.modified_by, COALESCE(t.modified_on, 0), t.properties"
    )
    names = (
        *("groupId", "description", "artifactsType", "createdBy", "createdOn"),
        *("modifiedBy", "modifiedOn"),
    )
    for *values, properties in _each(columns, "registry_group"):
        document = {**dict(zip(names, values, strict=True)), "properties": _parsed(properties)}
        yield f"groups/{values[0]}.Group.json", orjson.dumps(document)


def _versions() -> Iterator[Entry]:
    columns = (
        "t.global_id, a.group_id, a.artifact_id, t.version, t.version_id, a.type, t.state, "
        "t.name, t.description, t.created_by, t.created_on, t.labels, t.properties, "
        "CASE WHEN a.latest = t.global_id THEN 1 ELSE 0 END, c.content_id"
    )
    joins = (
        "JOIN registry_artifact a ON a.id = t.artifact_id "
        "JOIN registry_content c ON c.id = t.content_id"
    )
    names = (
        *("globalId", "groupId", "artifactId", "version", "versionId", "artifactType", "state"),
        *("name", "description", "createdBy", "createdOn", "labels", "properties"),
        *("isLatest", "contentId"),
    )
    for values in _each(columns, "registry_version", joins):
        document = dict(zip(names, values, strict=True))
        document["groupId"] = from_stored_group(document["groupId"])
        document["labels"] = _parsed(document["labels"])
        document["properties"] = _parsed(document["properties"])
        document["isLatest"] = bool(document["isLatest"])
        place = _place(document["groupId"], document["artifactId"])
        path = f"{place}/versions/{document['version']}.ArtifactVersion.json"
        yield path, orjson.dumps(document)


def _comments() -> Iterator[Entry]:
    columns = "v.global_id, t.comment_id, t.created_by, t.created_on, t.value"
    joins = "JOIN registry_version v ON v.id = t.version_id"
    names = ("globalId", "commentId", "createdBy", "createdOn", "value")
    for values in _each(columns, "registry_comment", joins):
        path = f"comments/{values[0] + _HYPHEN}{values[1]}.Comment.json"
        yield path, orjson.dumps(dict(zip(names, values, strict=True)))


def _artifact_rules() -> Iterator[Entry]:
    columns = "t.group_id, t.artifact_id, t.type, t.configuration"
    for stored, artifact_id, kind, configuration in _each(columns, "registry_artifactrule"):
        group_id = from_stored_group(stored)
        document = {
            "groupId": group_id,
            "artifactId": artifact_id,
            "type": kind,
            "configuration": configuration,
        }
        path = f"{_place(group_id, artifact_id)}/rules/{kind}.ArtifactRule.json"
        yield path, orjson.dumps(document)


def _global_rules() -> Iterator[Entry]:
    for kind, configuration in _each("t.type, t.configuration", "registry_globalrule"):
        document = {"ruleType": kind, "configuration": configuration}
        yield f"rules/{kind}.GlobalRule.json", orjson.dumps(document)


def _place(group_id: str | None, artifact_id: str) -> str:
    """Ids are not escaped: readers take them from the document."""
    return f"groups/{group_id or 'default'}/artifacts/{artifact_id}"


def _parsed(text: str | None) -> Any:
    return None if text is None else orjson.loads(text)
