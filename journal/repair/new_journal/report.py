"""Reports of a new journal, line by line: preview, verification, steps to cut over."""

from collections.abc import Iterator, Mapping

from django.conf import settings
from django.db.models import Max

from journal.health.node_state import NodeState
from journal.models import Position
from journal.repair.new_journal.plan import NewJournalPlan, Verification
from journal.repair.plan import RepairImpossible
from journal.wire.dialects import Dialect, Generation, dialect_for

#: Differences of the same kind that are named one by one.
_MAX_NAMED = 20


def choose_dialect(name: str | None) -> Dialect:
    """Return the named dialect, or this journal's if None; raises RepairImpossible."""
    if name is not None:
        return Dialect(name)
    if settings.JOURNAL_FORMAT_VERSION != "auto":
        return Dialect(settings.JOURNAL_FORMAT_VERSION)
    newest = Position.objects.aggregate(newest=Max("generation"))["newest"]
    dialect = dialect_for(Generation(newest or 0))
    if dialect is None:
        raise RepairImpossible(
            "Nodes of 2.0 read no form that can be written: name another dialect."
        )
    return dialect


def preview_lines(plan: NewJournalPlan, topic: str, state: NodeState) -> Iterator[str]:
    yield (
        f"The state of {settings.JOURNAL_TOPIC} at {_format_offsets(plan.offsets)} as "
        f"{plan.records} records, {plan.bytes} bytes, in dialect {plan.dialect.value}, on "
        f"the new topic {topic}:"
    )
    yield ", ".join(f"{count} {kind.label}" for kind, count in sorted(plan.counts.items()))
    if state.lag:
        yield f"{state.lag} records of the journal are not applied here yet, and will not be in it."
    if state.is_worker_alive:
        yield (
            "This node is at work. What any node writes from now on will not be in the new "
            "journal: stop all writers before you go on."
        )
    descriptions = {difference.description: None for difference in plan.expected_differences}
    descriptions.pop("", None)
    if descriptions:
        yield "What will differ:"
        yield from _list_items([*descriptions])


def verification_lines(plan: NewJournalPlan, verification: Verification) -> Iterator[str]:
    if verification.digest == plan.digest:
        yield f"Verified by a replay: the state digest is {plan.digest}, this node's own."
    else:
        yield (
            f"The replay's state digest is {verification.digest}, this node's own is {plan.digest}."
        )
        yield (
            f"{verification.expected_rows} rows differ as told above, "
            f"{verification.unexpected_rows} in other ways."
        )
        yield from _list_items([change.summary for change in verification.unexpected])
    yield from _list_items([
        f"{record.partition}:{record.offset} {record.outcome.label}: {record.summary}; "
        f"{record.reason}"
        for record in verification.failed_records
    ])


def _list_items(lines: list[str]) -> Iterator[str]:
    yield from (f"- {line}" for line in lines[:_MAX_NAMED])
    if len(lines) > _MAX_NAMED:
        yield f"- and {len(lines) - _MAX_NAMED} more"


def cut_over_steps(plan: NewJournalPlan, verification: Verification, topic: str) -> list[str]:
    """Return the steps of an operator in their order."""
    steps = [
        "Stop every node that writes to the old topic. Was one still writing while this ran? Then "
        "delete the new topic and run this again.",
        f"Java nodes: set registry.kafkasql.topic (REGISTRY_KAFKASQL_TOPIC) to {topic} and start "
        "them; they replay it from its beginning.",
        f"Annals nodes: set JOURNAL_TOPIC={topic}, run `python manage.py rebuild` and start them.",
        "On each Annals node `python manage.py digest` at offset "
        f"{_format_offsets(verification.next_offsets)} tells {verification.auto_digest} "
        f"({verification.auto_view}).",
        f"Keep the old topic {settings.JOURNAL_TOPIC} and a dump of it until you are sure; no node "
        "needs it any more.",
    ]
    if verification.auto_dialect is not plan.dialect:
        steps.insert(
            3,
            f"Set JOURNAL_FORMAT_VERSION={plan.dialect.value} on Annals nodes: these records alone "
            "do not tell it.",
        )
    return steps


def _format_offsets(offsets: Mapping[int, int]) -> str:
    return ", ".join(
        str(offset) if len(offsets) == 1 else f"{offset} of partition {partition}"
        for partition, offset in offsets.items()
    )
