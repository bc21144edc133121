"""What is looked for in the list of artifacts, and the conditions that say so of its rows."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from journal.search.coverage import Condition, RowSource
from journal.search.text import Term
from registry.models import DEFAULT_TENANT
from registry.queries.sql import contains, fetch_number, fetch_rows, is_postgresql, to_stored_group

#: Beyond so many hits of words nobody counts.
MOST_COUNTED = 10_000


class SortOrder(StrEnum):
    RELEVANCE = "relevance"
    NAME = "name"
    NAME_DOWN = "-name"
    NEWEST = "newest"
    OLDEST = "oldest"
    MODIFIED = "modified"


@dataclass(frozen=True, slots=True, kw_only=True)
class ArtifactQuery:
    """Empty fields match everything, else all must hold.

    Each word of `text`, and each phrase between quotes, is a part of name, id, group, label or
    description, or words of the content or of a property; or `text` is a global id, a content id
    or a content hash of any version. `group` is whole ("default" for the default group), as are
    labels and properties, whose case does not matter; a property's value may be None for any.
    `since` is when the artifact was created at the earliest, in epoch milliseconds.
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
#: Any that a column holds.
_ID = re.compile(r"[0-9]{1,18}")
_OF_TENANT = f"tenant_id = '{DEFAULT_TENANT}'"
_WITH_ID = (
    f"SELECT artifact_id FROM registry_version WHERE {_OF_TENANT} AND (global_id = %s OR "
    f"content_id IN (SELECT id FROM registry_content WHERE {_OF_TENANT} AND content_id = %s))"
)
_WITH_HASH = (
    "SELECT artifact_id FROM registry_version WHERE content_id IN "
    f"(SELECT id FROM registry_content WHERE {_OF_TENANT} AND content_hash = %s)"
)
_HELD = "s.id IN (SELECT rowid FROM journal_searchtext WHERE journal_searchtext MATCH %s)"
_LISTED = "s.id IN (SELECT t.id FROM journal_searchtext t WHERE t.words @@ %s::tsquery)"
_BY_ROW = "(SELECT t.words FROM journal_searchtext t WHERE t.id = s.id) @@ %s::tsquery"


def filter_conditions(sought: ArtifactQuery) -> Iterator[Condition]:
    """All but the words."""
    yield from _of_columns(sought)
    for label in sought.labels:
        yield _of_latest("registry_label", Condition("t.label = %s", (label.lower(),)))
    for key, value in sought.properties:
        told = Condition("t.key = %s", (key.lower(),))
        if value is not None:
            told = Condition("t.key = %s AND t.value = %s", (key.lower(), value.lower()))
        yield _of_latest("registry_property", told)


def _of_latest(table: str, told: Condition) -> Condition:
    """Where many versions are told so, each is asked, and no list is made of all of them."""
    some = f"SELECT 1 FROM {table} t WHERE {told.sql} LIMIT {MOST_COUNTED + 1}"
    if (
        is_postgresql()
        or fetch_number(f"SELECT COUNT(*) FROM ({some})", told.params) <= MOST_COUNTED
    ):
        sql = f"s.version IN (SELECT t.version_id FROM {table} t WHERE {told.sql})"
    else:
        sql = f"EXISTS (SELECT 1 FROM {table} t WHERE t.version_id = s.version AND {told.sql})"
    return Condition(sql, told.params)


@dataclass(frozen=True, slots=True)
class TermConditions:
    """That a row has a term, told twice: `listed` for who looks through all rows, `by_row` for
    who stops at the first few. `share` is about how many of the contents hold it, of 1, where
    the two differ."""

    listed: Condition
    by_row: Condition
    share: float = 0


def term_conditions(
    terms: tuple[Term, ...], text: str, source: RowSource
) -> Iterator[TermConditions]:
    """One for each term; `text` is all that was typed, which may be an id."""
    ids = _of_ids(text.strip())
    for term in terms:
        head = Condition(contains("s.head"), (term.text,))
        if not term.words or source.believed is None:
            told = _any_of(head, *ids)
            yield TermConditions(told, told)
        else:
            held, believed = _held(term), source.believed
            yield TermConditions(
                _any_of(head, _all_of(held.listed, believed), *ids),
                _any_of(head, _all_of(held.by_row, believed), *ids),
                held.share,
            )


def _any_of(*told: Condition) -> Condition:
    return Condition(f"({' OR '.join(each.sql for each in told)})", _params(told))


def _all_of(*told: Condition) -> Condition:
    given = [each for each in told if each.sql]
    return Condition(f"({' AND '.join(each.sql for each in given)})", _params(given))


def _params(told: Iterable[Condition]) -> tuple[object, ...]:
    return tuple(param for each in told for param in each.params)


def is_in_more_contents(terms: tuple[Term, ...], count: int) -> bool:
    """Whether more contents than `count` are kept that hold all the terms."""
    if not all(term.words for term in terms):
        return False
    if is_postgresql():
        held, asked = "words @@ %s::tsquery", " & ".join(f"({_tsquery(each)})" for each in terms)
    else:
        held, asked = "journal_searchtext MATCH %s", " AND ".join(map(_phrase, terms))
    some = f"SELECT 1 FROM journal_searchtext WHERE {held} LIMIT {count + 1}"
    return fetch_number(f"SELECT COUNT(*) FROM ({some}) AS found", (asked,)) > count


def _of_columns(sought: ArtifactQuery) -> Iterator[Condition]:
    group = sought.group and to_stored_group(None if sought.group == "default" else sought.group)
    wanted: tuple[tuple[str, object], ...] = (
        ("s.group_id = %s", group or None),
        ("s.type = %s", sought.type or None),
        ("s.state = %s", sought.state or None),
        ("s.owner = %s", sought.owner or None),
        ("s.created_on >= %s", sought.since),
    )
    for sql, value in wanted:
        if value is not None:
            yield Condition(sql, (value,))


def _of_ids(text: str) -> list[Condition]:
    """One more alternative, if the text can be an id or a hash."""
    if _ID.fullmatch(text):
        return [Condition(f"s.id IN ({_WITH_ID})", (int(text), int(text)))]
    if _HASH.fullmatch(text):
        return [Condition(f"s.id IN ({_WITH_HASH})", (text,))]
    return []


def _held(term: Term) -> TermConditions:
    """Its words are in the content."""
    if not is_postgresql():
        held = Condition(_HELD, (_phrase(term),))
        return TermConditions(held, held)
    asked = _tsquery(term)
    some = f"SELECT id FROM journal_searchtext WHERE words @@ %s::tsquery LIMIT {MOST_COUNTED + 1}"
    found = [each[0] for each in fetch_rows(some, asked)]
    if len(found) <= MOST_COUNTED:
        held = Condition("s.id = ANY(%s::bigint[])", (found,))
        return TermConditions(held, held)
    # They come as they are stored, which is about in the order of their ids.
    share = MOST_COUNTED / max(*found, MOST_COUNTED)
    return TermConditions(Condition(_LISTED, (asked,)), Condition(_BY_ROW, (asked,)), share)


def _phrase(term: Term) -> str:
    return f'"{" ".join(term.words)}"' + (" *" if term.is_open else "")


def _tsquery(term: Term) -> str:
    return " <-> ".join(f"'{word}'" for word in term.words) + (":*" if term.is_open else "")
