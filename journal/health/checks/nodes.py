"""J17, J22 and J24: this node's tables, its writes, and its content view."""

from journal.health.findings import Finding, to_positions
from journal.health.formatting import format_position
from journal.health.node_state import NodeState
from journal.health.observations import Observations
from journal.health.write_latency import WriteLatencySummary
from journal.models import ContentView
from journal.projection.tally import Category

#: The one finding that lasts only while the worker applies nothing, and so makes no diagnosis.
TABLES_APART = "J17"
#: The kinds of trouble in which tables and topic do not belong together.
_APART = {"ahead-of-journal", "topic-replaced", "topic-missing"}
_SLOW_S = 2.0
#: Fewer writes are too few for a 99th percentile.
_MIN_WRITES = 20


def tables_apart(state: NodeState) -> Finding | None:
    """Check the node's state on each reading: a worker in trouble makes no diagnosis."""
    # A topic that is missing when nothing was ever applied is no loss.
    if state.trouble_kind not in _APART or not state.applied:
        return None
    applied = ", ".join(
        f"offset {partition.applied} of partition {partition.partition}"
        for partition in state.partitions
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
        "  python manage.py rebuild_topic --topic NAME\n"
        "If the present topic is the right one, derive the tables from it anew, and read first "
        "what that loses:\n  python manage.py rebuild",
    )


def slow_writes(latency: WriteLatencySummary) -> Finding | None:
    """Check the writes of this process."""
    is_slow = latency.count >= _MIN_WRITES and latency.p99 > _SLOW_S
    if not latency.timeouts and not is_slow:
        return None
    return Finding(
        code="J22",
        severity="warning",
        summary=f"{latency.timeouts} of {latency.count} writes of the last ten minutes waited in "
        f"vain for their outcome; one in a hundred took {latency.p99:.1f} s or more.",
        evidence=("Counted in the process that answers this request.",),
        consequence="Whoever wrote got 503 with a request id: the record may have been applied "
        "later, and writing again is safe.",
        remedy="See whether the broker is slow to acknowledge (acks=all waits for "
        "min.insync.replicas), whether the worker is behind (lag), and whether the disk of the "
        "tables is.",
    )


def outdated_view(observations: Observations) -> Finding | None:
    newer = observations.tally.occurrences(Category.NEWER)
    used_twice = observations.tally.occurrences(Category.USED_TWICE)
    if not newer.first or observations.content_view is not ContentView.FIRST_WINS:
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
