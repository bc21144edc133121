"""J08: records that were gone from the topic before this node came to them."""

from journal.doctor.findings import Finding
from journal.doctor.observations import Observations
from journal.doctor.wording import NAMED_AT_MOST, time_of


def missed_records(seen: Observations) -> Finding | None:
    if not seen.missed:
        return None
    some = seen.missed[:NAMED_AT_MOST]
    more = len(seen.missed) - len(some)
    return Finding(
        code="J08",
        severity="error" if any(each.is_whole for each in seen.missed) else "warning",
        summary="Records were gone from the topic before this node came to them: "
        f"{sum(each.count for each in seen.missed)} offsets held none any more.",
        evidence=(
            *(f"Gone: {each.words}, noticed {time_of(each.noticed_at)}." for each in some),
            *([f"And {more} more such stretches."] if more else []),
        ),
        consequence="What they said is not in these tables. Nodes that applied them in time hold "
        "other rows, and so does a node that replays the topic now; the state digests may differ.",
        remedy="If another node applied them, or a backup of the topic has them, go on from "
        "there. Else stop this node and rebuild its tables, which then are what the topic as it "
        "is says, and read first what that loses:\n  python manage.py rebuild",
    )
