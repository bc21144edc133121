"""J17, J19, J22, J23 and J24: what this node is, and how it fares among the others."""

from journal.doctor.findings import Finding, Place, places
from journal.doctor.observations import Observations
from journal.doctor.wording import place_of, time_of
from journal.models import ContentView
from journal.queries import NodeState
from journal.tally import Sort
from journal.write_waits import Waits

_DAY_MS = 24 * 60 * 60 * 1000
#: The errors that say that tables and topic do not belong together.
_APART = {"AheadOfJournal", "TopicReplaced", "TopicMissing"}
#: Milliseconds of the records' own clock after which a silent holder has lost the upgrade lock.
_LOCK_TIMEOUT = 80_000
#: Seconds that a write may take to come back, and of how many writes that is told.
_SLOW, _ENOUGH = 2.0, 20


def ahead_of_journal(state: NodeState) -> Finding | None:
    """Judged where pages are read: a worker in trouble judges nothing."""
    if state.trouble_kind not in _APART or not state.trouble:
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
        began=Place(0, max(state.applied - 1, 0), state.beat) if state.partitions else None,
    )


def stuck_upgrade(seen: Observations) -> Finding | None:
    stuck = [
        each
        for each in seen.upgrades
        if each.version > seen.topic_version and each.seen_at < seen.newest - _LOCK_TIMEOUT
    ]
    if not stuck:
        return None
    named = ", ".join(each.uuid for each in stuck)
    return Finding(
        code="J19",
        severity="warning",
        summary="An upgrade of the topic was begun and never committed, by " + named + ".",
        evidence=(
            f"The topic is of version {seen.topic_version}.",
            *(
                f"{each.uuid} asked for the lock for version {each.version} at offset "
                f"{each.tried_at}, and said its last at {time_of(each.seen_at)}."
                for each in stuck
            ),
        ),
        consequence="Contents with references keep their older hashes until another node upgrades "
        "the topic. The lock has run out, so it holds up nobody.",
        remedy="Restart one Java node of 2.5.9 or newer, and see in its log why the upgrade ends.",
    )


def slow_writes(waits: Waits) -> Finding | None:
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


def backups(seen: Observations) -> Finding | None:
    wanted = seen.backup
    if wanted is None:
        return None
    if wanted.verified_at is not None and seen.now - wanted.verified_at <= wanted.days * _DAY_MS:
        return None
    last = (
        "none was ever verified"
        if wanted.verified_at is None
        else f"the last one that was is of {time_of(wanted.verified_at)}"
    )
    return Finding(
        code="J23",
        severity="warning",
        summary=f"No backup of the topic was verified within {wanted.days:g} days: {last}.",
        evidence=(f"Looked for in {wanted.directory}.",),
        consequence="What the topic loses by retention, compaction or by hand can't be brought "
        "back for certain.",
        remedy="Back the topic up, then compare the backup with its checksums:\n"
        f"  python manage.py backup {wanted.directory}\n"
        f"  python manage.py backup {wanted.directory} --check",
    )


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
