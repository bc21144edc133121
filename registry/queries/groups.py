"""Groups that artifacts are in, and groups that are kept as such."""

from dataclasses import dataclass

from registry.models import DEFAULT_GROUP, DEFAULT_TENANT
from registry.queries.rows import bytewise, named_group, row, rows, stored_group


@dataclass(frozen=True, slots=True)
class GroupSummary:
    group_id: str | None
    artifacts: int


def groups() -> list[GroupSummary]:
    """Those in use, the default group first, then by name."""
    found = rows(
        "SELECT group_id, COUNT(*) FROM registry_artifact WHERE tenant_id = %s GROUP BY group_id "
        f"ORDER BY CASE WHEN group_id = %s THEN 0 ELSE 1 END, {bytewise('group_id')}",
        DEFAULT_TENANT,
        DEFAULT_GROUP,
    )
    return [GroupSummary(named_group(group_id), count) for group_id, count in found]


def group_exists(group_id: str | None) -> bool:
    """Whether it has a row of its own, be it in use or not."""
    sql = "SELECT 1 FROM registry_group WHERE tenant_id = %s AND group_id = %s"
    return row(sql, DEFAULT_TENANT, stored_group(group_id)) is not None
