"""Puts a topic dump on a topic, byte for byte but for what the dump itself damaged."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import orjson
from django.conf import settings
from django.core.management import BaseCommand, CommandError

from journal.dumps.reading import DumpError, DumpRecord, read_dump
from journal.dumps.renumbering import Renumbering
from journal.kafka.load_targets import TIMES_REPLACED, LoadTarget, prepare_load_target
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
        records = _read(file)
        partitions = 1 + max(record.partition for record in records)
        with (
            ensure_broker(),
            prepare_load_target(settings.KAFKA_PROPERTIES, topic, partitions) as empty,
            count_progress("Loading") as on_progress,
        ):
            load_records(settings.KAFKA_PROPERTIES, topic, records, on_progress)
        report = _Report(topic, records, empty)
        self.stdout.write(report.as_json() if json else report.as_text())


def _read(file: Path) -> list[DumpRecord]:
    """To the end before anything is loaded: a dump with a bad line loads nothing."""
    try:
        if str(file) == "-":
            records = list(read_dump(sys.stdin.buffer))
        else:
            with file.open("rb") as lines:
                records = list(read_dump(lines))
    except (OSError, DumpError) as error:
        raise CommandError(f"{file}: {error}") from error
    if not records:
        raise CommandError(f"{file} holds no record")
    return records


class _Report:
    def __init__(self, topic: str, records: list[DumpRecord], empty: LoadTarget) -> None:
        self._topic = topic
        self._loaded = len(records)
        self._rebuilt = sum(record.rebuilt for record in records)
        self._keeps_times = empty.keeps_times
        self._renumbering = Renumbering(empty.ends)
        for record in records:
            self._renumbering.note(record.partition, record.offset)

    def as_json(self) -> str:
        document = {
            "topic": self._topic,
            "loaded": self._loaded,
            "rebuilt": self._rebuilt,
            "timesKept": self._keeps_times,
            "renumbered": self._renumbering.changes,
            "partitions": self._renumbering.document(),
        }
        return orjson.dumps(document, option=orjson.OPT_INDENT_2).decode()

    def as_text(self) -> str:
        lines = [
            f"{self._loaded} records loaded into {self._topic}; {self._rebuilt} had damaged "
            "length bytes, rebuilt and proven by their content hash",
            *self._renumbering.sentences(),
        ]
        return "\n".join(lines if self._keeps_times else [*lines, TIMES_REPLACED])
