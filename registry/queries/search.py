"""Artifacts found by what their latest version says; every condition must hold."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

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
    """`createdOn` is the latest version's, as Apicurio 2.6 orders."""

    NAME = "name"
    CREATED_ON = "createdOn"


class Order(StrEnum):
    ASC = "asc"
    DESC = "desc"


@dataclass(frozen=True, slots=True, kw_only=True)
class ArtifactFilter:
    """Empty fields match everything.

    `name` (or the id) and `description` hold a part in that very case, as Apicurio searches.
    `group` is whole ("default" for the default group), as are labels and properties, whose case
    does not matter; a property with a value of None may have any.
    """

    name: str = ""
    group: str = ""
    description: str = ""
    labels: tuple[str, ...] = ()
    properties: tuple[tuple[str, str | None], ...] = ()
    global_id: int | None = None
    content_id: int | None = None
    content_hash: str | None = None
    canonical_hash: str | None = None
    type: str = ""


@dataclass(frozen=True, slots=True)
class ArtifactSummary:
    """An artifact as its latest version shows it; `modified` is about that version."""

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
# Contents are joined only where they are asked for: their rows are wide.
_OF_TENANT = f"tenant_id = '{DEFAULT_TENANT}'"
_HAS_CONTENT = (
    f"v.content_id IN (SELECT id FROM registry_content WHERE {_OF_TENANT} AND {{column}} = %s)"
)
_Condition = tuple[str, tuple[object, ...]]


def search_artifacts(
    where: ArtifactFilter,
    *,
    order_by: OrderBy = OrderBy.NAME,
    order: Order = Order.ASC,
    offset: int = 0,
    limit: int = 20,
) -> Page[ArtifactSummary]:
    """A name that is missing is ordered as the artifact id; ties by group and id."""
    conditions = [*_of_texts(where), *_of_search_rows(where), *_of_columns(where)]
    clause = _FROM + "".join(f" AND {sql}" for sql, _ in conditions)
    params = (DEFAULT_TENANT, *(param for _, each in conditions for param in each))
    found = fetch_rows(
        f"SELECT {_COLUMNS} {clause} ORDER BY {_ordering(order_by, order)} LIMIT %s OFFSET %s",
        *params,
        limit,
        offset,
    )
    count = fetch_number(f"SELECT COUNT(*) {clause}", params)
    return Page(count, tuple(_summary(each) for each in found))


def _of_texts(where: ArtifactFilter) -> Iterator[_Condition]:
    if where.name:
        sql = f"({contains('v.name')} OR {contains('a.artifact_id')})"
        yield sql, (where.name, where.name)
    if where.description:
        yield contains("v.description"), (where.description,)


def _of_search_rows(where: ArtifactFilter) -> Iterator[_Condition]:
    for label in where.labels:
        yield _HAS_LABEL, (label.lower(),)
    for key, value in where.properties:
        if value is None:
            yield _HAS_PROPERTY.format(value=""), (key.lower(),)
        else:
            sql = _HAS_PROPERTY.format(value=" AND p.value = %s")
            yield sql, (key.lower(), value.lower())


def _of_columns(where: ArtifactFilter) -> Iterator[_Condition]:
    group = where.group and to_stored_group(None if where.group == "default" else where.group)
    wanted = (
        ("a.group_id = %s", group or None),
        ("a.type = %s", where.type or None),
        ("v.global_id = %s", where.global_id),
        (_HAS_CONTENT.format(column="content_id"), where.content_id),
        (_HAS_CONTENT.format(column="content_hash"), where.content_hash),
        (_HAS_CONTENT.format(column="canonical_hash"), where.canonical_hash),
    )
    for condition, value in wanted:
        if value is not None:
            yield condition, (value,)


def _ordering(order_by: OrderBy, order: Order) -> str:
    direction = "DESC" if order is Order.DESC else "ASC"
    key = (
        "v.created_on"
        if order_by is OrderBy.CREATED_ON
        else bytewise("COALESCE(v.name, a.artifact_id)")
    )
    ties = f"{bytewise('a.group_id')}, {bytewise('a.artifact_id')}, a.id"
    return f"{key} {direction}, {ties}"


def _summary(found: tuple[Any, ...]) -> ArtifactSummary:
    return ArtifactSummary(
        group_id=from_stored_group(found[0]),
        artifact_id=found[1],
        type=found[2],
        version=found[3],
        state=found[4],
        name=found[5],
        description=found[6],
        labels=parse_labels(found[7]),
        created_by=found[8] or "",
        created_on=found[9],
        modified_by=found[10] or "",
        modified_on=found[11],
        global_id=found[12],
        versions=found[13],
    )
