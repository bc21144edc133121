"""The journal page's filters as they stand in an address, for the page and its socket alike."""

from django.http import QueryDict

from journal.ledger.filters import LedgerFilter
from journal.models import Outcome
from journal.wire.messages import MessageType

TYPES = {kind.label: kind for kind in MessageType}
OUTCOMES = {outcome.name.lower().replace("_", "-"): outcome for outcome in Outcome}


def filter_of(query: QueryDict) -> LedgerFilter:
    """Words that name no type or outcome are left out."""
    return LedgerFilter(
        types=tuple(TYPES[name] for name in query.getlist("type") if name in TYPES),
        outcomes=tuple(OUTCOMES[name] for name in query.getlist("outcome") if name in OUTCOMES),
        artifact=query.get("artifact", "").strip(),
        req=query.get("req", "").strip(),
        words=(text,) if (text := query.get("text", "").strip()) else (),
        start=number(query, "from"),
        end=number(query, "to"),
    )


def number(query: QueryDict, name: str) -> int | None:
    """A whole number of an address, or None if it is absent or none."""
    text = query.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
