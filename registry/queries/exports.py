"""The content of an export, as paths and documents of Apicurio's zip (its version 1.0)."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from registry.archives.export_paths import artifact_rule_path, group_path, version_path
from registry.models import DEFAULT_TENANT
from registry.queries.sql import fetch_rows, from_stored_group

#: An export may be larger than memory, and one content large.
_ROWS_PER_PAGE = 500
_CONTENTS_PER_PAGE = 10


@dataclass(frozen=True, slots=True)
class ExportCounts:
    """The present size of an export; `content_bytes` is the size of the unpacked contents."""

    groups: int
    artifacts: int
    versions: int
    contents: int
    artifact_rules: int
    global_rules: int
    comments: int
    content_bytes: int


def export_counts() -> ExportCounts:
    """Return exact counts of the present tables."""
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
    (row,) = fetch_rows(f"SELECT {counts}, {size}", *[DEFAULT_TENANT] * (len(tables) + 1))
    return ExportCounts(*map(int, row))


@dataclass(frozen=True, slots=True)
class _EntryTable:
    """A table with one document for each row; `columns` are SQL by the document's names."""

    table: str
    columns: Mapping[str, str]
    path: Callable[[Mapping[str, Any]], str]
    joins: str = ""


#: In the order in which they can be imported.
_TABLES = (
    _EntryTable(
        "registry_group",
        {
            "groupId": "t.group_id",
            "description": "t.description",
            "artifactsType": "t.artifacts_type",
            "createdBy": "t.created_by",
            "createdOn": "t.created_on",
            "modifiedBy": "t.modified_by",
            "modifiedOn": "COALESCE(t.modified_on, 0)",
            "properties": "t.properties",
        },
        group_path,
    ),
    _EntryTable(
        "registry_version",
        {
            "globalId": "t.global_id",
            "groupId": "a.group_id",
            "artifactId": "a.artifact_id",
            "version": "t.version",
            "versionId": "t.version_id",
            "artifactType": "a.type",
            "state": "t.state",
            "name": "t.name",
            "description": "t.description",
            "createdBy": "t.created_by",
            "createdOn": "t.created_on",
            "labels": "t.labels",
            "properties": "t.properties",
            "isLatest": "CASE WHEN a.latest = t.global_id THEN 1 ELSE 0 END",
            "contentId": "c.content_id",
        },
        version_path,
        "JOIN registry_artifact a ON a.id = t.artifact_id "
        "JOIN registry_content c ON c.id = t.content_id",
    ),
    _EntryTable(
        "registry_comment",
        {
            "globalId": "v.global_id",
            "commentId": "t.comment_id",
            "createdBy": "t.created_by",
            "createdOn": "t.created_on",
            "value": "t.value",
        },
        # Apicurio adds the number of the hyphen that was meant to part the two numbers.
        lambda document: (
            f"comments/{document['globalId'] + ord('-')}{document['commentId']}.Comment.json"
        ),
        "JOIN registry_version v ON v.id = t.version_id",
    ),
    _EntryTable(
        "registry_artifactrule",
        {
            "groupId": "t.group_id",
            "artifactId": "t.artifact_id",
            "type": "t.type",
            "configuration": "t.configuration",
        },
        artifact_rule_path,
    ),
    _EntryTable(
        "registry_globalrule",
        {"ruleType": "t.type", "configuration": "t.configuration"},
        lambda document: f"rules/{document['ruleType']}.GlobalRule.json",
    ),
)
_CONVERSIONS: Mapping[str, Callable[[Any], Any]] = {
    "groupId": from_stored_group,
    "labels": lambda text: None if text is None else orjson.loads(text),
    "properties": lambda text: None if text is None else orjson.loads(text),
    "isLatest": bool,
}


def export_entries() -> Iterator[tuple[str, bytes]]:
    """Yield path and bytes of each entry but the manifest, in a valid order for an import.

    Read them inside `repeatable_read`; otherwise a concurrent write may separate related entries.
    """
    columns = "t.content_id, t.canonical_hash, t.content_hash, t.serialized_references, t.content"
    rows = _fetch_pages(columns, "registry_content t", _CONTENTS_PER_PAGE)
    for content_id, canonical_hash, content_hash, references, content in rows:
        document: dict[str, Any] = {
            "contentId": content_id,
            "canonicalHash": canonical_hash,
            "contentHash": content_hash,
            "artifactType": None,
            "serializedReferences": references,
        }
        yield f"content/{content_hash}.Content.json", orjson.dumps(document)
        yield f"content/{content_hash}.Content.data", bytes(content)
    for table in _TABLES:
        columns = ", ".join(table.columns.values())
        for row in _fetch_pages(columns, f"{table.table} t {table.joins}", _ROWS_PER_PAGE):
            document = {
                name: _CONVERSIONS.get(name, lambda value: value)(value)
                for name, value in zip(table.columns, row, strict=True)
            }
            yield table.path(document), orjson.dumps(document)


def _fetch_pages(columns: str, tables: str, page_size: int) -> Iterator[tuple[Any, ...]]:
    """Yield the columns of every row of the tenant; `t` is the first of the tables."""
    last = 0
    while True:
        rows = fetch_rows(
            f"SELECT t.id, {columns} FROM {tables} "
            # Not the plain column: SQLite would take its index, and sort all rows for each page.
            "WHERE t.id > %s AND t.tenant_id || '' = %s ORDER BY t.id LIMIT %s",
            *(last, DEFAULT_TENANT, page_size),
        )
        yield from (row[1:] for row in rows)
        if len(rows) < page_size:
            return
        last = rows[-1][0]
