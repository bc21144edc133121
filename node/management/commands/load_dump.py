"""Loads a topic dump into a topic, byte for byte except for damage in the dump itself."""

import sys
from argparse import ArgumentParser
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import orjson
from django.conf import settings
from django.core.management import BaseCommand, CommandError

from journal.dumps.reading import DumpError, DumpReader
from journal.dumps.renumbering import Renumbering
from journal.kafka.load_targets import TIMES_REPLACED, prepare_load_target
from journal.kafka.loader import load_records
from node.cli.progress import count_progress
from node.cli.topics import ensure_broker


class Command(BaseCommand):
    help = "Load a dump (kcat -J, base64 or JSON lines) into an empty or missing topic."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="- is standard input")
        parser.add_argument("--topic", default=settings.JOURNAL_TOPIC)
        parser.add_argument(
            "--json", action="store_true", help="print one JSON object, with all old offsets"
        )

    def handle(self, *, file: Path, topic: str, json: bool, **options: Any) -> None:
        # Read to the end before anything is loaded: a dump with a bad line loads nothing.
        try:
            with nullcontext(sys.stdin.buffer) if str(file) == "-" else file.open("rb") as lines:
                reader = DumpReader(lines)
                records = list(reader)
        except (OSError, DumpError) as error:
            raise CommandError(f"{file}: {error}") from error
        if not records:
            raise CommandError(f"{file} holds no record")
        partitions = 1 + max(record.partition for record in records)
        with (
            ensure_broker() as cluster,
            prepare_load_target(cluster.properties, topic, partitions) as target,
            count_progress("Loading") as on_progress,
        ):
            renumbering = Renumbering(target.ends)
            load_records(
                cluster.properties,
                topic,
                renumbering.track(records),
                lambda done: on_progress(done, len(records)),
            )
        if json:
            document = {
                "topic": topic,
                "loaded": len(records),
                "rebuilt": reader.rebuilt,
                "timesKept": target.keeps_times,
                "renumbered": renumbering.changes,
                "partitions": renumbering.document(),
            }
            self.stdout.write(orjson.dumps(document, option=orjson.OPT_INDENT_2).decode())
            return
        report = [
            f"{len(records)} records loaded into {topic}; {reader.rebuilt} had damaged "
            "length bytes, rebuilt and proven by their content hash",
            *renumbering.sentences(),
        ]
        if not target.keeps_times:
            report.append(TIMES_REPLACED)
        self.stdout.write("\n".join(report))
