"""Adds to a backup of the topic what was said since the last time."""

from argparse import ArgumentParser
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
from journal.kafka.topics import TopicAdmin
from node.cli.progress import count_progress
from node.cli.topics import open_topic


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
                increment = _take(directory, topic, BackupMode(full, allow_gap))
        except (BackupImpossible, BackupDamaged, OSError) as error:
            raise CommandError(str(error)) from error
        if json:
            self.stdout.write(_as_json(increment))
            return
        did = "checked" if check else f"{increment.records} records added"
        self.stdout.write(f"{directory}: {did}. {_whole(increment.manifest)}")


def _take(directory: Path, topic: str, mode: BackupMode) -> BackupIncrement:
    with open_topic(topic) as reader, count_progress("Backing up") as on_progress:
        described = TopicAdmin(settings.KAFKA_PROPERTIES, topic)
        return take_backup(directory, described, reader, mode, on_progress)


def _whole(manifest: Manifest) -> str:
    ends = ", ".join(
        f"partition {each} up to offset {end}" for each, end in manifest.next_offsets.items()
    )
    told = f"It holds {manifest.records} records of {manifest.topic}: {ends}."
    for gap in manifest.gaps:
        told += (
            f" Offsets {gap.first} to {gap.last} of partition {gap.partition} were gone from the "
            "topic before they were backed up."
        )
    return told


def _as_json(increment: BackupIncrement) -> str:
    manifest = increment.manifest
    document = {
        "topic": manifest.topic,
        "added": increment.records,
        "records": manifest.records,
        "segments": len(manifest.segments),
        "nextOffsets": {str(each): end for each, end in manifest.next_offsets.items()},
        "gaps": manifest.gaps,
    }
    return orjson.dumps(document).decode()
