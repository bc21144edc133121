"""Plays the incident on a scratch topic: with 2.1.3's keys, then with a nonce."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError

from journal.kafka.errors import BrokerError
from journal.reproducer.steps import reproduce_incident
from node.cli.topics import ensure_broker
from node.processes.cluster import KafkaCluster


class Command(BaseCommand):
    help = (
        "A re-enactment of the incident, on a scratch topic of its own: three schemas, aggressive "
        "compaction, a rebuild, a fourth schema."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--keys",
            choices=("alike", "nonce", "both"),
            default="both",
            help="id records as 2.1.3 wrote them (alike), as 2.1.4 does (nonce), or both in turn",
        )

    def handle(self, *, keys: str, **options: Any) -> None:
        variants = {"alike": (False,), "nonce": (True,), "both": (False, True)}[keys]
        try:
            with ensure_broker() as cluster:
                for has_nonce in variants:
                    self._run(cluster, has_nonce)
        except BrokerError as error:
            raise CommandError(str(error)) from error

    def _run(self, cluster: KafkaCluster, has_nonce: bool) -> None:
        keys = "with a nonce in the keys of id records" if has_nonce else "with the keys of 2.1.3"
        self.stdout.write(self.style.MIGRATE_HEADING(f"Re-enactment {keys}"))
        steps = reproduce_incident(cluster.properties, settings.JOURNAL_TOPIC, has_nonce)
        for step in steps:
            self.stdout.write(f"\n{step.title}")
            for line in step.lines:
                self.stdout.write(f"  {line}")
            for record in step.records:
                mark = "gone" if record.is_gone else "    "
                self.stdout.write(f"    {mark} {record.offset:>4}  {record.summary}")
            self.stdout.flush()
