"""Searches and sorts artifacts by words, ids and filters: the list of artifacts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import orjson

from journal.search.coverage import Condition, RowSources, choose_sources
from journal.search.criteria import (
    MAX_COUNTED,
    ArtifactQuery,
    SortOrder,
    TermConditions,
    are_more_contents_than,
    filter_conditions,
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

#: Hits from which on an index gives the order sooner than sorting does.
_MIN_INDEX_SORTED = 20_000
#: Hits that are ranked by how they begin, where there are too many to count.
_MAX_RANKED = 200


@dataclass(frozen=True, slots=True)
class SearchResult:
    """`count` hits, or more if `is_more`.

    `unsearched` is the number of artifacts whose content was not searched.
    """

    items: tuple[ArtifactHit, ...]
    count: int
    is_more: bool = False
    unsearched: int = 0
    terms: tuple[Term, ...] = ()


def find_artifacts(
    query: ArtifactQuery, sort: SortOrder, *, offset: int = 0, limit: int = 30
) -> SearchResult:
    """Search artifacts in one transaction, for consistent count and hits."""
    with repeatable_read():
        sources = choose_sources()
        terms = parse_terms(query.text)
        count, ids = _Search(sources, query, terms).run(sort, (offset, limit))
        is_more = count > MAX_COUNTED and bool(terms)
        return SearchResult(
            load_hits(ids, with_content=bool(terms)),
            MAX_COUNTED if is_more else count,
            is_more,
            sources.unsearched if terms else 0,
            terms,
        )


@dataclass(frozen=True, slots=True)
class _Order:
    """Sort columns with their directions; the last column is unique."""

    columns: tuple[str, ...]
    directions: tuple[str, ...]
    params: tuple[object, ...] = ()

    @property
    def clause(self) -> str:
        """Return the ORDER BY for a statement with the row id first, then the columns."""
        parts = (f"{number} {direction}" for number, direction in enumerate(self.directions, 2))
        return f"ORDER BY {', '.join(parts)}"


#: Conditions of the terms, for each source.
_Conditions = Sequence[Sequence[Condition]]


class _Search:
    def __init__(self, sources: RowSources, query: ArtifactQuery, terms: tuple[Term, ...]) -> None:
        self._sources = sources.sources
        self._terms = terms
        self._filters = tuple(filter_conditions(query))
        by_source = [tuple(term_conditions(terms, query.text, source)) for source in self._sources]
        self._without_terms: _Conditions = [()] * len(self._sources)
        self._by_row: _Conditions = [[pair.by_row for pair in pairs] for pairs in by_source]
        self._listed: _Conditions = [_choose_listed(pairs) for pairs in by_source]

    def run(self, sort: SortOrder, page: tuple[int, int]) -> tuple[int, list[int]]:
        """Return the count, at most one more than MAX_COUNTED for a text, and a page's row ids.

        `page` is offset and limit.
        """
        if not self._terms:
            statements = self._statements("COUNT(*)", self._without_terms)
            count = sum(fetch_number(sql, params) for sql, params in statements)
            return count, self._sorted_page(sort, page, count)
        # The index of contents alone tells that there are too many to count; it has stale rows too.
        is_uncountable = not self._filters and any(
            source.fresh is not None
            and source.stale is not None
            and are_more_contents_than(MAX_COUNTED + source.stale, self._terms)
            for source in self._sources
        )
        if not is_uncountable:
            ids = self._find_ids(MAX_COUNTED + 1, self._listed)
            if len(ids) <= MAX_COUNTED:
                return len(ids), self._page_of(ids, sort, page)
        if sort is not SortOrder.RELEVANCE:
            return MAX_COUNTED + 1, self._sorted_page(sort, page, None)
        # Of so many, first some with a line that begins with the text, which has all terms, then
        # the newest.
        offset, limit = page
        begins = Condition(contains("s.head"), (f"\n{_join(self._terms)}",))
        best = self._find_ids(_MAX_RANKED, self._without_terms, begins)
        ids = self._page_of(best, sort, page)
        if len(ids) < limit:
            subquery, param = _to_subquery(best)
            others = Condition(f"s.id NOT IN {subquery}", (param,))
            rest = (max(0, offset - len(best)), limit - len(ids))
            ids += self._sorted_page(SortOrder.MODIFIED, rest, None, others)
        return MAX_COUNTED + 1, ids

    def _statements(
        self, columns: str, conditions: _Conditions, *more: Condition
    ) -> Iterator[tuple[str, tuple[object, ...]]]:
        """Yield a statement with its parameters for each source."""
        for source, some in zip(self._sources, conditions, strict=True):
            all_of = (*self._filters, *more, *some, *source.only)
            where = " AND ".join(condition.sql for condition in all_of)
            params = (
                *source.params,
                *(param for condition in all_of for param in condition.params),
            )
            yield (
                f"SELECT {columns} FROM {source.table} s" + (f" WHERE {where}" if where else ""),
                params,
            )

    def _find_ids(self, limit: int, conditions: _Conditions, *more: Condition) -> list[int]:
        """Return any hits, in no order."""
        statements = list(self._statements("s.id", conditions, *more))
        sql = " UNION ALL ".join(part for part, _ in statements)
        params = (param for _, some in statements for param in some)
        return [row[0] for row in fetch_rows(f"{sql} LIMIT {limit}", *params)]

    def _sort(
        self, order: _Order, page: tuple[int, int], conditions: _Conditions, *more: Condition
    ) -> list[int]:
        """Sort each source by itself, by an index if possible, then the hits of all."""
        offset, limit = page
        columns = ", ".join(("s.id", *order.columns))
        parts: list[str] = []
        params: list[object] = []
        for sql, some in self._statements(columns, conditions, *more):
            params += [*order.params, *some]
            if len(self._sources) > 1:
                sql = f"SELECT * FROM ({sql} {order.clause} LIMIT %s) AS found"
                params.append(offset + limit)
            parts.append(sql)
        sql = f"{' UNION ALL '.join(parts)} {order.clause} LIMIT %s OFFSET %s"
        return [row[0] for row in fetch_rows(sql, *params, limit, offset)]

    def _sorted_page(
        self, sort: SortOrder, page: tuple[int, int], count: int | None, *more: Condition
    ) -> list[int]:
        """Return a page of all hits; `count` is None if they are too many to count.

        Pages beyond the middle are read from the end.
        """
        offset, limit = page
        is_reversed = count is not None and offset > count // 2
        if count is not None and is_reversed:
            limit = max(0, min(limit, count - offset))
            offset = max(0, count - offset - limit)
        avoids_index = count is not None and count < _MIN_INDEX_SORTED and bool(self._filters)
        order = _build_order(sort, self._terms, is_reversed=is_reversed, avoids_index=avoids_index)
        ids = self._sort(order, (offset, limit), self._by_row, *more)
        return ids[::-1] if is_reversed else ids

    def _page_of(self, ids: Sequence[int], sort: SortOrder, page: tuple[int, int]) -> list[int]:
        """Return a page of known hits, without checking the terms again."""
        if not ids:
            return []
        subquery, param = _to_subquery(ids)
        among = Condition(f"s.id IN {subquery}", (param,))
        return self._sort(_build_order(sort, self._terms), page, self._without_terms, among)


def _choose_listed(terms: Sequence[TermConditions]) -> list[Condition]:
    """Choose the condition of each term for a search of all rows.

    If one term is rare, the others are checked for few rows; else only the commonest is checked
    row by row.
    """
    is_any_rare = any(term.share == 0 for term in terms)
    highest = max((term.share for term in terms), default=0)
    return [term.by_row if is_any_rare or term.share == highest else term.listed for term in terms]


def _to_subquery(ids: Sequence[int]) -> tuple[str, object]:
    """Return a subquery of row ids and its one parameter, however many they are."""
    if is_postgresql():
        return "(SELECT UNNEST(%s::bigint[]))", list(ids)
    return "(SELECT value FROM json_each(%s))", orjson.dumps(list(ids)).decode()


def _build_order(
    sort: SortOrder,
    terms: tuple[Term, ...],
    *,
    is_reversed: bool = False,
    avoids_index: bool = False,
) -> _Order:
    """Build the order; `avoids_index` makes SQLite sort instead of walking an index.

    SQLite's planner can't estimate how few rows the filters leave.
    """
    if sort is SortOrder.RELEVANCE and terms:
        # First a whole line (name, id, group or label), then its beginning, then any parts.
        text, head = _join(terms), contains("s.head")
        all_parts = " AND ".join([head] * len(terms))
        return _Order(
            (
                f"CASE WHEN {head} THEN 0 WHEN {head} THEN 1 WHEN {all_parts} THEN 2 ELSE 3 END",
                "s.modified_on",
                "s.id",
            ),
            ("ASC", "DESC", "DESC"),
            (f"\n{text}\n", f"\n{text}", *(term.text for term in terms)),
        )
    is_descending = sort in {SortOrder.NAME_DOWN, SortOrder.NEWEST, SortOrder.MODIFIED}
    columns: tuple[str, ...] = ("s.created_on", "s.id")
    if sort is SortOrder.MODIFIED:
        columns = ("s.modified_on", "s.id")
    elif sort not in {SortOrder.NEWEST, SortOrder.OLDEST}:
        columns = (*map(bytewise, ("s.title", "s.group_id", "s.artifact_id")), "s.id")
    # SQLite uses no index for a column with a unary plus.
    sign = "+" if avoids_index and not is_postgresql() else ""
    direction = "DESC" if is_descending != is_reversed else "ASC"
    return _Order(tuple(f"{sign}{name}" for name in columns), (direction,) * len(columns))


def _join(terms: tuple[Term, ...]) -> str:
    return " ".join(term.text for term in terms)
