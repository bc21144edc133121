"""What is looked for in the list of artifacts, and the conditions that say so of its rows."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from journal.search.standing import Listing
from journal.search.texts import Term
from registry.models import DEFAULT_TENANT
from registry.queries.rows import contains, is_postgresql, rows, stored_group

#: Beyond so many hits of words nobody counts.
MOST_COUNTED = 10_000


class Sort(StrEnum):
    RELEVANCE = "relevance"
    NAME = "name"
    NAME_DOWN = "-name"
    NEWEST = "newest"
    OLDEST = "oldest"
    MODIFIED = "modified"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
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
_OF_LATEST = "s.version IN (SELECT t.version_id FROM registry_{} t WHERE {})"
#: SQL on the row `s`, and its parameters.
Condition = tuple[str, tuple[object, ...]]


def conditions_of(sought: Sought, terms: tuple[Term, ...], source: Listing) -> Iterator[Condition]:
    yield from _of_columns(sought)
    for label in sought.labels:
        yield _OF_LATEST.format("label", "t.label = %s"), (label.lower(),)
    for key, value in sought.properties:
        if value is None:
            yield _OF_LATEST.format("property", "t.key = %s"), (key.lower(),)
        else:
            sql = _OF_LATEST.format("property", "t.key = %s AND t.value = %s")
            yield sql, (key.lower(), value.lower())
    ids = _of_ids(sought.text.strip())
    for term in terms:
        alternatives = [(contains("s.head"), (term.text,)), *_in_contents(term, source), *ids]
        sql = " OR ".join(each for each, _ in alternatives)
        yield f"({sql})", tuple(each for _, params in alternatives for each in params)


def _of_columns(sought: Sought) -> Iterator[Condition]:
    group = sought.group and stored_group(None if sought.group == "default" else sought.group)
    wanted: tuple[tuple[str, object], ...] = (
        ("s.group_id = %s", group or None),
        ("s.type = %s", sought.type or None),
        ("s.state = %s", sought.state or None),
        ("s.owner = %s", sought.owner or None),
        ("s.created_on >= %s", sought.since),
    )
    for sql, value in wanted:
        if value is not None:
            yield sql, (value,)


def _of_ids(text: str) -> list[Condition]:
    """One more alternative, if the text can be an id or a hash."""
    if _ID.fullmatch(text):
        return [(f"s.id IN ({_WITH_ID})", (int(text), int(text)))]
    if _HASH.fullmatch(text):
        return [(f"s.id IN ({_WITH_HASH})", (text,))]
    return []


def _in_contents(term: Term, source: Listing) -> Iterator[Condition]:
    if not term.words or source.believed is None:
        return
    believed, params = source.believed
    held, values = _held_by_postgresql(term) if is_postgresql() else _held_by_sqlite(term)
    yield f"({held} AND {believed})" if believed else held, (*values, *params)


def _held_by_sqlite(term: Term) -> Condition:
    asked = f'"{" ".join(term.words)}"' + (" *" if term.is_open else "")
    return "s.id IN (SELECT rowid FROM journal_searchtext WHERE journal_searchtext MATCH %s)", (
        asked,
    )


def _held_by_postgresql(term: Term) -> Condition:
    """Of few, their row ids; where there are many, a list is full before all of them are seen."""
    asked = " <-> ".join(f"'{word}'" for word in term.words) + (":*" if term.is_open else "")
    sql = f"SELECT id FROM journal_searchtext WHERE words @@ %s::tsquery LIMIT {MOST_COUNTED + 1}"
    found = rows(sql, asked)
    if len(found) <= MOST_COUNTED:
        return "s.id = ANY(%s::bigint[])", ([each[0] for each in found],)
    return (
        "(SELECT t.words FROM journal_searchtext t WHERE t.id = s.id) @@ %s::tsquery",
        (asked,),
    )
