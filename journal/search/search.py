"""Artifacts found by words, ids and filters, in an order: what the list of artifacts shows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import orjson

from journal.search.coverage import Condition, RowSources, choose_sources
from journal.search.criteria import (
    MOST_COUNTED,
    ArtifactQuery,
    SortOrder,
    TermConditions,
    filter_conditions,
    is_in_more_contents,
    term_conditions,
)
from journal.search.hits import ArtifactHit, load_hits
from journal.search.text import Term, parse_terms
from registry.queries.sql import (
    bytewise,
    contains,
    fetch_number,
    fetch_rows,
    is_postgresql,
    repeatable_read,
)

#: From so many on an index tells the order sooner than sorting does.
_MANY = 20_000
#: Of more hits than are counted, those that come first by what they are called.
_BEST = 200


@dataclass(frozen=True, slots=True)
class SearchResult:
    """`count` hits, or more than that if `is_more`; `unsearched` contents were not looked into."""

    items: tuple[ArtifactHit, ...]
    count: int
    is_more: bool = False
    unsearched: int = 0
    terms: tuple[Term, ...] = field(default=())


def find_artifacts(
    sought: ArtifactQuery, sort: SortOrder, *, offset: int = 0, limit: int = 30
) -> SearchResult:
    """All of one moment."""
    with repeatable_read():
        source = choose_sources()
        terms = parse_terms(sought.text)
        count, ids = _Search(source, sought, terms).take(sort, (offset, limit))
        is_more = count > MOST_COUNTED and bool(terms)
        items = load_hits(ids, with_content=bool(terms))
        return SearchResult(
            items,
            MOST_COUNTED if is_more else count,
            is_more,
            source.unsearched if terms else 0,
            terms,
        )


@dataclass(frozen=True, slots=True)
class _Order:
    """What rows are sorted by, the last of which tells any two of them apart."""

    columns: tuple[str, ...]
    directions: tuple[str, ...]
    params: tuple[object, ...] = ()

    @property
    def clause(self) -> str:
        """Of a statement that selects the row id, then the columns."""
        each = (f"{at} {way}" for at, way in enumerate(self.directions, 2))
        return f"ORDER BY {', '.join(each)}"


_Words = Sequence[Sequence[Condition]]


class _Search:
    def __init__(self, source: RowSources, sought: ArtifactQuery, terms: tuple[Term, ...]) -> None:
        self._sources = source.sources
        self._terms = terms
        self._filters = tuple(filter_conditions(sought))
        worded = [tuple(term_conditions(terms, sought.text, each)) for each in self._sources]
        # Of each source: without words, with them for who goes through all rows, or the first.
        self._unworded: _Words = [()] * len(self._sources)
        self._by_row: _Words = [[each.by_row for each in some] for some in worded]
        self._listed: _Words = [_listed(some) for some in worded]

    def take(self, sort: SortOrder, place: tuple[int, int]) -> tuple[int, list[int]]:
        """How many there are, one more than are counted if more, and the row ids of a page.

        `place` is how many of them are passed over, and how many are taken then.
        """
        if not self._terms:
            count = sum(
                fetch_number(sql, params) for sql, params in self._each("COUNT(*)", self._unworded)
            )
            return count, self._page(sort, place, count)
        if not self._are_beyond_counting():
            found = self._ids(MOST_COUNTED + 1, self._listed)
            if len(found) <= MOST_COUNTED:
                return len(found), self._page_of(found, sort, place)
        if sort is SortOrder.RELEVANCE:
            return MOST_COUNTED + 1, self._best_first(place)
        return MOST_COUNTED + 1, self._page(sort, place, None)

    def _are_beyond_counting(self) -> bool:
        """Told by the contents' index alone, if it can; it knows those that are doubted, too."""
        if self._filters:
            return False
        return any(
            each.believed is not None
            and each.doubted is not None
            and is_in_more_contents(self._terms, MOST_COUNTED + each.doubted)
            for each in self._sources
        )

    def _each(
        self, columns: str, words: _Words, *more: Condition
    ) -> Iterator[tuple[str, tuple[object, ...]]]:
        """Of each source, of the rows that meet the conditions."""
        for source, worded in zip(self._sources, words, strict=True):
            asked = (*self._filters, *more, *worded, *source.only)
            where = " AND ".join(each.sql for each in asked)
            params = (*source.params, *(param for each in asked for param in each.params))
            yield (
                f"SELECT {columns} FROM {source.table} s" + (f" WHERE {where}" if where else ""),
                params,
            )

    def _ids(self, most: int, words: _Words, *more: Condition) -> list[int]:
        each = list(self._each("s.id", words, *more))
        sql = " UNION ALL ".join(part for part, _ in each)
        found = fetch_rows(f"{sql} LIMIT {most}", *(param for _, some in each for param in some))
        return [row[0] for row in found]

    def _sorted(
        self, order: _Order, place: tuple[int, int], words: _Words, *more: Condition
    ) -> list[int]:
        """Of each source in its order, so that an index can tell it; then of all of them."""
        offset, limit = place
        columns = ", ".join(("s.id", *order.columns))
        parts: list[str] = []
        params: list[object] = []
        for sql, some in self._each(columns, words, *more):
            params += [*order.params, *some]
            if len(self._sources) > 1:
                sql = f"SELECT * FROM ({sql} {order.clause} LIMIT %s) AS found"
                params.append(offset + limit)
            parts.append(sql)
        sql = f"{' UNION ALL '.join(parts)} {order.clause} LIMIT %s OFFSET %s"
        return [row[0] for row in fetch_rows(sql, *params, limit, offset)]

    def _page(
        self, sort: SortOrder, place: tuple[int, int], count: int | None, *more: Condition
    ) -> list[int]:
        """Of those beyond the middle, counted from the end; `count` is None for very many."""
        offset, limit = place
        is_back = count is not None and offset > count // 2
        if count is not None and is_back:
            limit = max(0, min(limit, count - offset))
            offset = max(0, count - offset - limit)
        is_sorted = count is not None and count < _MANY and bool(self._filters)
        order = _order(sort, self._terms, is_back=is_back, is_sorted=is_sorted)
        ids = self._sorted(order, (offset, limit), self._by_row, *more)
        return ids[::-1] if is_back else ids

    def _best_first(self, place: tuple[int, int]) -> list[int]:
        """Of so many hits: those of which a line begins so, then the newest."""
        offset, limit = place
        # A line that begins so has all the words.
        begun = Condition(contains("s.head"), (f"\n{_typed(self._terms)}",))
        best = self._ids(_BEST, self._unworded, begun)
        page = self._page_of(best, SortOrder.RELEVANCE, place)
        if len(page) < limit:
            some, given = _among(best)
            others = Condition(f"s.id NOT IN {some}", (given,))
            start = max(0, offset - len(best))
            page += self._page(SortOrder.MODIFIED, (start, limit - len(page)), None, others)
        return page

    def _page_of(self, ids: Sequence[int], sort: SortOrder, place: tuple[int, int]) -> list[int]:
        """Of these hits; others are not asked again whether they are."""
        if not ids:
            return []
        some, given = _among(ids)
        among = Condition(f"s.id IN {some}", (given,))
        return self._sorted(_order(sort, self._terms), place, self._unworded, among)


def _listed(worded: Sequence[TermConditions]) -> list[Condition]:
    """Where one term is rare, the others are asked of few rows; else the commonest is."""
    is_rare = any(each.share == 0 for each in worded)
    commonest = max((each.share for each in worded), default=0)
    return [each.by_row if is_rare or each.share == commonest else each.listed for each in worded]


def _among(ids: Sequence[int]) -> tuple[str, object]:
    """Any number of them as one parameter."""
    if is_postgresql():
        return "(SELECT UNNEST(%s::bigint[]))", list(ids)
    return "(SELECT value FROM json_each(%s))", orjson.dumps(list(ids)).decode()


def _order(
    sort: SortOrder, terms: tuple[Term, ...], *, is_back: bool = False, is_sorted: bool = False
) -> _Order:
    """`is_sorted`: not by an index. SQLite, which knows not how few there are, would walk it."""
    if sort is SortOrder.RELEVANCE and terms:
        score, params = _score(terms)
        return _Order((score, "s.modified_on", "s.id"), ("ASC", "DESC", "DESC"), params)
    is_down = sort in {SortOrder.NAME_DOWN, SortOrder.NEWEST, SortOrder.MODIFIED}
    columns: tuple[str, ...] = ("s.created_on", "s.id")
    if sort is SortOrder.MODIFIED:
        columns = ("s.modified_on", "s.id")
    elif sort not in {SortOrder.NEWEST, SortOrder.OLDEST}:
        texts = map(bytewise, ("s.title", "s.group_id", "s.artifact_id"))
        columns = (*texts, "s.id")
    sign = "+" if is_sorted and not is_postgresql() else ""
    direction = "DESC" if is_down != is_back else "ASC"
    return _Order(tuple(f"{sign}{each}" for each in columns), (direction,) * len(columns))


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
