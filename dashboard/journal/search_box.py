"""The journal's search box: words, and fields such as type:Artifact offset:100..200."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from django.http import QueryDict

from dashboard.journal.filters import OUTCOMES, TYPES, filter_of
from journal.ledger.filters import LedgerFilter

_MOST_SIGNS = 1000
_MOST_TERMS = 30
_HIGHEST = 2**63 - 1
_TERM = re.compile(r'(?:([A-Za-z]+):)?(?:"([^"]*)"|(\S+))')
_TYPES = {name.lower(): kind for name, kind in TYPES.items()}
_OFFSETS = re.compile(r"(?:(\d{1,9}):)?(?:(\d{1,18})|(\d{1,18})?\.\.(\d{1,18})?)").fullmatch
_MINUTES = ("%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M")


@dataclass(frozen=True, slots=True)
class Chip:
    """A condition in words; `query` is the address without it."""

    words: str
    query: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks of the journal; `faults` say what of it can't be understood."""

    where: LedgerFilter
    chips: tuple[Chip, ...]
    faults: tuple[str, ...]


class Misunderstood(Exception):
    """What was written is no such thing, in a sentence."""


def asked_of(query: QueryDict) -> Asked:
    """A term that can't be understood matches nothing else than the others do."""
    where, chips, faults = filter_of(query), _chips_of(query), []
    text = query.get("q", "")
    if len(text) > _MOST_SIGNS:
        faults.append(f"The search is longer than {_MOST_SIGNS:,} signs; the rest is left out.")
        text = text[:_MOST_SIGNS]
    terms = list(_TERM.finditer(text))
    if len(terms) > _MOST_TERMS:
        faults.append(f"Only the first {_MOST_TERMS} terms of the search count.")
    for term in terms[:_MOST_TERMS]:
        try:
            where = _narrowed(where, term)
        except Misunderstood as fault:
            faults.append(str(fault))
        else:
            rest = " ".join(each[0] for each in terms if each is not term)
            chips.append(Chip(_chip_words(term), _without(query, "q", rest)))
    return Asked(where, tuple(chips), tuple(faults))


def _chip_words(term: "re.Match[str]") -> str:
    field, quoted, plain = term.groups()
    held = plain if quoted is None else quoted
    return held if field is None or field.lower() == "text" else f"{field}: {held}"


def _chips_of(query: QueryDict) -> list[Chip]:
    """Of the fields that menus, charts and other pages set."""
    chips = []
    for name in ("type", "outcome"):
        known = TYPES if name == "type" else OUTCOMES
        held = [each for each in query.getlist(name) if each in known]
        for each in held:
            rest = query.copy()
            rest.setlist(name, [other for other in held if other != each])
            chips.append(Chip(f"{name}: {each}", _encoded(rest)))
    for name in ("artifact", "req", "text"):
        if query.get(name, "").strip():
            chips.append(Chip(f"{name}: {query.get(name, '').strip()}", _without(query, name)))
    return chips + _times_of(query)


def _times_of(query: QueryDict) -> list[Chip]:
    chips = []
    where = filter_of(query)
    for name, word, moment in (("from", "since", where.start), ("to", "before", where.end)):
        if moment is not None:
            chips.append(Chip(f"{word}: {_moment_words(moment)}", _without(query, name)))
    return chips


def _moment_words(moment: int) -> str:
    when = datetime.fromtimestamp(min(moment, 253_402_300_799_999) / 1000, UTC)
    return f"{when:%Y-%m-%d %H:%M:%S}.{moment % 1000:03d} UTC"


def _without(query: QueryDict, name: str, rest: str = "") -> str:
    left = query.copy()
    left.pop(name, None)
    if rest:
        left[name] = rest
    return _encoded(left)


def _encoded(query: QueryDict) -> str:
    for name in ("at", "before", "after", "record", "part"):
        query.pop(name, None)
    return f"?{query.urlencode()}"


def _narrowed(where: LedgerFilter, term: "re.Match[str]") -> LedgerFilter:
    field, quoted, plain = term.groups()
    held = plain if quoted is None else quoted
    if field is None:
        return replace(where, words=(*where.words, held)) if held else where
    narrow = _FIELDS.get(field.lower())
    if narrow is None:
        raise Misunderstood(
            f"There is no field “{field}”. There are type, outcome, group, artifact, offset, "
            "contentId, globalId, req, since, until and text; a text with a colon goes in quotes."
        )
    return narrow(where, held)


def _type(where: LedgerFilter, held: str) -> LedgerFilter:
    kind = _TYPES.get(held.replace("-", "").replace("_", "").lower())
    if kind is None:
        raise Misunderstood(f"There is no type “{held}”. There are {', '.join(TYPES)}.")
    return replace(where, types=(*where.types, kind))


def _outcome(where: LedgerFilter, held: str) -> LedgerFilter:
    outcome = OUTCOMES.get(held.replace(" ", "-").replace("_", "-").lower())
    if outcome is None:
        raise Misunderstood(f"There is no outcome “{held}”. There are {', '.join(OUTCOMES)}.")
    return replace(where, outcomes=(*where.outcomes, outcome))


def _offset(where: LedgerFilter, held: str) -> LedgerFilter:
    found = _OFFSETS(held)
    if found is None or held.endswith(":"):
        raise Misunderstood(
            f"“{held}” is no offset. Write offset:120, offset:100..200, offset:100.. or, with a "
            "partition, offset:1:100..200."
        )
    partition, one, first, last = (None if each is None else int(each) for each in found.groups())
    offsets = (one, one) if one is not None else (first, last)
    return replace(
        where, partition=where.partition if partition is None else partition, offsets=offsets
    )


def _number(held: str, words: str) -> int:
    if not (held.isascii() and held.isdigit() and int(held[:20]) <= _HIGHEST):
        raise Misunderstood(f"“{held}” is no {words}: it is a number.")
    return int(held)


def _content_id(where: LedgerFilter, held: str) -> LedgerFilter:
    return replace(where, content_ids=(*where.content_ids, _number(held, "content id")))


def _global_id(where: LedgerFilter, held: str) -> LedgerFilter:
    return replace(where, global_ids=(*where.global_ids, _number(held, "global id")))


def _since(where: LedgerFilter, held: str) -> LedgerFilter:
    return replace(where, start=moment_of(held))


def _until(where: LedgerFilter, held: str) -> LedgerFilter:
    return replace(where, end=moment_of(held, is_end=True))


def moment_of(text: str, is_end: bool = False) -> int:
    """Epoch ms of a day or a time in UTC; a day's end is the next day. Raises Misunderstood."""
    if text.isascii() and text.isdigit() and 9 < len(text) < 16:
        return int(text)
    plain = text.removesuffix("Z").removesuffix("z").replace("t", "T")
    for form in _MINUTES:
        try:
            return _ms(datetime.strptime(plain, form))
        except ValueError:
            continue
    try:
        return _ms(datetime.strptime(plain, "%Y-%m-%d") + timedelta(days=is_end))
    except (ValueError, OverflowError):
        raise Misunderstood(
            f"“{text}” is no time. Write 2026-11-01 or 2026-11-01T10:30, in UTC."
        ) from None


def _ms(when: datetime) -> int:
    return int(when.replace(tzinfo=UTC).timestamp() * 1000)


_FIELDS: dict[str, Callable[[LedgerFilter, str], LedgerFilter]] = {
    "type": _type,
    "outcome": _outcome,
    "offset": _offset,
    "contentid": _content_id,
    "globalid": _global_id,
    "since": _since,
    "until": _until,
    "group": lambda where, held: replace(where, groups=(*where.groups, held)),
    "artifact": lambda where, held: replace(where, artifacts=(*where.artifacts, held)),
    "req": lambda where, held: replace(where, req=held),
    "text": lambda where, held: replace(where, words=(*where.words, held)) if held else where,
}
