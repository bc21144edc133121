"""Loads a backup into an empty topic, after comparing its checksums."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import orjson
from django.core.management import BaseCommand, CommandError

from journal.dumps.backup_manifest import BackupDamaged
from journal.dumps.backups import check_backup, read_backup
from journal.dumps.renumbering import Renumbering
from journal.kafka.load_targets import TIMES_REPLACED, prepare_load_target
from journal.kafka.loader import load_records
from node.cli.progress import count_progress
from node.cli.topics import ensure_broker

#: Settings that a created topic inherits; a policy that removes records is none of them.
_INHERITED_CONFIG = ("message.timestamp.type", "max.message.bytes")


class Command(BaseCommand):
    help = "Load a backup into an empty or missing topic; nothing is loaded from a damaged one."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("directory", type=Path)
        parser.add_argument("--topic", required=True, metavar="NAME")
        parser.add_argument(
            "--json", action="store_true", help="print one JSON object, with all old offsets"
        )

    def handle(self, *, directory: Path, topic: str, json: bool, **options: Any) -> None:
        try:
            with count_progress("Checking") as on_checked:
                manifest = check_backup(directory, on_checked)
            partitions = 1 + max(manifest.next_offsets, default=0)
            inherited = {name: manifest.config.get(name) for name in _INHERITED_CONFIG}
            config = {name: value for name, value in inherited.items() if value is not None}
            with (
                ensure_broker() as cluster,
                prepare_load_target(cluster.properties, topic, partitions, config) as target,
                count_progress("Restoring") as on_progress,
            ):
                renumbering = Renumbering(target.ends)
                load_records(
                    cluster.properties,
                    topic,
                    renumbering.track(read_backup(directory, manifest)),
                    lambda done: on_progress(done, manifest.records),
                )
        except (BackupDamaged, OSError) as error:
            raise CommandError(str(error)) from error
        if json:
            document = {
                "topic": topic,
                "loaded": manifest.records,
                "timesKept": target.keeps_times,
                "renumbered": renumbering.changes,
                "partitions": renumbering.document(),
            }
            self.stdout.write(orjson.dumps(document, option=orjson.OPT_INDENT_2).decode())
            return
        lines = [
            f"{manifest.records} records of {manifest.topic} restored into {topic}",
            *renumbering.sentences(),
        ]
        self.stdout.write("\n".join(lines if target.keeps_times else [*lines, TIMES_REPLACED]))
