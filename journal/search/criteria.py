"""Artifact queries, and their SQL conditions."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from journal.search.coverage import Condition, RowSource
from journal.search.text import Term
from registry.models import DEFAULT_TENANT
from registry.queries.sql import contains, fetch_number, fetch_rows, is_postgresql, to_stored_group

#: Hits of a text are counted up to this number: counting a word that all contents have costs more
#: than finding the page that is shown.
MAX_COUNTED = 10_000


class SortOrder(StrEnum):
    RELEVANCE = "relevance"
    NAME = "name"
    NAME_DOWN = "-name"
    NEWEST = "newest"
    OLDEST = "oldest"
    MODIFIED = "modified"


@dataclass(frozen=True, slots=True, kw_only=True)
class ArtifactQuery:
    """All fields must match; empty ones match everything.

    Each word of `text`, and each phrase between quotes, is a part of name, id, group, label or
    description, or words of the content or of a property; or `text` is a global id, a content id
    or a content hash of any version. `group` is a whole id ("default" for the default group).
    Labels and properties are whole, too, without regard to case; a property's value may be None
    for any. `since` is the earliest creation, in epoch ms.
    """

    text: str = ""
    group: str = ""
    type: str = ""
    state: str = ""
    owner: str = ""
    labels: tuple[str, ...] = ()
    properties: tuple[tuple[str, str | None], ...] = ()
    since: int | None = None


_HASH = re.compile(r"[0-9a-f]{64}")
#: Ids that fit the column.
_ID = re.compile(r"[0-9]{1,18}")
_IN_TENANT = f"tenant_id = '{DEFAULT_TENANT}'"
_WITH_ID = (
    f"SELECT artifact_id FROM registry_version WHERE {_IN_TENANT} AND (global_id = %s OR "
    f"content_id IN (SELECT id FROM registry_content WHERE {_IN_TENANT} AND content_id = %s))"
)
_WITH_HASH = (
    "SELECT artifact_id FROM registry_version WHERE content_id IN "
    f"(SELECT id FROM registry_content WHERE {_IN_TENANT} AND content_hash = %s)"
)
_IN_FTS = "s.id IN (SELECT rowid FROM journal_searchtext WHERE journal_searchtext MATCH %s)"
_IN_TSVECTORS = "s.id IN (SELECT t.id FROM journal_searchtext t WHERE t.words @@ %s::tsquery)"
_IN_OWN_TSVECTOR = "(SELECT t.words FROM journal_searchtext t WHERE t.id = s.id) @@ %s::tsquery"


def filter_conditions(query: ArtifactQuery) -> Iterator[Condition]:
    """Yield the conditions of all fields but `text`."""
    group = query.group and to_stored_group(None if query.group == "default" else query.group)
    columns: tuple[tuple[str, object], ...] = (
        ("s.group_id = %s", group or None),
        ("s.type = %s", query.type or None),
        ("s.state = %s", query.state or None),
        ("s.owner = %s", query.owner or None),
        ("s.created_on >= %s", query.since),
    )
    for sql, value in columns:
        if value is not None:
            yield Condition(sql, (value,))
    for label in query.labels:
        yield _latest_has("registry_label", Condition("t.label = %s", (label.lower(),)))
    for key, property_value in query.properties:
        condition = Condition("t.key = %s", (key.lower(),))
        if property_value is not None:
            params = (key.lower(), property_value.lower())
            condition = Condition("t.key = %s AND t.value = %s", params)
        yield _latest_has("registry_property", condition)


def _latest_has(table: str, condition: Condition) -> Condition:
    """Return the condition for a latest version with a row `t` in `table`."""
    sql = f"s.version IN (SELECT t.version_id FROM {table} t WHERE {condition.sql})"
    some = f"SELECT 1 FROM {table} t WHERE {condition.sql} LIMIT {MAX_COUNTED + 1}"
    if not is_postgresql() and (
        fetch_number(f"SELECT COUNT(*) FROM ({some})", condition.params) > MAX_COUNTED
    ):
        # Most versions have one: look it up for each, instead of listing them all.
        sql = f"EXISTS (SELECT 1 FROM {table} t WHERE t.version_id = s.version AND {condition.sql})"
    return Condition(sql, condition.params)


@dataclass(frozen=True, slots=True)
class TermConditions:
    """Two conditions for the rows with a term.

    `listed` collects all hits, at a cost by their number; `by_row` checks each row. The first suits
    a search of all rows, the second one for the first few. `share` estimates the part of the
    contents with the term, 0 where both conditions are the same.
    """

    listed: Condition
    by_row: Condition
    share: float = 0


def term_conditions(
    terms: tuple[Term, ...], text: str, source: RowSource
) -> Iterator[TermConditions]:
    """Yield the conditions of each term; `text` is the whole text, possibly an id or a hash."""
    text = text.strip()
    alternatives: list[Condition] = []
    if _ID.fullmatch(text):
        alternatives = [Condition(f"s.id IN ({_WITH_ID})", (int(text), int(text)))]
    elif _HASH.fullmatch(text):
        alternatives = [Condition(f"s.id IN ({_WITH_HASH})", (text,))]
    for term in terms:
        in_head = Condition(contains("s.head"), (term.text,))
        if not term.words or source.fresh is None:
            condition = _any_of(in_head, *alternatives)
            yield TermConditions(condition, condition)
        else:
            in_content, fresh = _in_content(term), source.fresh
            yield TermConditions(
                _any_of(in_head, _all_of(in_content.listed, fresh), *alternatives),
                _any_of(in_head, _all_of(in_content.by_row, fresh), *alternatives),
                in_content.share,
            )


def _any_of(*conditions: Condition) -> Condition:
    return Condition(
        f"({' OR '.join(condition.sql for condition in conditions)})", _params(conditions)
    )


def _all_of(*conditions: Condition) -> Condition:
    conditions = tuple(condition for condition in conditions if condition.sql)
    return Condition(
        f"({' AND '.join(condition.sql for condition in conditions)})", _params(conditions)
    )


def _params(conditions: Iterable[Condition]) -> tuple[object, ...]:
    return tuple(param for condition in conditions for param in condition.params)


def _in_content(term: Term) -> TermConditions:
    """Return the conditions for a content with the words of a term."""
    if not is_postgresql():
        # FTS5 is slow to check a single row, so words are always listed.
        condition = Condition(_IN_FTS, (_to_fts_phrase(term),))
        return TermConditions(condition, condition)
    tsquery = _to_tsquery(term)
    some = f"SELECT id FROM journal_searchtext WHERE words @@ %s::tsquery LIMIT {MAX_COUNTED + 1}"
    ids = [row[0] for row in fetch_rows(some, tsquery)]
    if len(ids) <= MAX_COUNTED:
        condition = Condition("s.id = ANY(%s::bigint[])", (ids,))
        return TermConditions(condition, condition)
    # Rows come as they are stored, about in the order of their ids.
    share = MAX_COUNTED / max(*ids, MAX_COUNTED)
    return TermConditions(
        Condition(_IN_TSVECTORS, (tsquery,)), Condition(_IN_OWN_TSVECTOR, (tsquery,)), share
    )


def are_more_contents_than(count: int, terms: tuple[Term, ...]) -> bool:
    """Check if more than `count` indexed contents have all the terms."""
    if not all(term.words for term in terms):
        return False
    if is_postgresql():
        condition = "words @@ %s::tsquery"
        param = " & ".join(f"({_to_tsquery(term)})" for term in terms)
    else:
        condition = "journal_searchtext MATCH %s"
        param = " AND ".join(map(_to_fts_phrase, terms))
    some = f"SELECT 1 FROM journal_searchtext WHERE {condition} LIMIT {count + 1}"
    return fetch_number(f"SELECT COUNT(*) FROM ({some}) AS found", (param,)) > count


def _to_fts_phrase(term: Term) -> str:
    return f'"{" ".join(term.words)}"' + (" *" if term.is_open else "")


def _to_tsquery(term: Term) -> str:
    return " <-> ".join(f"'{word}'" for word in term.words) + (":*" if term.is_open else "")
