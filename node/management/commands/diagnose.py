"""Judges a journal: the node's own, or a dump without Kafka and without a database server."""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
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
from journal.health.observations import Observations
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
    # It looks at tables or a dump alone, so that it also works where a node can't start.
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
        parser.add_argument("--json", action="store_true", help="print the findings as JSON")

    def handle(
        self,
        *,
        dump: Path | None,
        topic_config: Path | None,
        json: bool,
        **options: Any,
    ) -> None:
        facts = None if topic_config is None else _settings_of(topic_config)
        notes: tuple[str, ...] = ()
        if dump is None:
            findings, facts = _judge_node(facts)
        else:
            findings, notes = _judge_dump(dump, facts)
        self.stdout.write(_as_json(findings) if json else _as_text(findings, facts))
        if notes:
            self.stderr.write("\n".join(notes))
        if any(finding.severity == "error" for finding in findings):
            sys.exit(1)
        if notes:
            sys.exit(NOT_JUDGED)


def _judge_dump(
    dump: Path, facts: TopicDescription | None
) -> tuple[tuple[Finding, ...], tuple[str, ...]]:
    """Return the findings, and what of the file could not be read."""
    try:
        with (
            dump.open("rb") as file,
            TemporaryDirectory(prefix="annals-diagnose-") as folder,
            step_progress() as on_progress,
        ):
            brought = UploadedFile(dump.name, file, facts)
            snapshot = snapshot_from_file(SnapshotStore(Path(folder)), brought, on_progress)
    except (OSError, UnreadableFile, ArchiveDamaged) as error:
        raise CommandError(f"{dump}: {error}", returncode=NOT_JUDGED) from error
    return snapshot.findings, tuple(_damage_lines(snapshot))


def _damage_lines(snapshot: Snapshot) -> Iterator[str]:
    if snapshot.damage_count:
        yield f"Not judged, since it could not be read ({snapshot.damage_count:,} in all):"
    for damage in snapshot.damage:
        yield f"  {damage.where}: {damage.reason}"


def _judge_node(
    facts: TopicDescription | None,
) -> tuple[tuple[Finding, ...], TopicDescription | None]:
    seen = _observe_node(facts)
    apart = tables_apart(node_state())
    return (*diagnose(seen), *([] if apart is None else [apart])), seen.topic_description


def _observe_node(facts: TopicDescription | None) -> Observations:
    try:
        if facts is None:
            facts = node_state().topic_description
        seen = collect_node_observations(connections["default"], settings.JOURNAL_TOPIC, facts)
        has_run = Position.objects.exists() or facts is not None
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
    return seen


def _settings_of(file: Path) -> TopicDescription:
    try:
        return read_settings_file(file, settings.JOURNAL_TOPIC)
    except (OSError, ValueError) as error:
        raise CommandError(f"{file}: {error}", returncode=NOT_JUDGED) from error


def _as_json(findings: tuple[Finding, ...]) -> str:
    return json.dumps({"findings": msgspec.to_builtins(findings)}, indent=2)


def _as_text(findings: tuple[Finding, ...], facts: TopicDescription | None) -> str:
    blocks = [_block(finding) for finding in findings] or ["Nothing is wrong with the journal."]
    if facts is None:
        blocks.append(
            "The topic's settings were not judged, since nothing tells them: --topic-config FILE."
        )
    return "\n\n".join(blocks)


def _block(finding: Finding) -> str:
    lines = [_wrapped(f"{finding.code} {finding.severity}: ", finding.summary, "  ")]
    lines += [_wrapped("  - ", each, "    ") for each in finding.evidence]
    lines.append(_wrapped("  Consequence: ", finding.consequence, "    "))
    first, *others = finding.remedy.splitlines()
    lines.append(_wrapped("  Remedy: ", first, "    "))
    lines += [_remedy_line(each) for each in others]
    return "\n".join(lines)


def _remedy_line(line: str) -> str:
    # A command comes out as it is to be typed, however long.
    return f"    {line}" if line.startswith("  ") else _wrapped("    ", line, "    ")


def _wrapped(label: str, text: str, indent: str) -> str:
    return fill(label + text, _WIDTH, subsequent_indent=indent)
