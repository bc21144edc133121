"""Chooses the rows to search: the index, the registry's tables, or both if the index is behind.

The index and the few artifacts that changed since are two sources with the same conditions. Each
gives its page in order, and both are merged; a single statement would have to sort all rows.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from journal.projection.rows import normalize_group
from journal.search.indexer import (
    INDEX_VERSION,
    NAMING_TYPES,
    SWEEPING_TYPES,
    TITLE,
    placeholders,
)
from registry.connections import is_reading_snapshot
from registry.models import DEFAULT_GROUP, DEFAULT_TENANT
from registry.queries.sql import fetch_number, fetch_row, fetch_rows

#: Artifacts that changed since they were indexed are read one by one, up to this number.
_MAX_CHANGED = 200
_FROM_LATEST = (
    "FROM registry_artifact a JOIN registry_version v "
    "ON v.tenant_id = a.tenant_id AND v.global_id = a.latest "
    f"WHERE a.tenant_id = '{DEFAULT_TENANT}'"
)
_GROUP = f"CASE a.group_id WHEN '{DEFAULT_GROUP}' THEN 'default' ELSE a.group_id END"
#: The columns of journal_searchrow. `head` is that of journal.search.text, without the foldings
#: that only Python knows.
_LIVE = (
    f"SELECT a.id, a.group_id, a.artifact_id, {TITLE} AS title, a.type, "
    "v.state, a.created_by AS owner, a.created_on, v.created_on AS modified_on, v.id AS version, "
    "LOWER('\n' || COALESCE(v.name, '') || '\n' || a.artifact_id || '\n' || "
    f"{_GROUP} || '\n' || COALESCE(v.labels, '') || '\n' || COALESCE(v.description, '') || '\n') "
    f"AS head {_FROM_LATEST}"
)
_CHANGED_IDS = (
    "SELECT a.id FROM journal_ledgerrow l JOIN registry_artifact a "
    f"ON a.tenant_id = '{DEFAULT_TENANT}' AND a.artifact_id = l.artifact_id AND a.group_id = "
    f"CASE WHEN l.group_id IS NULL OR l.group_id = 'default' THEN '{DEFAULT_GROUP}' "
    f"ELSE l.group_id END WHERE l.id > %s AND l.type IN ({NAMING_TYPES})"
)
_CHANGES = (
    "SELECT DISTINCT group_id, artifact_id FROM journal_ledgerrow "
    f"WHERE id > %s AND type IN ({NAMING_TYPES}, {SWEEPING_TYPES}) LIMIT {_MAX_CHANGED + 1}"
)


@dataclass(frozen=True, slots=True)
class Condition:
    """SQL on a row `s`; empty for every row."""

    sql: str
    params: tuple[object, ...] = ()


@dataclass(frozen=True, slots=True)
class RowSource:
    """The rows of `table`, as `s`, under the conditions `only`.

    `fresh` selects rows with an up-to-date index of their content, None if no content is indexed.
    `stale` is an upper bound of the rows with an outdated one, None if unknown.
    """

    table: str
    params: tuple[object, ...] = ()
    only: tuple[Condition, ...] = ()
    fresh: Condition | None = None
    stale: int | None = None


@dataclass(frozen=True, slots=True)
class RowSources:
    """Sources covering every artifact with a latest version exactly once.

    `unsearched` is the number of artifacts whose content is not searched.
    """

    sources: tuple[RowSource, ...]
    unsearched: int = 0


_INDEXED = RowSource("journal_searchrow", fresh=Condition(""), stale=0)


def choose_sources() -> RowSources:
    """Choose the sources; call it in the transaction of the search."""
    position = None
    # A snapshot's tables are made by a replay alone, without an index of contents.
    if not is_reading_snapshot():
        position = fetch_row(
            "SELECT mark, scanned FROM journal_searchposition WHERE id = 1 AND version = %s",
            INDEX_VERSION,
        )
    if position is None:
        unsearched = fetch_number(f"SELECT COUNT(*) {_FROM_LATEST}")
        return RowSources((RowSource(f"({_LIVE})"),), unsearched)
    mark, scanned = position
    if scanned is not None:
        return _live_source(
            Condition(f"s.id <= %s AND s.id NOT IN ({_CHANGED_IDS})", (scanned, mark))
        )
    changes = fetch_rows(_CHANGES, mark)
    if len(changes) > _MAX_CHANGED or any(artifact_id is None for _, artifact_id in changes):
        return _live_source(Condition(f"s.id NOT IN ({_CHANGED_IDS})", (mark,)))
    if changes:
        return _mixed_sources([(normalize_group(group), artifact) for group, artifact in changes])
    return RowSources((_INDEXED,))


def _live_source(fresh: Condition) -> RowSources:
    """Return the registry's own tables: exact, and slower than the index."""
    table = f"({_LIVE})"
    unsearched = f"SELECT COUNT(*) FROM {table} s WHERE NOT ({fresh.sql})"
    source = RowSource(table, fresh=fresh)
    return RowSources((source,), fetch_number(unsearched, fresh.params))


def _mixed_sources(changed: Sequence[tuple[str, str]]) -> RowSources:
    """Return the indexed rows, with some artifacts read from the registry's own tables instead."""
    params = [part for pair in changed for part in pair]
    # Each pair is looked up: for a list of pairs, SQLite would scan the whole table.
    sql = (
        "SELECT r.id FROM (VALUES {}) AS p CROSS JOIN {} r "
        "WHERE r.group_id = p.column1 AND r.artifact_id = p.column2{}"
    )
    pairs = ", ".join(["(%s, %s)"] * len(changed))
    in_tenant = f" AND r.tenant_id = '{DEFAULT_TENANT}'"
    indexed = fetch_rows(sql.format(pairs, "journal_searchrow", ""), *params)
    live = fetch_rows(sql.format(pairs, "registry_artifact", in_tenant), *params)
    ids = sorted({row[0] for row in (*indexed, *live)})
    if not ids:
        return RowSources((_INDEXED,))
    in_ids = f"IN ({placeholders(ids)})"
    others = Condition(f"s.id NOT {in_ids}", tuple(ids))
    # Concatenated so that the planner takes the row ids' index and not the tenant's.
    table = f"({_LIVE} AND a.id {in_ids})".replace("a.tenant_id =", "a.tenant_id || '' =")
    return RowSources(
        (replace(_INDEXED, only=(others,), stale=len(ids)), RowSource(table, tuple(ids))),
        fetch_number(f"SELECT COUNT(*) {_FROM_LATEST} AND a.id {in_ids}", ids),
    )
