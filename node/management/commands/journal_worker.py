"""Runs the journal's worker, as a child of `serve` or beside web processes."""

import gc
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError

from journal.database.errors import TablesUnusable
from journal.database.worker_lock import check_file
from journal.outcomes.pipe import NullReporter, PipeReporter
from journal.worker.startup import WorkerConfig
from journal.worker.worker import Worker
from node.log_levels import LogLevels
from node.processes.signals import on_stop


class Command(BaseCommand):
    help = "Apply the journal to the tables until SIGTERM; needs KAFKA_BOOTSTRAP_SERVERS."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--report-to",
            type=int,
            metavar="DESCRIPTOR",
            help="an inherited pipe, on which the parent hears what was applied",
        )

    def handle(self, *, report_to: int | None, **options: Any) -> None:
        # Replay makes a hundred thousand objects a second, none of them in a cycle, and its two
        # threads hand the interpreter over often, since one of them waits for the database.
        gc.freeze()
        gc.set_threshold(200_000, 20, 20)
        sys.setswitchinterval(0.0005)
        if "bootstrap.servers" not in settings.KAFKA_PROPERTIES:
            raise CommandError("Set KAFKA_BOOTSTRAP_SERVERS, or run the whole node: serve")
        config = WorkerConfig(
            settings.KAFKA_PROPERTIES,
            settings.JOURNAL_TOPIC,
            settings.JOURNAL_DUPLICATE_ID_POLICY,
            settings.JOURNAL_TOPIC_CREATE,
            founds_newest=settings.JOURNAL_FORMAT_VERSION in {"auto", "2.6"},
        )
        reporter = NullReporter() if report_to is None else PipeReporter(report_to)
        try:
            # Where the node starts this worker, it has done so itself.
            if report_to is None:
                check_file(settings.DATABASES["journal"])
        except TablesUnusable as error:
            raise CommandError(f"The tables can't be used: {error}") from error
        worker = Worker(config, settings.DATABASES["journal"], reporter)
        LogLevels().follow()
        try:
            with on_stop(worker.stop):
                worker.run()
        except BrokenPipeError:
            raise CommandError("The node that started this worker has gone") from None
