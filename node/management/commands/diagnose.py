"""Diagnoses a journal: the node's own, or a dump, without Kafka or a database server."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from tempfile import TemporaryDirectory
from textwrap import fill
from typing import Any

import msgspec
from django.conf import settings
from django.core.management import BaseCommand, CommandError
from django.db import DatabaseError, connections

from journal.health.checks.nodes import tables_apart
from journal.health.collector import collect_node_observations
from journal.health.diagnosis import diagnose
from journal.health.findings import Finding
from journal.health.node_state import node_state
from journal.kafka.topic_config_files import read_settings_file
from journal.kafka.topic_description import TopicDescription
from journal.models import Position
from journal.snapshots.from_file import UnreadableFile, UploadedFile, snapshot_from_file
from journal.snapshots.store import Snapshot, SnapshotStore
from node.cli.progress import step_progress
from registry.archives.zip_reader import ArchiveDamaged

#: The exit code if nothing, or not all of a dump, could be judged; 1 is for errors found.
NOT_JUDGED = 2

_WIDTH = 100


class Command(BaseCommand):
    help = (
        "Judge the journal. Exits with 1 if a finding is an error, else with 2 if nothing, or not "
        "all of a dump, could be judged."
    )
    # Works where a node can't start, too.
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--dump",
            type=Path,
            metavar="FILE",
            help="a topic dump (kcat -J, base64 or JSON lines) or an export to judge instead of "
            "the node",
        )
        parser.add_argument(
            "--topic-config",
            type=Path,
            metavar="FILE",
            help="the topic's settings: JSON, what kafka-configs --describe --all prints, or "
            "Strimzi's YAML",
        )
        parser.add_argument(
            "--json", dest="as_json", action="store_true", help="print the findings as JSON"
        )

    def handle(
        self,
        *,
        dump: Path | None,
        topic_config: Path | None,
        as_json: bool,
        **options: Any,
    ) -> None:
        description = None
        if topic_config is not None:
            try:
                description = read_settings_file(topic_config, settings.JOURNAL_TOPIC)
            except (OSError, ValueError) as error:
                message = f"{topic_config}: {error}"
                raise CommandError(message, returncode=NOT_JUDGED) from error
        damage: list[str] = []
        if dump is None:
            findings, description = _diagnose_node(description)
        else:
            snapshot = _load_dump(dump, description)
            findings = snapshot.findings
            if snapshot.damage_count:
                count = f"{snapshot.damage_count:,} in all"
                damage.append(f"Not judged, since it could not be read ({count}):")
                damage += [f"  {part.where}: {part.reason}" for part in snapshot.damage]
        if as_json:
            document = {"findings": msgspec.to_builtins(findings)}
            self.stdout.write(json.dumps(document, indent=2))
        else:
            self.stdout.write(_as_text(findings, description))
        if damage:
            self.stderr.write("\n".join(damage))
        if any(finding.severity == "error" for finding in findings):
            sys.exit(1)
        if damage:
            sys.exit(NOT_JUDGED)


def _load_dump(dump: Path, description: TopicDescription | None) -> Snapshot:
    try:
        with (
            dump.open("rb") as file,
            TemporaryDirectory(prefix="annals-diagnose-") as folder,
            step_progress() as on_progress,
        ):
            uploaded = UploadedFile(dump.name, file, description)
            return snapshot_from_file(SnapshotStore(Path(folder)), uploaded, on_progress)
    except (OSError, UnreadableFile, ArchiveDamaged) as error:
        raise CommandError(f"{dump}: {error}", returncode=NOT_JUDGED) from error


def _diagnose_node(
    description: TopicDescription | None,
) -> tuple[tuple[Finding, ...], TopicDescription | None]:
    """Return the findings and the topic's settings, None if unknown."""
    try:
        if description is None:
            description = node_state().topic_description
        observations = collect_node_observations(
            connections["default"], settings.JOURNAL_TOPIC, description
        )
        has_run = Position.objects.exists() or description is not None
    except DatabaseError as error:
        raise CommandError(
            "This node has no tables to judge: it has never run with this database, or the "
            f"database can't be reached ({str(error).strip()}). Start the node, or judge a dump "
            "with --dump FILE.",
            returncode=NOT_JUDGED,
        ) from error
    if not has_run:
        raise CommandError(
            "No record was applied here yet, so there is nothing to judge. Start the node, or "
            "judge a dump with --dump FILE.",
            returncode=NOT_JUDGED,
        )
    apart = tables_apart(node_state())
    return (
        *diagnose(observations),
        *([] if apart is None else [apart]),
    ), observations.topic_description


def _as_text(findings: tuple[Finding, ...], description: TopicDescription | None) -> str:
    blocks = [_format_finding(finding) for finding in findings]
    if not findings:
        blocks.append("Nothing is wrong with the journal.")
    if description is None:
        blocks.append(
            "The topic's settings were not judged, since nothing tells them: --topic-config FILE."
        )
    return "\n\n".join(blocks)


def _format_finding(finding: Finding) -> str:
    lines = [_wrap(f"{finding.code} {finding.severity}: ", finding.summary, "  ")]
    lines += [_wrap("  - ", sentence, "    ") for sentence in finding.evidence]
    lines.append(_wrap("  Consequence: ", finding.consequence, "    "))
    first, *others = finding.remedy.splitlines()
    lines.append(_wrap("  Remedy: ", first, "    "))
    for line in others:
        # A command is printed as it is to be typed, however long.
        is_command = line.startswith("  ")
        lines.append(f"    {line}" if is_command else _wrap("    ", line, "    "))
    return "\n".join(lines)


def _wrap(label: str, text: str, indent: str) -> str:
    return fill(label + text, _WIDTH, subsequent_indent=indent)
