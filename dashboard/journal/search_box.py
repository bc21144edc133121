"""The journal's search box: words, and fields such as type:Artifact offset:100..200."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from django.http import QueryDict

from dashboard.journal.filters import OUTCOMES, TYPES, parse_filter, without_position
from journal.ledger.filters import LedgerFilter
from registry.times import to_datetime
from registry.whole_numbers import MAX_LONG, MAX_PARTITION, parse_whole_number

_MAX_LENGTH = 1000
_MAX_TERMS = 30
_TERM = re.compile(r'(?:([A-Za-z]+):)?(?:"([^"]*)"|(\S+))')
_TYPES = {name.lower(): kind for name, kind in TYPES.items()}
#: Of times that are written as epoch ms.
_MIN_TIME, _MAX_TIME = 10**9, 10**15 - 1
_TIME_FORMATS = ("%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M")


@dataclass(frozen=True, slots=True)
class FilterChip:
    """A condition in words; `query` is the address without it."""

    words: str
    query: str


@dataclass(frozen=True, slots=True)
class JournalSearch:
    """The search in an address; `faults` are sentences about terms left out."""

    where: LedgerFilter
    chips: tuple[FilterChip, ...]
    faults: tuple[str, ...]


class SearchSyntaxError(Exception):
    """A term can't be parsed; the message is a sentence about it."""


def parse_search(query: QueryDict) -> JournalSearch:
    where, chips, faults = parse_filter(query), _filter_chips(query), []
    text = query.get("q", "")
    if len(text) > _MAX_LENGTH:
        faults.append(f"The search is longer than {_MAX_LENGTH:,} signs; the rest is left out.")
        text = text[:_MAX_LENGTH]
    terms = list(_TERM.finditer(text))
    if len(terms) > _MAX_TERMS:
        faults.append(f"Only the first {_MAX_TERMS} terms of the search count.")
    for term in terms[:_MAX_TERMS]:
        field, quoted, plain = term.groups()
        value = plain if quoted is None else quoted
        try:
            where = _with_term(where, field, value)
        except SearchSyntaxError as fault:
            faults.append(str(fault))
            continue
        words = value if field is None or field.lower() == "text" else f"{field}: {value}"
        remaining = " ".join(match[0] for match in terms if match is not term)
        chips.append(FilterChip(words, _query_without(query, "q", remaining)))
    return JournalSearch(where, tuple(chips), tuple(faults))


def _filter_chips(query: QueryDict) -> list[FilterChip]:
    """Return the chips of filters set by menus, charts and other pages."""
    chips = []
    for name, known in (("type", set(TYPES)), ("outcome", set(OUTCOMES))):
        values = [value for value in query.getlist(name) if value in known]
        for value in values:
            rest = without_position(query)
            rest.setlist(name, [existing for existing in values if existing != value])
            chips.append(FilterChip(f"{name}: {value}", f"?{rest.urlencode()}"))
    for name in ("artifact", "req", "text"):
        if value := query.get(name, "").strip():
            chips.append(FilterChip(f"{name}: {value}", _query_without(query, name)))
    where = parse_filter(query)
    for name, word, time in (("from", "since", where.start), ("to", "before", where.end)):
        if time is not None:
            moment = to_datetime(time).replace(tzinfo=None)
            words = f"{word}: {moment.isoformat(' ', 'milliseconds')} UTC"
            chips.append(FilterChip(words, _query_without(query, name)))
    return chips


def _query_without(query: QueryDict, name: str, replacement: str = "") -> str:
    rest = without_position(query)
    rest.pop(name, None)
    if replacement:
        rest[name] = replacement
    return f"?{rest.urlencode()}"


def _with_term(where: LedgerFilter, field: str | None, value: str) -> LedgerFilter:
    if field is None:
        return replace(where, words=(*where.words, value)) if value else where
    apply = _FIELDS.get(field.lower())
    if apply is None:
        raise SearchSyntaxError(
            f"There is no field “{field}”. There are type, outcome, group, artifact, offset, "
            "contentId, globalId, req, since, until and text; a text with a colon goes in quotes."
        )
    return apply(where, value)


def _with_type(where: LedgerFilter, value: str) -> LedgerFilter:
    kind = _TYPES.get(value.replace("-", "").replace("_", "").lower())
    if kind is None:
        raise SearchSyntaxError(f"There is no type “{value}”. There are {', '.join(TYPES)}.")
    return replace(where, types=(*where.types, kind))


def _with_outcome(where: LedgerFilter, value: str) -> LedgerFilter:
    outcome = OUTCOMES.get(value.replace(" ", "-").replace("_", "-").lower())
    if outcome is None:
        raise SearchSyntaxError(f"There is no outcome “{value}”. There are {', '.join(OUTCOMES)}.")
    return replace(where, outcomes=(*where.outcomes, outcome))


def _with_offsets(where: LedgerFilter, value: str) -> LedgerFilter:
    before, colon, stretch = value.rpartition(":")
    first, dots, last = stretch.partition("..")
    try:
        partition = _parse_number(before, MAX_PARTITION) if colon else where.partition
        start = _parse_number(first) if first or not dots else None
        end = _parse_number(last) if last else None
    except ValueError:
        raise SearchSyntaxError(
            f"“{value}” is no offset. Write offset:120, offset:100..200, offset:100.. or, with a "
            "partition, offset:1:100..200."
        ) from None
    return replace(where, partition=partition, offsets=(start, end if dots else start))


def _parse_number(text: str, maximum: int = MAX_LONG) -> int:
    number = parse_whole_number(text, maximum)
    if number is None:
        raise ValueError(text)
    return number


def _parse_id(value: str, name: str) -> int:
    number = parse_whole_number(value)
    if number is None:
        raise SearchSyntaxError(f"“{value}” is no {name}: it is a number.")
    return number


def parse_time(text: str, is_end: bool = False) -> int:
    """Parse a day or a time in UTC, or epoch ms, to epoch ms; raises SearchSyntaxError.

    With `is_end`, a day means its end, the beginning of the next day.
    """
    number = parse_whole_number(text, _MAX_TIME)
    # Days without hyphens, such as 20261101, are no times.
    if number is not None and number >= _MIN_TIME:
        return number
    plain = text.removesuffix("Z").removesuffix("z").replace("t", "T")
    for form in _TIME_FORMATS:
        try:
            return _to_ms(datetime.strptime(plain, form))
        except ValueError:
            continue
    try:
        return _to_ms(datetime.strptime(plain, "%Y-%m-%d") + timedelta(days=is_end))
    except (ValueError, OverflowError):
        raise SearchSyntaxError(
            f"“{text}” is no time. Write 2026-11-01 or 2026-11-01T10:30, in UTC."
        ) from None


def _to_ms(time: datetime) -> int:
    return int(time.replace(tzinfo=UTC).timestamp() * 1000)


_FIELDS: dict[str, Callable[[LedgerFilter, str], LedgerFilter]] = {
    "type": _with_type,
    "outcome": _with_outcome,
    "offset": _with_offsets,
    "contentid": lambda where, value: replace(
        where, content_ids=(*where.content_ids, _parse_id(value, "content id"))
    ),
    "globalid": lambda where, value: replace(
        where, global_ids=(*where.global_ids, _parse_id(value, "global id"))
    ),
    "since": lambda where, value: replace(where, start=parse_time(value)),
    "until": lambda where, value: replace(where, end=parse_time(value, is_end=True)),
    "group": lambda where, value: replace(where, groups=(*where.groups, value)),
    "artifact": lambda where, value: replace(where, artifacts=(*where.artifacts, value)),
    "req": lambda where, value: replace(where, req=value),
    "text": lambda where, value: replace(where, words=(*where.words, value)) if value else where,
}
