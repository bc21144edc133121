"""How far what is kept to search by has come, and of which rows a list is therefore made."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from journal.search.indexer import INDEX_VERSION, NAMING, SWEEPING, placeholders, stored_group
from registry.connections import is_reading_snapshot
from registry.models import DEFAULT_GROUP, DEFAULT_TENANT
from registry.queries.sql import fetch_number, fetch_row, fetch_rows

#: So many artifacts beyond what is kept are looked up one by one.
_FEW = 200
_LISTED = (
    "FROM registry_artifact a JOIN registry_version v "
    "ON v.tenant_id = a.tenant_id AND v.global_id = a.latest "
    f"WHERE a.tenant_id = '{DEFAULT_TENANT}'"
)
_GROUP = f"CASE a.group_id WHEN '{DEFAULT_GROUP}' THEN 'default' ELSE a.group_id END"
#: As journal.search.text has it, but for the letters that only Python folds.
_LIVE = (
    "SELECT a.id, a.group_id, a.artifact_id, COALESCE(v.name, a.artifact_id) AS title, a.type, "
    "v.state, a.created_by AS owner, a.created_on, v.created_on AS modified_on, v.id AS version, "
    "LOWER('\n' || COALESCE(v.name, '') || '\n' || a.artifact_id || '\n' || "
    f"{_GROUP} || '\n' || COALESCE(v.labels, '') || '\n' || COALESCE(v.description, '') || '\n') "
    f"AS head {_LISTED}"
)
_LATER = (
    "SELECT a.id FROM journal_ledgerrow l JOIN registry_artifact a "
    f"ON a.tenant_id = '{DEFAULT_TENANT}' AND a.artifact_id = l.artifact_id AND a.group_id = "
    f"CASE WHEN l.group_id IS NULL OR l.group_id = 'default' THEN '{DEFAULT_GROUP}' "
    f"ELSE l.group_id END WHERE l.id > %s AND l.type IN ({NAMING})"
)
_SINCE = (
    "SELECT DISTINCT type, group_id, artifact_id FROM journal_ledgerrow "
    f"WHERE id > %s AND type IN ({NAMING}, {SWEEPING}) LIMIT {_FEW + 1}"
)


@dataclass(frozen=True, slots=True)
class Condition:
    """SQL on a row `s`; empty for every row."""

    sql: str
    params: tuple[object, ...] = ()


@dataclass(frozen=True, slots=True)
class RowSource:
    """Rows of `table`, as `s`, that meet `only`.

    `believed` tells of which of them the contents' words are kept, and is None where of none;
    `doubted` is of how many row ids they are kept but not believed, at most, if that is known.
    """

    table: str
    params: tuple[object, ...] = ()
    only: tuple[Condition, ...] = ()
    believed: Condition | None = None
    doubted: int | None = None


@dataclass(frozen=True, slots=True)
class RowSources:
    """`sources` together have each artifact that has a latest version, once."""

    sources: tuple[RowSource, ...]
    #: Artifacts whose content is not searched.
    unsearched: int = 0


_ALL = Condition("")
_KEPT = RowSource("journal_searchrow", believed=_ALL, doubted=0)


def choose_sources() -> RowSources:
    """Call it within a `snapshot()`, together with what reads the table."""
    position = None if is_reading_snapshot() else _position()
    if position is None:
        return RowSources((RowSource(f"({_LIVE})"),), fetch_number(f"SELECT COUNT(*) {_LISTED}"))
    mark, scanned = position
    later = fetch_rows(_SINCE, mark) if scanned is None else []
    if scanned is not None or len(later) > _FEW or any(_is_sweeping(*each) for each in later):
        return _of_all(mark, scanned)
    if later:
        return _with_few([(stored_group(group), artifact) for _, group, artifact in later])
    return RowSources((_KEPT,))


def _position() -> tuple[int, int | None] | None:
    found = fetch_row(
        "SELECT mark, scanned FROM journal_searchposition WHERE id = 1 AND version = %s",
        INDEX_VERSION,
    )
    return None if found is None else (found[0], found[1])


def _is_sweeping(kind: int, group: str | None, artifact: str | None) -> bool:
    return artifact is None


def _of_all(mark: int, scanned: int | None) -> RowSources:
    """Of the registry's own tables, one by one: exact, and slower."""
    believed = Condition(f"s.id NOT IN ({_LATER})", (mark,))
    if scanned is not None:
        believed = Condition(f"s.id <= %s AND {believed.sql}", (scanned, mark))
    table = f"({_LIVE})"
    unsearched = f"SELECT COUNT(*) FROM {table} s WHERE NOT ({believed.sql})"
    source = RowSource(table, believed=believed)
    return RowSources((source,), fetch_number(unsearched, believed.params))


def _with_few(places: Sequence[tuple[str, str]]) -> RowSources:
    """What is kept, but for some, which are read from the registry's own tables."""
    params = [part for place in places for part in place]
    # Each place is looked up: of a list of pairs, SQLite would look through the whole table.
    found = (
        "SELECT r.id FROM (VALUES {}) AS p CROSS JOIN {} r "
        "WHERE r.group_id = p.column1 AND r.artifact_id = p.column2{}"
    )
    listed = ", ".join(["(%s, %s)"] * len(places))
    of_tenant = f" AND r.tenant_id = '{DEFAULT_TENANT}'"
    kept = fetch_rows(found.format(listed, "journal_searchrow", ""), *params)
    live = fetch_rows(found.format(listed, "registry_artifact", of_tenant), *params)
    ids = sorted({each[0] for each in (*kept, *live)})
    if not ids:
        return RowSources((_KEPT,))
    some = f"IN ({placeholders(ids)})"
    others = Condition(f"s.id NOT {some}", tuple(ids))
    # Not by the tenant's index: row ids are always given.
    table = f"({_LIVE} AND a.id {some})".replace("a.tenant_id =", "a.tenant_id || '' =")
    return RowSources(
        (replace(_KEPT, only=(others,), doubted=len(ids)), RowSource(table, tuple(ids))),
        fetch_number(f"SELECT COUNT(*) {_LISTED} AND a.id {some}", ids),
    )
