"""J24: what this node is, compared with the others of the journal."""

from journal.doctor.findings import Finding, places
from journal.doctor.observations import Observations
from journal.doctor.wording import place_of
from journal.models import ContentView
from journal.tally import Sort


def outdated_view(seen: Observations) -> Finding | None:
    built = seen.built_view
    newer, used_twice = seen.tally.seen(Sort.NEWER), seen.tally.seen(Sort.USED_TWICE)
    if built is None or not newer.first or built.view is not ContentView.FIRST_WINS:
        return None
    return Finding(
        code="J24",
        severity="warning" if used_twice.count else "info",
        summary="Nodes of 2.5.9 or later write here, and these tables were built before, in the "
        "view of older ones: first-wins.",
        evidence=(
            f"The first record that only they write is at {place_of(newer.first[0])}.",
            f"{used_twice.count} content records met a content id that was in use.",
        ),
        records=places([newer.first[0], *used_twice.first]),
        consequence="Where a content id was used twice, those nodes hold the last content and "
        "this one the first; their state digests differ.",
        remedy="Stop this node and rebuild its tables, which then take the view of the newer "
        "nodes:\n  python manage.py rebuild",
    )
