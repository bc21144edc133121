"""Adds new records of the topic to a backup."""

from argparse import ArgumentParser
from contextlib import closing
from pathlib import Path
from typing import Any

import orjson
from django.conf import settings
from django.core.management import BaseCommand, CommandError

from journal.dumps.backup_manifest import BackupDamaged, Manifest
from journal.dumps.backups import (
    BackupImpossible,
    BackupIncrement,
    BackupMode,
    check_backup,
    take_backup,
)
from journal.kafka.consumer import RecordConsumer
from journal.kafka.topics import TopicAdmin
from node.cli.progress import count_progress
from node.cli.topics import ensure_broker


class Command(BaseCommand):
    help = "Back up the topic into DIRECTORY: what is new since the last time; nodes may go on."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("directory", type=Path)
        parser.add_argument("--topic", default=settings.JOURNAL_TOPIC)
        parser.add_argument(
            "--full", action="store_true", help="begin anew, and drop the old backup at the end"
        )
        parser.add_argument(
            "--allow-gap", action="store_true", help="go on although offsets are gone"
        )
        parser.add_argument(
            "--check", action="store_true", help="only compare the backup with its checksums"
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(
        self,
        *,
        directory: Path,
        topic: str,
        full: bool,
        allow_gap: bool,
        check: bool,
        json: bool,
        **options: Any,
    ) -> None:
        try:
            if check:
                with count_progress("Checking") as on_progress:
                    increment = BackupIncrement(0, check_backup(directory, on_progress))
            else:
                mode = BackupMode(full, allow_gap)
                with (
                    ensure_broker() as cluster,
                    closing(RecordConsumer(cluster.properties, topic)) as consumer,
                    count_progress("Backing up") as on_progress,
                ):
                    admin = TopicAdmin(cluster.properties, topic)
                    increment = take_backup(directory, admin, consumer, mode, on_progress)
        except (BackupImpossible, BackupDamaged, OSError) as error:
            raise CommandError(str(error)) from error
        manifest = increment.manifest
        if json:
            document = {
                "topic": manifest.topic,
                "added": increment.records,
                "records": manifest.records,
                "segments": len(manifest.segments),
                "nextOffsets": {
                    str(partition): end for partition, end in manifest.next_offsets.items()
                },
                "gaps": manifest.gaps,
            }
            self.stdout.write(orjson.dumps(document).decode())
            return
        done = "checked" if check else f"{increment.records} records added"
        self.stdout.write(f"{directory}: {done}. {_describe(manifest)}")


def _describe(manifest: Manifest) -> str:
    ends = ", ".join(
        f"partition {partition} up to offset {end}"
        for partition, end in manifest.next_offsets.items()
    )
    text = f"It holds {manifest.records} records of {manifest.topic}: {ends}."
    for gap in manifest.gaps:
        text += (
            f" Offsets {gap.first} to {gap.last} of partition {gap.partition} were gone from the "
            "topic before they were backed up."
        )
    return text
