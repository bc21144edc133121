"""The artifacts of a page, as their latest versions show them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from journal.search.text import SEARCHED_BYTES
from registry.queries.sql import fetch_rows, from_stored_group
from registry.queries.versions import parse_labels


@dataclass(frozen=True, slots=True)
class ArtifactHit:
    """An artifact as its latest version shows it; `modified` is about that version.

    `content` is the beginning of its content, where words were looked for in it.
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


_SHOWN = (
    "SELECT a.id, a.group_id, a.artifact_id, a.type, v.version, v.state, v.name, v.description, "
    "v.labels, v.properties, a.created_by, a.created_on, v.created_on, v.global_id, "
    "(SELECT COUNT(*) FROM registry_version n WHERE n.artifact_id = a.id), {} "
    "FROM registry_artifact a JOIN registry_version v "
    "ON v.tenant_id = a.tenant_id AND v.global_id = a.latest "
    "JOIN registry_content c ON c.id = v.content_id WHERE a.id IN ({})"
)


def load_hits(ids: Sequence[int], *, with_content: bool) -> tuple[ArtifactHit, ...]:
    if not ids:
        return ()
    content = f"SUBSTR(c.content, 1, {SEARCHED_BYTES})" if with_content else "NULL"
    some = ", ".join(["%s"] * len(ids))
    found = {each[0]: _listed(each) for each in fetch_rows(_SHOWN.format(content, some), *ids)}
    return tuple(found[each] for each in ids)


def _listed(found: tuple[Any, ...]) -> ArtifactHit:
    return ArtifactHit(
        id=found[0],
        group_id=from_stored_group(found[1]),
        artifact_id=found[2],
        type=found[3],
        version=found[4],
        state=found[5],
        name=found[6],
        description=found[7],
        labels=parse_labels(found[8]),
        properties=orjson.loads(found[9]) if found[9] else {},
        owner=found[10] or "",
        created_on=found[11],
        modified_on=found[12],
        global_id=found[13],
        versions=found[14],
        content=bytes(found[15] or b""),
    )
