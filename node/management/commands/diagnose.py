"""Judges a journal: the node's own, or a dump without Kafka and without a database server."""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import fill
from typing import IO, Any

import msgspec
from django.conf import settings
from django.core.management import BaseCommand, CommandError
from django.db import DatabaseError, connections

from journal.dumps.reading import DumpError, JumbledDump, lines_of
from journal.health.checks.nodes import ahead_of_journal
from journal.health.diagnosis import diagnose
from journal.health.findings import Finding
from journal.health.node_state import node_state
from journal.health.observations import Observations
from journal.health.observing import observe_dump, observe_node
from journal.kafka.topic_config_files import read_settings_file
from journal.kafka.topic_description import TopicFacts
from journal.models import Position
from node.cli.progress import show_steps

#: The exit code if no judgment was possible; 1 says that errors were found.
NOT_JUDGED = 2

_WIDTH = 100
#: Lines of a dump.
_TELL_EVERY = 1000


class Command(BaseCommand):
    help = (
        "Judge the journal. Exits with 1 if a finding is an error, with 2 if there is nothing "
        "that could be judged."
    )
    # It looks at tables or a dump alone, so that it also works where a node can't start.
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--dump",
            type=Path,
            metavar="FILE",
            help="a topic dump (kcat -J, base64 or JSON lines) to judge instead of the node",
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
        seen = _observe_node(facts) if dump is None else _observe_dump(dump, facts)
        apart = ahead_of_journal(node_state()) if dump is None else None
        findings = (*diagnose(seen), *([] if apart is None else [apart]))
        self.stdout.write(_as_json(findings) if json else _as_text(findings, seen))
        if any(finding.severity == "error" for finding in findings):
            sys.exit(1)


def _observe_dump(dump: Path, facts: TopicFacts | None) -> Observations:
    try:
        with dump.open("rb") as file, show_steps() as on_progress:
            lines = _told(file, dump.stat().st_size, on_progress)
            seen = observe_dump(lines, settings.JOURNAL_TOPIC, facts)
    except (OSError, DumpError, JumbledDump) as error:
        raise CommandError(f"{dump}: {error}", returncode=NOT_JUDGED) from error
    if not seen.tally.partitions:
        raise CommandError(f"{dump} holds no record", returncode=NOT_JUDGED)
    return seen


def _told(file: IO[bytes], size: int, on_progress: Callable[[str, float], None]) -> Iterator[bytes]:
    done = 0
    for count, line in enumerate(lines_of(file)):
        yield line
        done += len(line)
        if count % _TELL_EVERY == 0:
            on_progress("Replaying the dump", done / max(size, 1))


def _observe_node(facts: TopicFacts | None) -> Observations:
    try:
        if facts is None:
            facts = node_state().topic_facts
        seen = observe_node(connections["default"], settings.JOURNAL_TOPIC, facts)
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


def _settings_of(file: Path) -> TopicFacts:
    try:
        return read_settings_file(file, settings.JOURNAL_TOPIC)
    except (OSError, ValueError) as error:
        raise CommandError(f"{file}: {error}", returncode=NOT_JUDGED) from error


def _as_json(findings: tuple[Finding, ...]) -> str:
    return json.dumps({"findings": msgspec.to_builtins(findings)}, indent=2)


def _as_text(findings: tuple[Finding, ...], seen: Observations) -> str:
    blocks = [_block(finding) for finding in findings] or ["Nothing is wrong with the journal."]
    if seen.facts is None:
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
