"""Artifacts searched by their latest versions; all conditions must match."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from registry.models import DEFAULT_TENANT
from registry.queries.sql import (
    Page,
    bytewise,
    contains,
    fetch_number,
    fetch_rows,
    from_stored_group,
    to_stored_group,
)
from registry.queries.versions import parse_labels


class OrderBy(StrEnum):
    """`createdOn` is the time of the latest version, as in Apicurio 2.6."""

    NAME = "name"
    CREATED_ON = "createdOn"


class Order(StrEnum):
    ASC = "asc"
    DESC = "desc"


@dataclass(frozen=True, slots=True, kw_only=True)
class ArtifactFilter:
    """Conditions of a search; empty fields match everything.

    `name` (or the id) and `description` match a part, case-sensitive, as in Apicurio. `group`
    matches as a whole ("default" is the default group), as do labels and properties, which are
    case-insensitive; a property with a value of None may have any. `content_hash` may cover the
    references of the content or not; of `canonical_hashes` one must match.
    """

    name: str = ""
    group: str = ""
    description: str = ""
    labels: tuple[str, ...] = ()
    properties: tuple[tuple[str, str | None], ...] = ()
    global_id: int | None = None
    content_id: int | None = None
    content_hash: str | None = None
    canonical_hashes: tuple[str, ...] = ()
    type: str = ""


@dataclass(frozen=True, slots=True)
class ArtifactSummary:
    """An artifact with its latest version; `modified_by` and `modified_on` are the version's."""

    group_id: str | None
    artifact_id: str
    type: str
    version: str
    state: str
    name: str | None
    description: str | None
    labels: tuple[str, ...]
    created_by: str
    created_on: int
    modified_by: str
    modified_on: int
    global_id: int
    versions: int


_FROM = (
    "FROM registry_artifact a "
    "JOIN registry_version v ON v.tenant_id = a.tenant_id AND v.global_id = a.latest "
    "WHERE a.tenant_id = %s"
)
_COLUMNS = (
    "a.group_id, a.artifact_id, a.type, v.version, v.state, v.name, v.description, v.labels, "
    "a.created_by, a.created_on, v.created_by, v.created_on, v.global_id, "
    "(SELECT COUNT(*) FROM registry_version n WHERE n.artifact_id = a.id)"
)
_HAS_LABEL = "EXISTS (SELECT 1 FROM registry_label l WHERE l.version_id = v.id AND l.label = %s)"
_HAS_PROPERTY = (
    "EXISTS (SELECT 1 FROM registry_property p WHERE p.version_id = v.id AND p.key = %s{value})"
)
# Contents are joined only where they are filtered by: their rows are wide.
_OF_TENANT = f"tenant_id = '{DEFAULT_TENANT}'"
_HAS_CONTENT = (
    f"v.content_id IN (SELECT id FROM registry_content WHERE {_OF_TENANT} AND {{condition}})"
)


def search_artifacts(
    where: ArtifactFilter,
    *,
    order_by: OrderBy = OrderBy.NAME,
    order: Order = Order.ASC,
    offset: int = 0,
    limit: int = 20,
) -> Page[ArtifactSummary]:
    """Return a page of artifacts; a missing name is ordered as the id, ties by group and id."""
    conditions = list(_conditions(where))
    clause = _FROM + "".join(f" AND {sql}" for sql, *_ in conditions)
    params = (DEFAULT_TENANT, *(param for _, *values in conditions for param in values))
    key = "v.created_on"
    if order_by is OrderBy.NAME:
        key = bytewise("COALESCE(v.name, a.artifact_id)")
    direction = "DESC" if order is Order.DESC else "ASC"
    ties = f"{bytewise('a.group_id')}, {bytewise('a.artifact_id')}, a.id"
    rows = fetch_rows(
        f"SELECT {_COLUMNS} {clause} ORDER BY {key} {direction}, {ties} LIMIT %s OFFSET %s",
        *params,
        limit,
        offset,
    )
    count = fetch_number(f"SELECT COUNT(*) {clause}", params)
    artifacts = (
        ArtifactSummary(
            group_id=from_stored_group(row[0]),
            artifact_id=row[1],
            type=row[2],
            version=row[3],
            state=row[4],
            name=row[5],
            description=row[6],
            labels=parse_labels(row[7]),
            created_by=row[8] or "",
            created_on=row[9],
            modified_by=row[10] or "",
            modified_on=row[11],
            global_id=row[12],
            versions=row[13],
        )
        for row in rows
    )
    return Page(count, tuple(artifacts))


def _conditions(where: ArtifactFilter) -> Iterator[tuple[str, *tuple[object, ...]]]:
    """Yield SQL with its parameters."""
    if where.name:
        sql = f"({contains('v.name')} OR {contains('a.artifact_id')})"
        yield sql, where.name, where.name
    if where.description:
        yield contains("v.description"), where.description
    for label in where.labels:
        yield _HAS_LABEL, label.lower()
    for key, value in where.properties:
        if value is None:
            yield _HAS_PROPERTY.format(value=""), key.lower()
        else:
            yield _HAS_PROPERTY.format(value=" AND p.value = %s"), key.lower(), value.lower()
    if where.content_hash is not None:
        sql = _HAS_CONTENT.format(condition="(content_hash = %s OR other_hash = %s)")
        yield sql, where.content_hash, where.content_hash
    if where.canonical_hashes:
        hashes = ", ".join(["%s"] * len(where.canonical_hashes))
        sql = _HAS_CONTENT.format(condition=f"canonical_hash IN ({hashes})")
        yield sql, *where.canonical_hashes
    group = where.group and to_stored_group(None if where.group == "default" else where.group)
    for sql, param in (
        ("a.group_id = %s", group or None),
        ("a.type = %s", where.type or None),
        ("v.global_id = %s", where.global_id),
        (_HAS_CONTENT.format(condition="content_id = %s"), where.content_id),
    ):
        if param is not None:
            yield sql, param
