"""The filters in the address of the journal page, for the page and its socket."""

from django.http import QueryDict

from journal.ledger.filters import LedgerFilter
from journal.models import Outcome
from journal.wire.messages import MessageType
from registry.whole_numbers import parse_whole_number

TYPES = {kind.label: kind for kind in MessageType}
OUTCOMES = {str(outcome.label).replace(" ", "-"): outcome for outcome in Outcome}
_MAX_NUMBER = 10**18 - 1
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
    """Return a whole number below 10^18 of an address, None for anything else."""
    return parse_whole_number(query.get(name, ""), _MAX_NUMBER)


def without_position(query: QueryDict) -> QueryDict:
    """Return a mutable copy without the parameters for the position in the list."""
    copy = query.copy()
    for name in _POSITION_PARAMETERS:
        copy.pop(name, None)
    return copy
