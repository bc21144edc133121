"""One sequence of one tenant beside the ids in use."""

from dataclasses import dataclass

from registry.models import SequenceName
from registry.queries.sql import fetch_number, fetch_rows

_IN_USE = {
    SequenceName.CONTENT_ID: ("registry_content", "content_id"),
    SequenceName.GLOBAL_ID: ("registry_version", "global_id"),
    SequenceName.COMMENT_ID: ("registry_comment", "comment_id"),
}


@dataclass(frozen=True, slots=True)
class SequenceState:
    """`value` was allocated last, `highest` is the highest id in use; both are 0 for none.

    Comment ids are texts; only numeric ones count.
    """

    tenant_id: str
    name: SequenceName
    value: int
    highest: int

    @property
    def is_behind(self) -> bool:
        return self.highest > self.value


def sequence_state(tenant: str, name: SequenceName) -> SequenceState:
    value = fetch_number(
        "SELECT COALESCE(MAX(value), 0) FROM registry_sequence WHERE tenant_id = %s AND name = %s",
        (tenant, name.value),
    )
    table, column = _IN_USE[name]
    if name is SequenceName.COMMENT_ID:
        rows = fetch_rows(f"SELECT {column} FROM {table} WHERE tenant_id = %s", tenant)
        highest = max((int(text) for (text,) in rows if text.isdecimal()), default=0)
    else:
        sql = f"SELECT COALESCE(MAX({column}), 0) FROM {table} WHERE tenant_id = %s"
        highest = fetch_number(sql, (tenant,))
    return SequenceState(tenant, name, value, highest)


def is_id_in_use(tenant: str, name: SequenceName, value: int) -> bool:
    table, column = _IN_USE[name]
    stored_value = str(value) if name is SequenceName.COMMENT_ID else value
    sql = f"SELECT 1 FROM {table} WHERE tenant_id = %s AND {column} = %s LIMIT 1"
    return bool(fetch_rows(sql, tenant, stored_value))


def tenants() -> list[str]:
    """Return all tenants with a sequence, a content or a version."""
    ids: set[str] = set()
    for table in ("registry_sequence", "registry_content", "registry_version"):
        ids |= {tenant for (tenant,) in fetch_rows(f"SELECT DISTINCT tenant_id FROM {table}")}
    return sorted(ids)


def highest_comment_text(tenant: str) -> str:
    """Return the highest comment id in the order of texts, as in a RESET; empty without any."""
    rows = fetch_rows("SELECT comment_id FROM registry_comment WHERE tenant_id = %s", tenant)
    return max((str(text) for (text,) in rows), default="")


def free_content_ids(tenant: str, limit: int) -> list[int]:
    """Return unused ids below the highest content id, the lowest first."""
    rows = fetch_rows(
        "SELECT content_id FROM registry_content WHERE tenant_id = %s ORDER BY content_id", tenant
    )
    free: list[int] = []
    expected = 1
    for (used,) in rows:
        free += range(expected, min(used, expected + limit))
        expected = used + 1
        if len(free) >= limit:
            break
    return free[:limit]


def known_content_ids(tenant: str, content_hash: str) -> list[int]:
    """Return the ids of contents with this hash, by either formula."""
    rows = fetch_rows(
        "SELECT content_id FROM registry_content WHERE tenant_id = %s AND content_hash = %s "
        "UNION SELECT content_id FROM registry_content WHERE tenant_id = %s AND other_hash = %s",
        tenant,
        content_hash,
        tenant,
        content_hash,
    )
    return [content_id for (content_id,) in rows]
