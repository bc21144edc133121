"""What the list of artifacts is narrowed to, as its address has it, and as chips."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime

from django.http import QueryDict

from journal.search.criteria import ArtifactQuery
from registry.models import State

#: Of labels, and of properties.
_MOST = 10


@dataclass(frozen=True, slots=True)
class Chip:
    """`href` is the list without it; `words` say what it is about, `value` how it narrows."""

    words: str
    value: str
    href: str


def sought_of(query: QueryDict) -> ArtifactQuery:
    """What can't be read narrows nothing."""
    state = query.get("state", "")
    return ArtifactQuery(
        text=query.get("q", "").lstrip(),
        group=query.get("group", "").strip(),
        type=query.get("type", ""),
        state=state if state in State.values else "",
        owner=query.get("owner", "").strip(),
        labels=tuple(_given(query, "labels")),
        properties=tuple(_pair(each) for each in _given(query, "property")),
        since=_start_of(query.get("since", "")),
    )


def _given(query: QueryDict, name: str) -> list[str]:
    return [each.strip() for each in query.getlist(name) if each.strip()][:_MOST]


def _pair(text: str) -> tuple[str, str | None]:
    """Of name:value, as REST has it; a name alone has any value."""
    name, sign, value = text.partition(":")
    return name.strip(), value.strip() if sign else None


def _start_of(day: str) -> int | None:
    try:
        found = date.fromisoformat(day)
    except ValueError:
        return None
    return int(datetime(found.year, found.month, found.day, tzinfo=UTC).timestamp() * 1000)


def chips_of(query: QueryDict, sought: ArtifactQuery) -> list[Chip]:
    """One for each thing that narrows the list, but for the words that are searched."""
    return [
        Chip(words, value, _without(query, name, value))
        for words, name, value in _set(query, sought)
    ]


def _set(query: QueryDict, sought: ArtifactQuery) -> Iterator[tuple[str, str, str]]:
    single = (
        ("group", "group", sought.group),
        ("type", "type", sought.type),
        ("state", "state", sought.state),
        ("owner", "owner", sought.owner),
        ("created since", "since", query.get("since", "") if sought.since is not None else ""),
    )
    yield from (each for each in single if each[2])
    yield from (("label", "labels", each) for each in _given(query, "labels"))
    yield from (("property", "property", each) for each in _given(query, "property"))


def _without(query: QueryDict, name: str, value: str) -> str:
    left = query.copy()
    left.pop("page", None)
    left.setlist(name, [each for each in query.getlist(name) if each.strip() != value])
    if name not in {"labels", "property"}:
        left.pop(name)
    return f"?{left.urlencode()}"


def narrowed(query: QueryDict, name: str, value: str) -> str:
    """The list's query with one thing more that must hold."""
    more = query.copy()
    more.pop("page", None)
    if name in {"labels", "property"}:
        more.setlist(name, [*(each for each in query.getlist(name) if each != value), value])
    else:
        more[name] = value
    return f"?{more.urlencode()}"
