"""How far what is kept to search by has come, and of which rows a list is therefore made."""

from collections.abc import Sequence
from dataclasses import dataclass

from journal.search.indexing import INDEX_VERSION, NAMING, SWEEPING, marks, stored
from registry.models import DEFAULT_GROUP, DEFAULT_TENANT
from registry.queries.rows import number, row, rows
from registry.reading import reads_snapshot

#: So many artifacts beyond what is kept are looked up one by one.
_FEW = 200
_LISTED = (
    "FROM registry_artifact a JOIN registry_version v "
    "ON v.tenant_id = a.tenant_id AND v.global_id = a.latest "
    f"WHERE a.tenant_id = '{DEFAULT_TENANT}'"
)
_GROUP = f"CASE a.group_id WHEN '{DEFAULT_GROUP}' THEN 'default' ELSE a.group_id END"
_COLUMNS = (
    "id, group_id, artifact_id, title, type, state, owner, created_on, modified_on, version, head"
)
#: As journal.search.texts has it, but for the letters that only Python folds.
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
_Condition = tuple[str, tuple[object, ...]]


@dataclass(frozen=True, slots=True)
class Listing:
    """`table` stands for all artifacts with a latest version; `believed` tells of whose row ids
    `s.id` the content's words are kept, and is None where of none."""

    table: str
    params: tuple[object, ...]
    believed: _Condition | None
    #: Artifacts whose content is not searched.
    unsearched: int


def listing() -> Listing:
    """Call it within a `snapshot()`, together with what reads the table."""
    position = None if reads_snapshot() else _position()
    if position is None:
        return Listing(f"({_LIVE})", (), None, number(f"SELECT COUNT(*) {_LISTED}"))
    mark, scanned = position
    later = rows(_SINCE, mark) if scanned is None else []
    if scanned is not None or len(later) > _FEW or any(_is_sweeping(*each) for each in later):
        return _of_all(mark, scanned)
    if later:
        return _with_few([(stored(group), artifact) for _, group, artifact in later])
    return Listing("journal_searchrow", (), ("", ()), 0)


def _position() -> tuple[int, int | None] | None:
    found = row(
        "SELECT mark, scanned FROM journal_searchposition WHERE id = 1 AND version = %s",
        INDEX_VERSION,
    )
    return None if found is None else (found[0], found[1])


def _is_sweeping(kind: int, group: str | None, artifact: str | None) -> bool:
    return artifact is None


def _of_all(mark: int, scanned: int | None) -> Listing:
    """Of the registry's own tables, one by one: exact, and slower."""
    believed, params = f"s.id NOT IN ({_LATER})", [mark]
    if scanned is not None:
        believed, params = f"s.id <= %s AND {believed}", [scanned, mark]
    table = f"({_LIVE})"
    unsearched = number(f"SELECT COUNT(*) FROM {table} s WHERE NOT ({believed})", params)
    return Listing(table, (), (believed, tuple(params)), unsearched)


def _with_few(places: Sequence[tuple[str, str]]) -> Listing:
    """What is kept, but for some, which are read from the registry's own tables."""
    listed = ", ".join(["(%s, %s)"] * len(places))
    which = f"(group_id, artifact_id) IN (VALUES {listed})"
    params = [part for place in places for part in place]
    live = f"SELECT id FROM registry_artifact WHERE tenant_id = '{DEFAULT_TENANT}' AND {which}"
    ids = sorted(
        {found[0] for found in rows(f"SELECT id FROM journal_searchrow WHERE {which}", *params)}
        | {found[0] for found in rows(live, *params)}
    )
    if not ids:
        return Listing("journal_searchrow", (), ("", ()), 0)
    some = f"IN ({marks(ids)})"
    table = (
        f"(SELECT {_COLUMNS} FROM journal_searchrow WHERE id NOT {some} "
        f"UNION ALL {_LIVE} AND a.id {some})"
    ).replace("a.tenant_id =", "a.tenant_id || '' =")
    unsearched = number(f"SELECT COUNT(*) {_LISTED} AND a.id {some}", ids)
    return Listing(table, (*ids, *ids), (f"s.id NOT {some}", tuple(ids)), unsearched)
