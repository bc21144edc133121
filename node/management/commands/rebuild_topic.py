"""Writes this node's state to an empty topic, verifies it, and explains the cut-over."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError
from django.db import DatabaseError

from journal.health.node_state import node_state
from journal.kafka.load_targets import TIMES_REPLACED, prepare_load_target
from journal.repair.new_journal.plan import (
    NewJournalPlan,
    Verification,
    plan_new_journal,
    verify_new_journal,
    write_new_journal,
)
from journal.repair.new_journal.report import (
    choose_dialect,
    cut_over_steps,
    preview_lines,
    verification_lines,
)
from journal.repair.plan import RepairImpossible
from journal.wire.dialects import Dialect
from node.cli.confirmation import read_confirmation
from node.cli.progress import count_progress
from node.cli.topics import ensure_broker
from registry.queries import repeatable_read


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
            choices=[dialect.value for dialect in Dialect],
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
        if bootstrap_servers is None and topic == settings.JOURNAL_TOPIC:
            raise CommandError(f"{topic} is this node's own journal: name another with --topic")
        try:
            with repeatable_read():
                plan = self._plan(topic, dialect)
                if dry_run:
                    return
                if not (yes or read_confirmation(self.stdout, topic, "write it") == topic):
                    raise CommandError("Nothing was written.")
                verification = self._write(plan, topic, bootstrap_servers)
        except DatabaseError as error:
            raise CommandError(f"This node's tables can't be read: {error}") from error
        for line in verification_lines(plan, verification):
            self.stdout.write(line)
        if verification.failed_records or verification.unexpected_rows:
            raise CommandError(f"{topic} is not the journal that was meant: do not cut over to it.")
        self.stdout.write("To cut over:")
        for number, step in enumerate(cut_over_steps(plan, verification, topic), 1):
            self.stdout.write(f"{number}. {step}")

    def _plan(self, topic: str, dialect: str | None) -> NewJournalPlan:
        state = node_state()
        try:
            plan = plan_new_journal(choose_dialect(dialect))
        except RepairImpossible as error:
            raise CommandError(str(error)) from error
        if not plan.offsets:
            raise CommandError("This node has applied no record, so it has no state to write.")
        for line in preview_lines(plan, topic, state):
            self.stdout.write(line)
        return plan

    def _write(
        self, plan: NewJournalPlan, topic: str, bootstrap_servers: str | None
    ) -> Verification:
        with ensure_broker(bootstrap_servers) as cluster:
            with (
                prepare_load_target(cluster.properties, topic, 1) as target,
                count_progress("Writing") as on_progress,
            ):
                write_new_journal(plan, cluster.properties, topic, on_progress)
            if not target.keeps_times:
                self.stdout.write(self.style.WARNING(TIMES_REPLACED))
            with count_progress("Verifying") as on_progress:
                return verify_new_journal(plan, cluster.properties, topic, on_progress)
