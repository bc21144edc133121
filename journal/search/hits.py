"""Loads the artifacts of a page of hits."""

from collections.abc import Sequence
from dataclasses import dataclass

import orjson

from journal.search.indexer import placeholders
from journal.search.text import SEARCHED_BYTES
from registry.queries.sql import fetch_rows, from_stored_group
from registry.queries.versions import parse_labels


@dataclass(frozen=True, slots=True)
class ArtifactHit:
    """An artifact and its latest version; times are in ms, `modified_on` is the version's creation.

    `content` is the beginning of its content, empty if no text was searched.
    """

    id: int
    group_id: str | None
    artifact_id: str
    type: str
    version: str
    state: str
    name: str | None
    description: str | None
    labels: tuple[str, ...]
    properties: dict[str, str | None]
    owner: str
    created_on: int
    modified_on: int
    global_id: int
    versions: int
    content: bytes


_SELECT = (
    "SELECT a.id, a.group_id, a.artifact_id, a.type, v.version, v.state, v.name, v.description, "
    "v.labels, v.properties, a.created_by, a.created_on, v.created_on, v.global_id, "
    "(SELECT COUNT(*) FROM registry_version n WHERE n.artifact_id = a.id), {} "
    "FROM registry_artifact a JOIN registry_version v "
    "ON v.tenant_id = a.tenant_id AND v.global_id = a.latest "
    "JOIN registry_content c ON c.id = v.content_id WHERE a.id IN ({})"
)


def load_hits(ids: Sequence[int], *, with_content: bool) -> tuple[ArtifactHit, ...]:
    """Load hits by row id, in this order."""
    if not ids:
        return ()
    content = f"SUBSTR(c.content, 1, {SEARCHED_BYTES})" if with_content else "NULL"
    hits = {
        row[0]: ArtifactHit(
            id=row[0],
            group_id=from_stored_group(row[1]),
            artifact_id=row[2],
            type=row[3],
            version=row[4],
            state=row[5],
            name=row[6],
            description=row[7],
            labels=parse_labels(row[8]),
            properties=orjson.loads(row[9]) if row[9] else {},
            owner=row[10] or "",
            created_on=row[11],
            modified_on=row[12],
            global_id=row[13],
            versions=row[14],
            content=bytes(row[15] or b""),
        )
        for row in fetch_rows(_SELECT.format(content, placeholders(ids)), *ids)
    }
    return tuple(hits[row_id] for row_id in ids)
