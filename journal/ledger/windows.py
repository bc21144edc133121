"""A stretch of the ledger at a time, however long it is: by row id, newest first, folded if asked.

Ids grow as rows are applied and nothing is ever put between two, so windows meet at their edges.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from django.db import connection

from journal.ledger import operations
from journal.ledger.filters import LedgerFilter, matching_rows
from journal.ledger.operations import REACH, RowLink
from journal.ledger.rows import ledger_id_range
from journal.models import LedgerRow
from journal.wire.messages import Action, MessageType

#: Rows that are looked through at once where no index leads to those that are asked for.
SCAN_LIMIT = 50_000
_COUNTED = 2 * SCAN_LIMIT
#: Three of four records of an upload fold into its last.
_FOLDED = 4
#: The longest way: from a draw to its version, to the group, to other versions, to what they say.
_ROUNDS = 4


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """A line of the list: a record, or with more than one an operation whose last is `row`.

    `members` are the ids of its other records, `troubles` their reasons and remarks.
    """

    row: LedgerRow
    members: tuple[int, ...] = ()
    words: str = ""
    troubles: tuple[str, ...] = ()

    @property
    def count(self) -> int:
        return 1 + len(self.members)


@dataclass(frozen=True, slots=True)
class Window:
    """All that matches from the row `newest` down to `oldest`, both included.

    `records` is how many rows that are, folded ones included. `newer` and `older` tell whether
    the ledger goes on there; `first` and `last` are its ends.
    """

    entries: tuple[LedgerEntry, ...]
    records: int
    newest: int
    oldest: int
    newer: bool
    older: bool
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class WindowStart:
    """Ids below `before`, above `after`, or from `at` down; else the newest."""

    before: int | None = None
    after: int | None = None
    at: int | None = None


def load_window(
    where: LedgerFilter,
    place: WindowStart,
    limit: int,
    *,
    is_folded: bool,
    until: int | None = None,
) -> Window:
    """About `limit` lines; fewer where rows are looked through one by one and few of them match.

    Nothing beyond the row `until`.
    """
    first, newest_of_all = ledger_id_range()
    last = newest_of_all if until is None else until
    rows, newest, oldest = _stretch(where, place, (first, last), _take(where, limit, is_folded))
    entries = fold_rows(where, rows) if is_folded else tuple(LedgerEntry(row) for row in rows)
    return Window(entries, len(rows), newest, oldest, newest < last, oldest > first, first, last)


@dataclass(frozen=True, slots=True)
class MatchCount:
    """`records` match among the newest `looked_at` of `total`; exactly as many."""

    records: int
    looked_at: int
    total: int

    @property
    def is_whole(self) -> bool:
        return self.looked_at == self.total


def count_matches(where: LedgerFilter) -> MatchCount:
    """Of all rows where an index helps, else of the newest that are quickly looked through."""
    total = LedgerRow.objects.count()
    if where.is_empty:
        return MatchCount(total, total, total)
    rows = matching_rows(where)
    if not where.is_scan or total <= _COUNTED:
        return MatchCount(rows.count(), total, total)
    edge = LedgerRow.objects.order_by("-id").values_list("id", flat=True)[_COUNTED - 1]
    return MatchCount(rows.filter(id__gte=edge).count(), _COUNTED, total)


@dataclass(frozen=True, slots=True)
class NewRows:
    """What came after a row: how many records match, and the newest of them or all."""

    records: int
    window: Window


def load_new_rows(where: LedgerFilter, since: int, limit: int, *, is_folded: bool) -> NewRows:
    """All of it, unless it is more than `limit` lines could tell; then its end."""
    _, last = ledger_id_range()
    # Rows come meanwhile: both questions are about those that are there now.
    records = matching_rows(where).filter(id__gt=since, id__lte=last).count()
    most = _take(where, limit, is_folded)
    place = WindowStart(after=since) if records <= most else WindowStart()
    found = load_window(where, place, limit, is_folded=is_folded, until=last)
    return NewRows(records, found)


def row_id_at(partition: int, offset: int) -> int | None:
    """The newest row of a partition that is not beyond an offset."""
    rows = LedgerRow.objects.filter(partition=partition, offset__lte=offset)
    return rows.order_by("-offset").values_list("id", flat=True).first()


def row_id_at_time(moment: int) -> int | None:
    """The last row of that time, epoch ms, or before; one of them where times go to and fro."""
    low, high = ledger_id_range()
    found = None
    while low <= high:
        middle = (low + high) // 2
        row = LedgerRow.objects.filter(id__lte=middle).order_by("-id").first()
        if row is None or row.timestamp > moment:
            high = middle - 1 if row is None else row.id - 1
        else:
            found, low = row.id, middle + 1
    return found


def _take(where: LedgerFilter, limit: int, is_folded: bool) -> int:
    return limit * _FOLDED if is_folded and where.is_empty else limit


def _stretch(
    where: LedgerFilter, place: WindowStart, ends: tuple[int, int], take: int
) -> tuple[list[LedgerRow], int, int]:
    """Rows, newest first, and the ids between which there are no others that match."""
    first, last = ends
    rows = matching_rows(where)
    if place.after is not None:
        end = min(last, place.after + SCAN_LIMIT) if where.is_scan else last
        found = list(rows.filter(id__gt=place.after, id__lte=end).order_by("id")[:take])[::-1]
        return found, found[0].id if len(found) == take else end, place.after + 1
    top = min(last, _top(place, last))
    end = max(first, top - SCAN_LIMIT + 1) if where.is_scan else first
    found = list(rows.filter(id__gte=end, id__lte=top).order_by("-id")[:take])
    return found, top, found[-1].id if len(found) == take else end


def _top(place: WindowStart, last: int) -> int:
    if place.before is not None:
        return place.before - 1
    return last if place.at is None else place.at


def fold_rows(where: LedgerFilter, rows: Sequence[LedgerRow]) -> tuple[LedgerEntry, ...]:
    """Without the records whose operation stands for them, be it in another window."""
    links = load_links(rows)
    heads = operations.find_heads(links.values())
    shown = _shown_heads(where, rows, heads)
    members: dict[int, list[int]] = {}
    for member, head in heads.items():
        members.setdefault(head, []).append(member)
    told = _troubles(members, rows)
    entries = []
    for row in rows:
        if heads.get(row.id) in shown:
            continue
        parts = tuple(sorted(members.get(row.id, ())))
        troubles = tuple(told[part] for part in parts if part in told)
        entries.append(
            LedgerEntry(row, parts, operations.describe_operation(row) if parts else "", troubles)
        )
    return tuple(entries)


def _shown_heads(where: LedgerFilter, rows: Sequence[LedgerRow], heads: dict[int, int]) -> set[int]:
    """Those that match themselves: only these stand for their records."""
    found = {heads[row.id] for row in rows if row.id in heads}
    if where.is_empty:
        return found
    return set(matching_rows(where).filter(id__in=found).values_list("id", flat=True))


def _troubles(members: dict[int, list[int]], rows: Sequence[LedgerRow]) -> dict[int, str]:
    folded_ids = [part for row in rows for part in members.get(row.id, [])]
    found = LedgerRow.objects.filter(id__in=folded_ids).exclude(reason="", remark="")
    return {
        row_id: f"{summary}: {'; '.join(each for each in (reason, remark) if each)}"
        for row_id, summary, reason, remark in found.values_list(
            "id", "summary", "reason", "remark"
        )
    }


def operation_rows(head: int) -> list[LedgerRow]:
    """The records of the operation whose last record this is, oldest first; that one if alone."""
    rows = list(LedgerRow.objects.filter(id=head))
    heads = operations.find_heads(load_links(rows).values())
    ids = [head, *(member for member, of in heads.items() if of == head)]
    return list(LedgerRow.objects.filter(id__in=ids).order_by("id"))


def load_links(rows: Sequence[LedgerRow]) -> dict[int, RowLink]:
    """Of the rows near these whatever may be told by the same ids, by id."""
    links = {row.id: RowLink(*(getattr(row, name) for name in RowLink._fields)) for row in rows}
    near = _near(row.id for row in rows if row.type in operations.TYPES)
    asked = _Keys()
    fresh = list(links.values())
    for _ in range(_ROUNDS if near else 0):
        keys = _keys(fresh).without(asked)
        if keys.are_none:
            break
        asked.add(keys)
        found = _read(near, keys)
        fresh = [link for row_id, link in found.items() if row_id not in links]
        links |= found
    return links


def _near(ids: Iterable[int]) -> list[tuple[int, int]]:
    """Within twice the reach, as few stretches."""
    stretches: list[tuple[int, int]] = []
    for each in sorted(ids):
        start, end = each - 2 * REACH, each + 2 * REACH
        if stretches and start <= stretches[-1][1]:
            stretches[-1] = (stretches[-1][0], end)
        else:
            stretches.append((start, end))
    return stretches


@dataclass(slots=True)
class _Keys:
    """What records of one operation share."""

    numbers: set[int] = field(default_factory=set)
    #: Of new artifacts: who said these groups?
    groups: set[str] = field(default_factory=set)
    #: Of new groups: which artifacts came with them?
    made: set[str] = field(default_factory=set)
    reqs: set[str] = field(default_factory=set)
    kinds: set[int] = field(default_factory=set)

    @property
    def are_none(self) -> bool:
        return not any(getattr(self, name) for name in self.__slots__)

    def without(self, other: "_Keys") -> "_Keys":
        return _Keys(*(getattr(self, name) - getattr(other, name) for name in self.__slots__))

    def add(self, other: "_Keys") -> None:
        for name in self.__slots__:
            getattr(self, name).update(getattr(other, name))


def _keys(links: Iterable[RowLink]) -> _Keys:
    keys = _Keys()
    for link in links:
        if link.type not in operations.TYPES:
            continue
        for number in (link.result, link.content_id, link.global_id):
            if number is not None:
                keys.numbers.add(number)
        if link.group_id is not None and link.action == Action.CREATE:
            place = keys.made if link.type == MessageType.GROUP else keys.groups
            place.add(link.group_id)
        if link.req is not None:
            keys.reqs.add(link.req)
        if link.type in operations.COMMENTS:
            keys.kinds |= set(operations.COMMENTS)
    return keys


def _read(near: Sequence[tuple[int, int]], keys: _Keys) -> dict[int, RowLink]:
    """Stretch by stretch by the primary key: a planner would take another way for so many."""
    stretches = ", ".join(["(%s, %s)"] * len(near))
    sought: list[tuple[str, set[Any]]] = [
        ("l.result", keys.numbers),
        ("l.content_id", keys.numbers),
        ("l.global_id", keys.numbers),
        ("l.req", keys.reqs),
        ("l.type", keys.kinds),
        (f"l.type = {MessageType.GROUP:d} AND l.group_id", keys.groups),
        (f"l.type = {MessageType.ARTIFACT:d} AND l.group_id", keys.made),
    ]
    is_there = "l.error = %s"
    told = [(f"{name} IN ({', '.join(['%s'] * len(held))})", held) for name, held in sought if held]
    columns = ", ".join(f"l.{name}" for name in RowLink._fields)
    sql = (
        f"SELECT {columns} FROM (VALUES {stretches}) near "
        "JOIN journal_ledgerrow l ON l.id BETWEEN near.column1 AND near.column2 "
        f"WHERE {' OR '.join([is_there, *(condition for condition, _ in told)])}"
    )
    held = chain.from_iterable(held for _, held in told)
    params = [*chain.from_iterable(near), operations.CONTENT_IS_THERE, *held]
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return {row[0]: RowLink(*row) for row in cursor.fetchall()}
