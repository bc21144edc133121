"""Writes this node's state to an empty topic, proves it by a replay, and tells how to cut over."""

import sys
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError
from django.db import DatabaseError
from django.db.models import Max

from journal.brokers.empty_topic import TIMES_REPLACED, empty_topic
from journal.dialects import Dialect, Generation, dialect_for
from journal.mending.new_journal import (
    NewJournal,
    Verified,
    plan_new_journal,
    verify_new_journal,
    write_new_journal,
)
from journal.models import Position
from journal.queries import NodeState, node_state
from node.progress import show_counts
from node.topic_commands import broker_at_hand
from registry.queries import snapshot

#: Differences of the same kind that are named one by one.
_TOLD = 20


class Command(BaseCommand):
    help = (
        "Write this node's state to an empty or missing topic, as the journal to go on with: for "
        "one that was deleted, damaged or has grown, for another cluster, to purge a secret."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--topic", required=True, metavar="NAME", help="of the new journal")
        parser.add_argument(
            "--bootstrap-servers", metavar="HOST:PORT", help="of another cluster than this node's"
        )
        parser.add_argument(
            "--dialect",
            choices=[each.value for each in Dialect],
            help="named by the oldest release that is to read it; else that of this journal",
        )
        parser.add_argument("--dry-run", action="store_true", help="show what it would be and stop")
        parser.add_argument("--yes", action="store_true", help="do not ask")

    def handle(
        self,
        *,
        topic: str,
        bootstrap_servers: str | None,
        dialect: str | None,
        dry_run: bool,
        yes: bool,
        **options: Any,
    ) -> None:
        if bootstrap_servers is not None:
            settings.KAFKA_PROPERTIES = {
                **settings.KAFKA_PROPERTIES,
                "bootstrap.servers": bootstrap_servers,
            }
        elif topic == settings.JOURNAL_TOPIC:
            raise CommandError(f"{topic} is this node's own journal: name another with --topic")
        try:
            with snapshot():
                planned = self._plan(topic, dialect)
                if dry_run:
                    return
                if not yes:
                    self._ask(topic)
                found = self._write(planned, topic)
        except DatabaseError as error:
            raise CommandError(f"This node's tables can't be read: {error}") from error
        self._tell(planned, found, topic)

    def _tell(self, planned: NewJournal, found: Verified, topic: str) -> None:
        for line in _verdict(planned, found):
            self.stdout.write(line)
        if found.troubles or found.unforetold:
            raise CommandError(f"{topic} is not the journal that was meant: do not cut over to it.")
        for line in _cut_over(planned, found, topic):
            self.stdout.write(line)

    def _plan(self, topic: str, named: str | None) -> NewJournal:
        state = node_state()
        planned = plan_new_journal(_dialect(named))
        if not planned.offsets:
            raise CommandError("This node has applied no record, so it has no state to write.")
        for line in _preview(planned, topic, state):
            self.stdout.write(line)
        return planned

    def _write(self, planned: NewJournal, topic: str) -> Verified:
        with broker_at_hand():
            with (
                empty_topic(settings.KAFKA_PROPERTIES, topic, 1) as empty,
                show_counts("Writing") as on_progress,
            ):
                write_new_journal(planned, settings.KAFKA_PROPERTIES, topic, on_progress)
            if not empty.keeps_times:
                self.stdout.write(self.style.WARNING(TIMES_REPLACED))
            with show_counts("Verifying") as on_progress:
                return verify_new_journal(planned, settings.KAFKA_PROPERTIES, topic, on_progress)

    def _ask(self, topic: str) -> None:
        self.stdout.write(f"Type {topic} to write it:")
        self.stdout.flush()
        if sys.stdin.readline().strip() != topic:
            raise CommandError("Nothing was written.")


def _dialect(named: str | None) -> Dialect:
    if named is not None:
        return Dialect(named)
    if settings.JOURNAL_DIALECT != "auto":
        return Dialect(settings.JOURNAL_DIALECT)
    newest = Position.objects.aggregate(newest=Max("generation"))["newest"]
    found = dialect_for(Generation(newest or 0))
    if found is None:
        raise CommandError("Nodes of 2.0 read no form that can be written: name a --dialect.")
    return found


def _preview(planned: NewJournal, topic: str, state: NodeState) -> Iterator[str]:
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


def _verdict(planned: NewJournal, found: Verified) -> Iterator[str]:
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


def _cut_over(planned: NewJournal, found: Verified, topic: str) -> Iterator[str]:
    yield "To cut over:"
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
    yield from (f"{number}. {step}" for number, step in enumerate(steps, 1))


def _places(offsets: Any) -> str:
    return ", ".join(
        str(offset) if len(offsets) == 1 else f"{offset} of partition {partition}"
        for partition, offset in offsets.items()
    )
