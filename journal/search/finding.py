"""Artifacts found by words, ids and filters, in an order: what the list of artifacts shows."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import orjson

from journal.search.shown import Listed, shown
from journal.search.sought import MOST_COUNTED, Condition, Sort, Sought, conditions_of
from journal.search.standing import Listing, listing
from journal.search.texts import Term, terms_of
from registry.queries.rows import bytewise, contains, is_postgresql, number, rows, snapshot

#: From so many on an index tells the order sooner than sorting does.
_MANY = 20_000
#: Of more hits than are counted, those that come first by what they are called.
_BEST = 200


@dataclass(frozen=True, slots=True)
class Found:
    """`count` hits, or more than that if `is_more`; `unsearched` contents were not looked into."""

    items: tuple[Listed, ...]
    count: int
    is_more: bool = False
    unsearched: int = 0
    terms: tuple[Term, ...] = field(default=())


def find_artifacts(sought: Sought, sort: Sort, *, offset: int = 0, limit: int = 30) -> Found:
    """All of one moment."""
    with snapshot():
        source = listing()
        terms = terms_of(sought.text)
        search = _Search(source, terms, tuple(conditions_of(sought, terms, source)))
        count, ids = search.take(sort, offset, limit)
        is_more = count > MOST_COUNTED and bool(terms)
        items = shown(ids, with_content=bool(terms))
        return Found(
            items,
            MOST_COUNTED if is_more else count,
            is_more,
            source.unsearched if terms else 0,
            terms,
        )


@dataclass(frozen=True, slots=True)
class _Search:
    source: Listing
    terms: tuple[Term, ...]
    conditions: tuple[Condition, ...]

    def take(self, sort: Sort, offset: int, limit: int) -> tuple[int, list[int]]:
        """How many there are, one more than are counted if more, and the row ids of a page."""
        if not self.terms:
            count = number(f"SELECT COUNT(*) {self._from}", self._params)
            return count, self._page(sort, (offset, limit), count)
        found = rows(f"SELECT s.id {self._from} LIMIT {MOST_COUNTED + 1}", *self._params)
        if len(found) <= MOST_COUNTED:
            ids = [each[0] for each in found]
            return len(ids), self._page_of(ids, sort, (offset, limit))
        if sort is Sort.RELEVANCE:
            return len(found), self._best_first((offset, limit))
        return len(found), self._page(sort, (offset, limit), None)

    @property
    def _from(self) -> str:
        where = " AND ".join(sql for sql, _ in self.conditions)
        return f"FROM {self.source.table} s" + (f" WHERE {where}" if where else "")

    @property
    def _params(self) -> tuple[object, ...]:
        return (*self.source.params, *(each for _, some in self.conditions for each in some))

    def _page(self, sort: Sort, place: tuple[int, int], count: int | None) -> list[int]:
        """Of those beyond the middle, counted from the end."""
        offset, limit = place
        is_back = count is not None and offset > count // 2
        if count is not None and is_back:
            limit = max(0, min(limit, count - offset))
            offset = max(0, count - offset - limit)
        is_sorted = count is not None and count < _MANY and bool(self.conditions)
        order, values = _order(sort, self.terms, is_back=is_back, is_sorted=is_sorted)
        found = rows(
            f"SELECT s.id {self._from} ORDER BY {order} LIMIT %s OFFSET %s",
            *(*self._params, *values, limit, offset),
        )
        ids = [each[0] for each in found]
        return ids[::-1] if is_back else ids

    def _best_first(self, place: tuple[int, int]) -> list[int]:
        """Of so many hits: those of which a line begins so, then the newest."""
        offset, limit = place
        begun = (contains("s.head"), (f"\n{_typed(self.terms)}",))
        narrow = _Search(self.source, self.terms, (*self.conditions, begun))
        found = rows(f"SELECT s.id {narrow._from} LIMIT {_BEST}", *narrow._params)
        best = [each[0] for each in found]
        page = self._page_of(best, Sort.RELEVANCE, place)
        if len(page) < limit:
            some, given = _among(best)
            others = (f"s.id NOT IN {some}", (given,))
            rest = _Search(self.source, self.terms, (*self.conditions, others))
            start = max(0, offset - len(best))
            page += rest._page(Sort.MODIFIED, (start, limit - len(page)), None)
        return page

    def _page_of(self, ids: Sequence[int], sort: Sort, place: tuple[int, int]) -> list[int]:
        if not ids:
            return []
        offset, limit = place
        some, given = _among(ids)
        order, values = _order(sort, self.terms)
        found = rows(
            f"SELECT s.id FROM {self.source.table} s WHERE s.id IN {some} "
            f"ORDER BY {order} LIMIT %s OFFSET %s",
            *(*self.source.params, given, *values, limit, offset),
        )
        return [each[0] for each in found]


def _among(ids: Sequence[int]) -> tuple[str, object]:
    """Any number of them as one parameter."""
    if is_postgresql():
        return "(SELECT UNNEST(%s::bigint[]))", list(ids)
    return "(SELECT value FROM json_each(%s))", orjson.dumps(list(ids)).decode()


def _order(
    sort: Sort, terms: tuple[Term, ...], *, is_back: bool = False, is_sorted: bool = False
) -> tuple[str, tuple[object, ...]]:
    """The last of the columns tells any two rows apart.

    `is_sorted`: not by an index. SQLite, which knows not how few there are, would walk through it.
    """
    if sort is Sort.RELEVANCE and terms:
        score, params = _score(terms)
        return f"{score}, s.modified_on DESC, s.id DESC", params
    is_down = sort in {Sort.NAME_DOWN, Sort.NEWEST, Sort.MODIFIED}
    direction = "DESC" if is_down != is_back else "ASC"
    columns: tuple[str, ...] = ("s.created_on", "s.id")
    if sort is Sort.MODIFIED:
        columns = ("s.modified_on", "s.id")
    elif sort not in {Sort.NEWEST, Sort.OLDEST}:
        texts = map(bytewise, ("s.title", "s.group_id", "s.artifact_id"))
        columns = (*texts, "s.id")
    sign = "+" if is_sorted and not is_postgresql() else ""
    return ", ".join(f"{sign}{column} {direction}" for column in columns), ()


def _score(terms: tuple[Term, ...]) -> tuple[str, tuple[object, ...]]:
    """A whole line (name, id, group or label), a line's beginning, any part of them, else."""
    text = _typed(terms)
    head = contains("s.head")
    all_parts = " AND ".join([head] * len(terms))
    return (
        f"CASE WHEN {head} THEN 0 WHEN {head} THEN 1 WHEN {all_parts} THEN 2 ELSE 3 END",
        (f"\n{text}\n", f"\n{text}", *(term.text for term in terms)),
    )


def _typed(terms: tuple[Term, ...]) -> str:
    return " ".join(term.text for term in terms)
