"""Foresees what compaction or retention would remove, and what a replay of the rest would lose."""

import sys
import time
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import orjson
from django.conf import settings
from django.core.management import BaseCommand, CommandError

from journal.dumps.reading import DumpError, UnorderedDump
from journal.dumps.sources import RecordSource, dump_records, topic_records
from journal.forecast.cleanup_config import InvalidSetting, parse_cleanup_config
from journal.forecast.compaction import Horizon
from journal.forecast.forecast import Forecast, ForecastInput, RemovedRecord, forecast
from journal.forecast.scenarios import Compaction, Retention, Scenario
from journal.kafka.topic_config_files import read_settings_file
from journal.kafka.topic_description import TopicDescription
from journal.kafka.topics import TopicAdmin
from node.cli.changes import MAX_SHOWN, format_changes, format_truncation, printable
from node.cli.progress import step_progress
from node.cli.topics import ensure_broker

#: The exit codes where something would be lost, and where no answer was possible.
LOST, NOT_JUDGED = 1, 2


class Command(BaseCommand):
    help = (
        "Simulate what the broker would remove of the topic, or of a dump, and compare a replay "
        "of what is left with a replay of everything. Exits with 1 if something would be lost, "
        "with 2 if there was no answer."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        kinds = parser.add_subparsers(dest="kind", required=True, metavar="compaction|retention")
        compaction = kinds.add_parser("compaction", help="what the log cleaner would remove")
        _add_common(compaction)
        compaction.add_argument(
            "--next-run",
            action="store_true",
            help="of what can be cleaned now; else in the end, when all that is there now was",
        )
        compaction.add_argument(
            "--assume", action="store_true", help="as if cleanup.policy were to compact"
        )
        retention = kinds.add_parser("retention", help="what would be too old or too much")
        _add_common(retention)
        retention.add_argument(
            "--by", type=_moment, metavar="DATE", help="such as 2030-01-31T12:00; UTC; else now"
        )
        retention.add_argument(
            "--ms", type=_limit, metavar="N", help="as if retention.ms were N, and no other limit"
        )
        retention.add_argument(
            "--bytes", type=_limit, metavar="N", help="as if retention.bytes were N, likewise"
        )

    def handle(self, *, json: bool, **options: Any) -> None:
        try:
            found = _found(options)
        except CommandError as error:
            # 1 would say that something is lost.
            code = NOT_JUDGED if error.returncode == LOST else error.returncode
            raise CommandError(str(error), returncode=code) from error
        self.stdout.write(_as_json(found) if json else _as_text(found))
        if not found.is_lossless:
            sys.exit(LOST)


def _found(options: dict[str, Any]) -> Forecast:
    with _journal(options["topic"], options["dump"], options["topic_config"]) as journal:
        question = _QUESTIONS[options["kind"]](options, journal.is_told)
        try:
            with step_progress() as on_progress:
                return forecast(journal.journal, question, on_progress)
        except (OSError, DumpError, UnorderedDump) as error:
            raise CommandError(f"{options['dump']}: {error}") from error


def _add_common(parser: ArgumentParser) -> None:
    parser.add_argument("--topic", default=settings.JOURNAL_TOPIC)
    parser.add_argument("--dump", type=Path, metavar="FILE", help="instead of the topic")
    parser.add_argument(
        "--topic-config",
        type=Path,
        metavar="FILE",
        help="settings to go by, as kafka-configs --describe --all prints them, as JSON, or as "
        "Strimzi's YAML; else the topic's own",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def _moment(text: str) -> int:
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is no date such as 2030-01-31T12:00") from None
    return int((when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp() * 1000)


def _limit(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 19):
        raise ArgumentTypeError(f"{text!r} is no number of ms or bytes")
    return int(text)


def _compaction(options: dict[str, Any], is_told: bool) -> Scenario:
    horizon = Horizon.NEXT if options["next_run"] else Horizon.END
    # Apicurio Registry makes its topic so unless it is told otherwise.
    return Compaction(horizon, is_assumed=options["assume"] or not is_told)


def _retention(options: dict[str, Any], is_told: bool) -> Scenario:
    limits = options["ms"], options["bytes"]
    if not is_told and limits == (None, None):
        raise CommandError(
            "Nothing tells the retention of a dump's topic: give --topic-config, --ms or --bytes."
        )
    by = options["by"] if options["by"] is not None else int(time.time() * 1000)
    return Retention(by, *limits)


_QUESTIONS = {"compaction": _compaction, "retention": _retention}


@dataclass(frozen=True)
class _Asked:
    """`is_told`: somebody told the topic's settings."""

    journal: ForecastInput
    is_told: bool


@contextmanager
def _journal(topic: str, dump: Path | None, topic_config: Path | None) -> Iterator[_Asked]:
    told = None if topic_config is None else _settings_of(topic_config, topic)
    if dump is not None:
        records = _of_dump(dump)
        yield _Asked(_with(topic, records, told or TopicDescription()), is_told=told is not None)
        return
    with ensure_broker(), topic_records(settings.KAFKA_PROPERTIES, topic) as records:
        facts = told or TopicAdmin(settings.KAFKA_PROPERTIES, topic).describe()
        if facts.refused and not facts.settings:
            raise CommandError(f"{facts.refused}; give the settings with --topic-config")
        yield _Asked(_with(topic, records, facts), is_told=True)


def _with(topic: str, records: RecordSource, facts: TopicDescription) -> ForecastInput:
    try:
        cleaning = parse_cleanup_config(facts)
    except InvalidSetting as error:
        raise CommandError(str(error)) from error
    return ForecastInput(topic, records, cleaning, settings.JOURNAL_CONTENT_VIEW)


def _of_dump(file: Path) -> RecordSource:
    try:
        return dump_records(file)
    except OSError as error:
        raise CommandError(f"{file}: {error}") from error


def _settings_of(file: Path, topic: str) -> TopicDescription:
    try:
        return read_settings_file(file, topic)
    except (OSError, ValueError) as error:
        raise CommandError(f"{file}: {error}") from error


def _as_json(found: Forecast) -> str:
    document = {
        "question": found.question,
        "verdict": found.summary,
        "isHarmless": found.is_lossless,
        "records": found.records,
        "removed": {
            "count": len(found.removals),
            "types": dict(found.types),
            "offsets": {
                str(partition): offsets for partition, offsets in found.removals.offsets().items()
            },
            "records": [
                {
                    "partition": each.partition,
                    "offset": each.offset,
                    "type": each.type,
                    "summary": each.summary,
                    "why": each.reason,
                }
                for each in found.removed
            ],
        },
        "changed": {
            "count": found.change_count,
            "rows": [each.to_json() for each in found.changes],
        },
        "findings": msgspec.to_builtins(found.findings),
        "notes": found.notes,
    }
    return orjson.dumps(document).decode()


def _as_text(found: Forecast) -> str:
    lines = [found.question, found.summary, *(f"  {each}" for each in found.notes)]
    if found.removed:
        types = ", ".join(f"{count:,} {kind}" for kind, count in found.types.most_common())
        lines.append(f"Records that would go: {types}")
        lines += [_record_line(each) for each in found.removed[:MAX_SHOWN]]
        lines += format_truncation(len(found.removals))
    if found.changes:
        lines.append("What a replay of the rest would give instead:")
        lines += format_changes(found.changes, found.change_count)
    lines += [printable(f"{each.code} {each.severity}: {each.summary}") for each in found.findings]
    return "\n".join(lines)


def _record_line(each: RemovedRecord) -> str:
    return printable(f"  {each.partition}:{each.offset} {each.type}: {each.summary}; {each.reason}")
