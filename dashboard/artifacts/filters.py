"""The filters of the list of artifacts, in its address and as chips."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from django.http import QueryDict

from journal.search.criteria import ArtifactQuery
from registry.models import State

#: The number of labels, and of properties, that count.
_MAX_VALUES = 10
_REPEATED = frozenset({"labels", "property"})


@dataclass(frozen=True, slots=True)
class FilterChip:
    """A filter by its name and value; `href` is the list without it."""

    words: str
    value: str
    href: str


def parse_filters(query: QueryDict) -> ArtifactQuery:
    """Parse the search and its filters; invalid values are left out."""
    state = query.get("state", "")
    properties = []
    for text in _values(query, "property"):
        # As REST spells it; a name alone matches any value.
        name, colon, value = text.partition(":")
        properties.append((name.strip(), value.strip() if colon else None))
    try:
        day = date.fromisoformat(query.get("since", ""))
        since = int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp() * 1000)
    except ValueError:
        since = None
    return ArtifactQuery(
        text=query.get("q", "").lstrip(),
        group=query.get("group", "").strip(),
        type=query.get("type", ""),
        state=state if state in State.values else "",
        owner=query.get("owner", "").strip(),
        labels=tuple(_values(query, "labels")),
        properties=tuple(properties),
        since=since,
    )


def _values(query: QueryDict, name: str) -> list[str]:
    return [value.strip() for value in query.getlist(name) if value.strip()][:_MAX_VALUES]


def filter_chips(query: QueryDict, filters: ArtifactQuery) -> list[FilterChip]:
    """Return a chip for each filter; the words of a search have none."""
    since = "" if filters.since is None else query.get("since", "")
    values = [
        ("group", "group", filters.group),
        ("type", "type", filters.type),
        ("state", "state", filters.state),
        ("owner", "owner", filters.owner),
        ("created since", "since", since),
        *(("label", "labels", label) for label in _values(query, "labels")),
        *(("property", "property", text) for text in _values(query, "property")),
    ]
    chips = []
    for words, name, value in values:
        if not value:
            continue
        rest = query.copy()
        rest.pop("page", None)
        remaining = [text for text in query.getlist(name) if text.strip() != value]
        rest.setlist(name, remaining if name in _REPEATED else [])
        chips.append(FilterChip(words, value, f"?{rest.urlencode()}"))
    return chips


def with_filter(query: QueryDict, name: str, value: str) -> str:
    """Return the list's query string with one more filter."""
    more = query.copy()
    more.pop("page", None)
    if name in _REPEATED:
        more.setlist(name, [*(text for text in query.getlist(name) if text != value), value])
    else:
        more[name] = value
    return f"?{more.urlencode()}"
