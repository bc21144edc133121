"""Reads the ledger in windows: by row id, newest first, folded into operations on request.

Ids grow with application and no row is inserted between others, so windows meet at their edges.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from django.db import connection

from journal.ledger import operations
from journal.ledger.filters import LedgerFilter, matching_rows
from journal.ledger.operations import REACH, RowLink
from journal.ledger.rows import ledger_id_range
from journal.models import LedgerRow
from journal.projection.remarks import decode_remarks, to_words
from journal.wire.messages import Action, MessageType

#: Rows that are scanned at once where no index leads to those that match. An index of the texts
#: would be written with every record, or lag behind.
SCAN_LIMIT = 50_000
_COUNT_LIMIT = 2 * SCAN_LIMIT
#: Rows of a folded line: an upload has about four records.
_ROWS_PER_LINE = 4
#: The longest chain of joins: id record, version, group, other versions, their records.
_MAX_ROUNDS = 4


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """A line of the list: a record, or an operation with the last of its records as `row`.

    `members` are the ids of its other records, `troubles` their reasons and remarks.
    """

    row: LedgerRow
    members: tuple[int, ...] = ()
    description: str = ""
    troubles: tuple[str, ...] = ()

    @property
    def count(self) -> int:
        return 1 + len(self.members)


@dataclass(frozen=True, slots=True)
class Window:
    """All matching rows from the id `newest` down to `oldest`, both included.

    `records` counts them, folded ones included. `newer` and `older` are true if the ledger has
    rows beyond; `first` and `last` are its ends.
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
    """Row ids below `before`, above `after`, or from `at` down; without any, the newest."""

    before: int | None = None
    after: int | None = None
    at: int | None = None


def load_window(
    where: LedgerFilter,
    start: WindowStart,
    limit: int,
    *,
    is_folded: bool,
    until: int | None = None,
) -> Window:
    """Load about `limit` lines, none beyond the row `until`.

    They are fewer where rows are scanned and few of them match.
    """
    first, last = ledger_id_range()
    last = last if until is None else until
    row_limit = _row_limit(where, limit, is_folded)
    rows = matching_rows(where)
    if start.after is not None:
        oldest = start.after + 1
        end = min(last, start.after + SCAN_LIMIT) if where.needs_scan else last
        ascending = rows.filter(id__gt=start.after, id__lte=end).order_by("id")
        matches = list(ascending[:row_limit])[::-1]
        newest = matches[0].id if len(matches) == row_limit else end
    else:
        newest = last if start.at is None else min(last, start.at)
        if start.before is not None:
            newest = min(last, start.before - 1)
        end = max(first, newest - SCAN_LIMIT + 1) if where.needs_scan else first
        matches = list(rows.filter(id__gte=end, id__lte=newest).order_by("-id")[:row_limit])
        oldest = matches[-1].id if len(matches) == row_limit else end
    entries = fold_rows(where, matches) if is_folded else tuple(LedgerEntry(row) for row in matches)
    return Window(entries, len(matches), newest, oldest, newest < last, oldest > first, first, last)


@dataclass(frozen=True, slots=True)
class MatchCount:
    """`records` of the newest `examined` rows match, of `total` in the ledger."""

    records: int
    examined: int
    total: int

    @property
    def is_whole(self) -> bool:
        return self.examined == self.total


def count_matches(where: LedgerFilter) -> MatchCount:
    """Count all matching rows if an index helps, else the ones among the newest 100,000."""
    total = LedgerRow.objects.count()
    if where.is_empty:
        return MatchCount(total, total, total)
    rows = matching_rows(where)
    if not where.needs_scan or total <= _COUNT_LIMIT:
        return MatchCount(rows.count(), total, total)
    oldest = LedgerRow.objects.order_by("-id").values_list("id", flat=True)[_COUNT_LIMIT - 1]
    return MatchCount(rows.filter(id__gte=oldest).count(), _COUNT_LIMIT, total)


@dataclass(frozen=True, slots=True)
class NewRows:
    """The number of matching rows after a row, and a window of all or the newest of them."""

    records: int
    window: Window


def load_new_rows(where: LedgerFilter, since: int, limit: int, *, is_folded: bool) -> NewRows:
    """Load the rows after `since`, or the newest of them if there are more than `limit` lines."""
    # Rows are added meanwhile: both queries are about those that exist now.
    _, last = ledger_id_range()
    records = matching_rows(where).filter(id__gt=since, id__lte=last).count()
    fits = records <= _row_limit(where, limit, is_folded)
    start = WindowStart(after=since) if fits else WindowStart()
    return NewRows(records, load_window(where, start, limit, is_folded=is_folded, until=last))


def _row_limit(where: LedgerFilter, limit: int, is_folded: bool) -> int:
    return limit * _ROWS_PER_LINE if is_folded and where.is_empty else limit


def row_id_at(partition: int, offset: int) -> int | None:
    """Return the newest row of a partition up to an offset."""
    rows = LedgerRow.objects.filter(partition=partition, offset__lte=offset)
    return rows.order_by("-offset").values_list("id", flat=True).first()


def row_id_at_time(moment: int) -> int | None:
    """Return the last row up to a time in epoch ms; one of several if times are out of order."""
    low, high = ledger_id_range()
    last = None
    while low <= high:
        middle = (low + high) // 2
        row = LedgerRow.objects.filter(id__lte=middle).order_by("-id").first()
        if row is None or row.timestamp > moment:
            high = middle - 1 if row is None else row.id - 1
        else:
            last, low = row.id, middle + 1
    return last


def fold_rows(where: LedgerFilter, rows: Sequence[LedgerRow]) -> tuple[LedgerEntry, ...]:
    """Return entries of rows, newest first, folded rows left out.

    A folded row is represented by the last row of its operation, which may be in another window.
    """
    heads = operations.find_heads(load_links(rows).values())
    # Only rows that match themselves represent their operation.
    shown_heads = {heads[row.id] for row in rows if row.id in heads}
    if not where.is_empty:
        shown = matching_rows(where).filter(id__in=shown_heads)
        shown_heads = set(shown.values_list("id", flat=True))
    members: dict[int, list[int]] = {}
    for member, head in heads.items():
        members.setdefault(head, []).append(member)
    folded_ids = [member for row in rows for member in members.get(row.id, [])]
    troubled = LedgerRow.objects.filter(id__in=folded_ids).exclude(reason="", remark="")
    troubles = {
        row_id: f"{summary}: {'; '.join(filter(None, (reason, to_words(decode_remarks(remark)))))}"
        for row_id, summary, reason, remark in troubled.values_list(
            "id", "summary", "reason", "remark"
        )
    }
    entries = []
    for row in rows:
        if heads.get(row.id) in shown_heads:
            continue
        parts = tuple(sorted(members.get(row.id, ())))
        entries.append(
            LedgerEntry(
                row,
                parts,
                operations.describe_operation(row) if parts else "",
                tuple(troubles[part] for part in parts if part in troubles),
            )
        )
    return tuple(entries)


def operation_rows(head: int) -> list[LedgerRow]:
    """Return the rows of the operation with the last row `head`, oldest first."""
    rows = list(LedgerRow.objects.filter(id=head))
    heads = operations.find_heads(load_links(rows).values())
    ids = [head, *(member for member, of in heads.items() if of == head)]
    return list(LedgerRow.objects.filter(id__in=ids).order_by("id"))


def load_links(rows: Sequence[LedgerRow]) -> dict[int, RowLink]:
    """Load, by row id, these rows and nearby candidates for the same operations."""
    links = {row.id: RowLink(*(getattr(row, name) for name in RowLink._fields)) for row in rows}
    # Row ids within twice the reach, merged into as few ranges as possible.
    ranges: list[tuple[int, int]] = []
    for row_id in sorted(row.id for row in rows if row.type in operations.TYPES):
        start, end = row_id - 2 * REACH, row_id + 2 * REACH
        if ranges and start <= ranges[-1][1]:
            ranges[-1] = (ranges[-1][0], end)
        else:
            ranges.append((start, end))
    queried = _JoinKeys()
    new_links = list(links.values())
    for _ in range(_MAX_ROUNDS if ranges else 0):
        keys = _JoinKeys()
        for link in new_links:
            keys.add(link)
        keys = keys.difference(queried)
        if keys.are_none:
            break
        queried.update(keys)
        loaded = _load_links(ranges, keys)
        new_links = [link for row_id, link in loaded.items() if row_id not in links]
        links |= loaded
    return links


@dataclass(slots=True)
class _JoinKeys:
    """Values shared by records of one operation."""

    ids: set[int] = field(default_factory=set)
    #: Of new artifacts, whose group's record is queried.
    groups_of_artifacts: set[str] = field(default_factory=set)
    #: Of new groups, whose artifacts' records are queried.
    new_groups: set[str] = field(default_factory=set)
    reqs: set[str] = field(default_factory=set)

    @property
    def are_none(self) -> bool:
        return not any(getattr(self, name) for name in self.__slots__)

    def add(self, link: RowLink) -> None:
        if link.type not in operations.TYPES:
            return
        ids = (link.result, link.content_id, link.global_id)
        self.ids.update(number for number in ids if number is not None)
        if link.group_id is not None and link.action == Action.CREATE:
            is_group = link.type == MessageType.GROUP
            (self.new_groups if is_group else self.groups_of_artifacts).add(link.group_id)
        if link.req is not None:
            self.reqs.add(link.req)

    def difference(self, other: "_JoinKeys") -> "_JoinKeys":
        return _JoinKeys(*(getattr(self, name) - getattr(other, name) for name in self.__slots__))

    def update(self, other: "_JoinKeys") -> None:
        for name in self.__slots__:
            getattr(self, name).update(getattr(other, name))


def _load_links(ranges: Sequence[tuple[int, int]], keys: _JoinKeys) -> dict[int, RowLink]:
    # Joined range by range, so that the primary key is used: with one condition for all of them a
    # planner chooses another way.
    marks = ", ".join(["(%s, %s)"] * len(ranges))
    values_by_expression: list[tuple[str, set[Any]]] = [
        ("l.result", keys.ids),
        ("l.content_id", keys.ids),
        ("l.global_id", keys.ids),
        ("l.req", keys.reqs),
        (f"l.type = {MessageType.GROUP:d} AND l.group_id", keys.groups_of_artifacts),
        (f"l.type = {MessageType.ARTIFACT:d} AND l.group_id", keys.new_groups),
    ]
    conditions = ["l.error = %s"]
    params: list[Any] = [*chain.from_iterable(ranges), operations.DUPLICATE_CONTENT]
    for expression, values in values_by_expression:
        if values:
            conditions.append(f"{expression} IN ({', '.join(['%s'] * len(values))})")
            params += values
    columns = ", ".join(f"l.{name}" for name in RowLink._fields)
    sql = (
        f"SELECT {columns} FROM (VALUES {marks}) near "
        "JOIN journal_ledgerrow l ON l.id BETWEEN near.column1 AND near.column2 "
        f"WHERE {' OR '.join(conditions)}"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return {row[0]: RowLink(*row) for row in cursor.fetchall()}
