"""J17, J22 and J24: what this node is, and how it fares among the others."""

from journal.health.findings import Finding, to_positions
from journal.health.formatting import format_position
from journal.health.node_state import NodeState
from journal.health.observations import Observations
from journal.health.write_latency import WriteLatencySummary
from journal.models import ContentView
from journal.projection.tally import Category

#: The one finding that lasts only while the worker applies nothing, and so makes no rounds.
TABLES_APART = "J17"
#: The errors that say that tables and topic do not belong together.
_APART = {"AheadOfJournal", "TopicReplaced", "TopicMissing"}
#: Seconds that a write may take to come back, and of how many writes that is told.
_SLOW, _ENOUGH = 2.0, 20


def ahead_of_journal(state: NodeState) -> Finding | None:
    """Judged where pages are read: a worker in trouble judges nothing."""
    # A topic that is missing when nothing was ever applied is no loss.
    if state.trouble_kind not in _APART or not state.applied:
        return None
    applied = ", ".join(
        f"offset {each.applied} of partition {each.partition}" for each in state.partitions
    )
    return Finding(
        code="J17",
        severity="error",
        summary="This node's tables and the topic do not belong together any more: "
        f"{state.trouble}.",
        evidence=(f"The tables hold everything before {applied}.",),
        consequence="Reads go on from the tables. Writes are refused, since nobody could say what "
        "they would be applied to.",
        remedy="If the topic was lost, the tables are what is left of it: restore it from a "
        "backup, or write a new one from this node's state:\n"
        "  python manage.py restore DIRECTORY --topic NAME\n"
        "  python manage.py new_journal --topic NAME\n"
        "If the present topic is the right one, derive the tables from it anew, and read first "
        "what that loses:\n  python manage.py rebuild",
    )


def slow_writes(waits: WriteLatencySummary) -> Finding | None:
    """Of the process that is asked."""
    is_slow = waits.count >= _ENOUGH and waits.slowest_of_a_hundred > _SLOW
    if not waits.in_vain and not is_slow:
        return None
    return Finding(
        code="J22",
        severity="warning",
        summary=f"{waits.in_vain} of {waits.count} writes of the last ten minutes waited in vain "
        f"for their outcome; one in a hundred took {waits.slowest_of_a_hundred:.1f} s or more.",
        evidence=("Counted in the process that answers this request.",),
        consequence="Whoever wrote got 503 with a request id: the record may have been applied "
        "later, and writing again is safe.",
        remedy="See whether the broker is slow to acknowledge (acks=all waits for "
        "min.insync.replicas), whether the worker is behind (lag), and whether the disk of the "
        "tables is.",
    )


def outdated_view(seen: Observations) -> Finding | None:
    built = seen.built_view
    newer, used_twice = seen.tally.seen(Category.NEWER), seen.tally.seen(Category.USED_TWICE)
    if built is None or not newer.first or built.view is not ContentView.FIRST_WINS:
        return None
    return Finding(
        code="J24",
        severity="warning" if used_twice.count else "info",
        summary="Nodes of 2.5.9 or later write here, and these tables were built before, in the "
        "view of older ones: first-wins.",
        evidence=(
            f"The first record that only they write is at {format_position(newer.first[0])}.",
            f"{used_twice.count} content records met a content id that was in use.",
        ),
        records=to_positions([newer.first[0], *used_twice.first]),
        consequence="Where a content id was used twice, those nodes hold the last content and "
        "this one the first; their state digests differ.",
        remedy="Stop this node and rebuild its tables, which then take the view of the newer "
        "nodes:\n  python manage.py rebuild",
    )
