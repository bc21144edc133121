"""What a new journal would be, was found to be, and how to cut over to it, line by line."""

from collections import Counter
from collections.abc import Iterator, Mapping

from django.conf import settings
from django.db.models import Max

from journal.health.node_state import NodeState
from journal.models import Position
from journal.repair.new_journal.plan import NewJournalPlan, Verification
from journal.repair.plan import RepairImpossible
from journal.wire.dialects import Dialect, Generation, dialect_for

#: Differences of the same kind that are named one by one.
_TOLD = 20


def choose_dialect(named: str | None) -> Dialect:
    """That of this journal if none is named; raises RepairImpossible."""
    if named is not None:
        return Dialect(named)
    if settings.JOURNAL_DIALECT != "auto":
        return Dialect(settings.JOURNAL_DIALECT)
    newest = Position.objects.aggregate(newest=Max("generation"))["newest"]
    found = dialect_for(Generation(newest or 0))
    if found is None:
        raise RepairImpossible(
            "Nodes of 2.0 read no form that can be written: name another dialect."
        )
    return found


def preview_lines(planned: NewJournalPlan, topic: str, state: NodeState) -> Iterator[str]:
    yield (
        f"The state of {settings.JOURNAL_TOPIC} at {_places(planned.offsets)} as "
        f"{planned.records} records, {planned.bytes} bytes, in dialect {planned.dialect.value}, on "
        f"the new topic {topic}:"
    )
    yield ", ".join(f"{count} {kind.label}" for kind, count in sorted(planned.counts.items()))
    lag = sum(each.lag for each in state.partitions)
    if lag:
        yield f"{lag} records of the journal are not applied here yet, and will not be in it."
    if state.is_worker_alive:
        yield (
            "This node is at work. What any node writes from now on will not be in the new "
            "journal: stop all writers before you go on."
        )
    words = Counter(each.words for each in planned.foretold if each.words)
    if words:
        yield "What will differ:"
        yield from _some([*words])


def verification_lines(planned: NewJournalPlan, found: Verification) -> Iterator[str]:
    if found.digest == planned.digest:
        yield f"Verified by a replay: the state digest is {found.digest}, this node's own."
    else:
        yield f"The replay's state digest is {found.digest}, this node's own is {planned.digest}."
        yield f"{found.foretold} rows differ as told above, {found.unforetold} in other ways."
        yield from _some([each.words for each in found.some])
    yield from _some([
        f"{each.partition}:{each.offset} {each.outcome.label}: {each.summary}; {each.reason}"
        for each in found.troubles
    ])


def _some(lines: list[str]) -> Iterator[str]:
    yield from (f"- {each}" for each in lines[:_TOLD])
    if len(lines) > _TOLD:
        yield f"- and {len(lines) - _TOLD} more"


def cut_over_steps(planned: NewJournalPlan, found: Verification, topic: str) -> list[str]:
    """In their order."""
    steps = [
        "Stop every node that writes to the old topic. Was one still writing while this ran? Then "
        "delete the new topic and run this again.",
        f"Java nodes: set registry.kafkasql.topic (REGISTRY_KAFKASQL_TOPIC) to {topic} and start "
        "them; they replay it from its beginning.",
        f"Annals nodes: set JOURNAL_TOPIC={topic}, run `python manage.py rebuild` and start them.",
        f"On each Annals node `python manage.py digest` at offset {_places(found.next_offsets)} "
        f"tells {found.auto_digest} ({found.auto_view}).",
        f"Keep the old topic {settings.JOURNAL_TOPIC} and a dump of it until you are sure; no node "
        "needs it any more.",
    ]
    if found.auto_dialect is not planned.dialect:
        steps.insert(
            3,
            f"Set JOURNAL_DIALECT={planned.dialect.value} on Annals nodes: these records alone do "
            "not tell it.",
        )
    return steps


def _places(offsets: Mapping[int, int]) -> str:
    return ", ".join(
        str(offset) if len(offsets) == 1 else f"{offset} of partition {partition}"
        for partition, offset in offsets.items()
    )
