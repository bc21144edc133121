"""Groups in use by artifacts, and groups with a row of their own."""

from dataclasses import dataclass
from typing import Any

import orjson

from registry.errors import GroupNotFound
from registry.models import DEFAULT_GROUP, DEFAULT_TENANT
from registry.queries.search import Order, OrderBy
from registry.queries.sql import (
    Page,
    bytewise,
    fetch_number,
    fetch_row,
    fetch_rows,
    from_stored_group,
    to_stored_group,
)


@dataclass(frozen=True, slots=True)
class GroupSummary:
    group_id: str | None
    artifacts: int


@dataclass(frozen=True, slots=True)
class GroupMeta:
    """A group with a row of its own; times are epoch ms, None if unknown."""

    group_id: str
    description: str | None
    created_by: str | None
    created_on: int
    modified_by: str | None
    modified_on: int | None
    properties: dict[str, str | None]


_COLUMNS = "group_id, description, created_by, created_on, modified_by, modified_on, properties"


def groups_in_use() -> list[GroupSummary]:
    """Return the groups in use, the default group first, then by name."""
    rows = fetch_rows(
        "SELECT group_id, COUNT(*) FROM registry_artifact WHERE tenant_id = %s GROUP BY group_id "
        f"ORDER BY CASE WHEN group_id = %s THEN 0 ELSE 1 END, {bytewise('group_id')}",
        DEFAULT_TENANT,
        DEFAULT_GROUP,
    )
    return [GroupSummary(from_stored_group(group_id), count) for group_id, count in rows]


def group_names(limit: int) -> list[str | None]:
    """Return the first groups in use, the default group first, then by name.

    Takes the same time for any number of artifacts.
    """
    rows = fetch_rows(
        "WITH RECURSIVE step(name) AS ("
        "SELECT MIN(group_id) FROM registry_artifact WHERE tenant_id = %s UNION ALL "
        "SELECT (SELECT MIN(group_id) FROM registry_artifact "
        "WHERE tenant_id = %s AND group_id > step.name) FROM step WHERE step.name IS NOT NULL) "
        "SELECT name FROM step WHERE name IS NOT NULL AND name <> %s LIMIT %s",
        *(DEFAULT_TENANT, DEFAULT_TENANT, DEFAULT_GROUP, limit),
    )
    has_default = fetch_row(
        "SELECT 1 FROM registry_artifact WHERE tenant_id = %s AND group_id = %s LIMIT 1",
        *(DEFAULT_TENANT, DEFAULT_GROUP),
    )
    names = sorted(row[0] for row in rows)
    return [*([None] if has_default else []), *names][:limit]


def group_exists(group_id: str | None) -> bool:
    """Return whether the group has a row of its own, in use or not."""
    sql = "SELECT 1 FROM registry_group WHERE tenant_id = %s AND group_id = %s"
    return fetch_row(sql, DEFAULT_TENANT, to_stored_group(group_id)) is not None


def group_owner(group_id: str | None) -> str:
    """Return the owner's name, empty without one and for a group without a row."""
    sql = "SELECT created_by FROM registry_group WHERE tenant_id = %s AND group_id = %s"
    row = fetch_row(sql, DEFAULT_TENANT, to_stored_group(group_id))
    return (row[0] or "") if row is not None else ""


def group_metas(
    *,
    order_by: OrderBy = OrderBy.NAME,
    order: Order = Order.ASC,
    offset: int = 0,
    limit: int = 20,
) -> Page[GroupMeta]:
    """Return the groups with a row of their own; a group's name is its id."""
    direction = "DESC" if order is Order.DESC else "ASC"
    name = bytewise("group_id")
    key = name if order_by is OrderBy.NAME else "created_on"
    rows = fetch_rows(
        f"SELECT {_COLUMNS} FROM registry_group WHERE tenant_id = %s "
        f"ORDER BY {key} {direction}, {name} LIMIT %s OFFSET %s",
        *(DEFAULT_TENANT, limit, offset),
    )
    count = fetch_number(
        "SELECT COUNT(*) FROM registry_group WHERE tenant_id = %s", (DEFAULT_TENANT,)
    )
    return Page(count, tuple(_to_meta(row) for row in rows))


def group_meta(group_id: str | None) -> GroupMeta:
    """Return a group; raises GroupNotFound, also for the default group."""
    row = fetch_row(
        f"SELECT {_COLUMNS} FROM registry_group WHERE tenant_id = %s AND group_id = %s",
        *(DEFAULT_TENANT, to_stored_group(group_id)),
    )
    if row is None:
        raise GroupNotFound(group_id or "default")
    return _to_meta(row)


def _to_meta(row: tuple[Any, ...]) -> GroupMeta:
    return GroupMeta(
        group_id=row[0],
        description=row[1],
        created_by=row[2],
        created_on=row[3],
        modified_by=row[4],
        modified_on=row[5],
        properties=orjson.loads(row[6]) if row[6] else {},
    )
