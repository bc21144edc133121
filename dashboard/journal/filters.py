"""The journal page's filters as its address has them, for the page and its socket alike."""

from django.http import QueryDict

from journal.ledger.filters import LedgerFilter
from journal.models import Outcome
from journal.wire.messages import MessageType

TYPES = {kind.label: kind for kind in MessageType}
OUTCOMES = {str(outcome.label).replace(" ", "-"): outcome for outcome in Outcome}
_POSITION_PARAMETERS = ("at", "before", "after", "record", "part")


def parse_filter(query: QueryDict) -> LedgerFilter:
    """Parse the filter; names that are no type or outcome are left out."""
    return LedgerFilter(
        types=tuple(TYPES[name] for name in query.getlist("type") if name in TYPES),
        outcomes=tuple(OUTCOMES[name] for name in query.getlist("outcome") if name in OUTCOMES),
        artifact=query.get("artifact", "").strip(),
        req=query.get("req", "").strip(),
        words=(text,) if (text := query.get("text", "").strip()) else (),
        start=query_number(query, "from"),
        end=query_number(query, "to"),
    )


def query_number(query: QueryDict, name: str) -> int | None:
    """Return a whole number below 10^18 of an address, None for anything else."""
    text = query.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def without_position(query: QueryDict) -> QueryDict:
    """Return a mutable copy without what says which part of the list is shown."""
    copy = query.copy()
    for name in _POSITION_PARAMETERS:
        copy.pop(name, None)
    return copy
