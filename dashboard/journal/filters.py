"""The filters in the address of the journal page, for the page and its socket."""

from django.http import QueryDict

from journal.ledger.filters import LedgerFilter
from journal.models import Outcome
from journal.wire.messages import MessageType

TYPES = {kind.label: kind for kind in MessageType}
OUTCOMES = {str(outcome.label).replace(" ", "-"): outcome for outcome in Outcome}
_POSITION_PARAMETERS = ("at", "before", "after", "record", "part")


def parse_filter(query: QueryDict) -> LedgerFilter:
    """Parse the filter; unknown types and outcomes are left out."""
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
    """Return a whole number below 10^18 in an address, None for anything else."""
    text = query.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def without_position(query: QueryDict) -> QueryDict:
    """Return a mutable copy without the parameters for the position in the list."""
    copy = query.copy()
    for name in _POSITION_PARAMETERS:
        copy.pop(name, None)
    return copy
