"""Simulates compaction or retention, and the loss in a replay of the remaining records."""

import sys
import time
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterator
from contextlib import contextmanager
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
from journal.forecast.forecast import Forecast, ForecastInput, forecast
from journal.forecast.scenarios import Compaction, Retention, Scenario
from journal.kafka.topic_config_files import read_settings_file
from journal.kafka.topic_description import TopicDescription
from journal.kafka.topics import TopicAdmin
from journal.times import parse_time
from node.cli.changes import MAX_SHOWN, format_changes, format_truncation, printable
from node.cli.progress import step_progress
from node.cli.topics import ensure_broker
from registry.whole_numbers import parse_whole_number

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
            "--by", type=_time, metavar="DATE", help="such as 2030-01-31T12:00; UTC; else now"
        )
        retention.add_argument(
            "--ms", type=_limit, metavar="N", help="as if retention.ms were N, and no other limit"
        )
        retention.add_argument(
            "--bytes", type=_limit, metavar="N", help="as if retention.bytes were N, likewise"
        )

    def handle(self, *, json: bool, **options: Any) -> None:
        try:
            result = _simulate(options)
        except CommandError as error:
            # 1 would say that something is lost.
            code = NOT_JUDGED if error.returncode == LOST else error.returncode
            raise CommandError(str(error), returncode=code) from error
        self.stdout.write(_as_json(result) if json else _as_text(result))
        if not result.is_lossless:
            sys.exit(LOST)


def _simulate(options: dict[str, Any]) -> Forecast:
    with _forecast_input(options) as (source, is_configured):
        scenario = _scenario(options, is_configured)
        try:
            with step_progress() as on_progress:
                return forecast(source, scenario, on_progress)
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


def _time(text: str) -> int:
    """Parse a time of a command line to epoch ms."""
    try:
        return parse_time(text)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is no date such as 2030-01-31T12:00") from None


def _limit(text: str) -> int:
    number = parse_whole_number(text)
    if number is None:
        raise ArgumentTypeError(f"{text!r} is no number of ms or bytes")
    return number


def _scenario(options: dict[str, Any], is_configured: bool) -> Scenario:
    if options["kind"] == "compaction":
        horizon = Horizon.NEXT if options["next_run"] else Horizon.END
        # Apicurio Registry creates its topic with compaction by default.
        return Compaction(horizon, is_assumed=options["assume"] or not is_configured)
    limits = options["ms"], options["bytes"]
    if not is_configured and limits == (None, None):
        raise CommandError(
            "Nothing tells the retention of a dump's topic: give --topic-config, --ms or --bytes."
        )
    by = options["by"] if options["by"] is not None else int(time.time() * 1000)
    return Retention(by, *limits)


@contextmanager
def _forecast_input(options: dict[str, Any]) -> Iterator[tuple[ForecastInput, bool]]:
    """Yield the records of the simulation, and whether the topic's settings are known."""
    topic, dump, config_file = options["topic"], options["dump"], options["topic_config"]
    description = None
    if config_file is not None:
        try:
            description = read_settings_file(config_file, topic)
        except (OSError, ValueError) as error:
            raise CommandError(f"{config_file}: {error}") from error
    if dump is not None:
        try:
            records = dump_records(dump)
        except OSError as error:
            raise CommandError(f"{dump}: {error}") from error
        source = _with_config(topic, records, description or TopicDescription())
        yield source, description is not None
        return
    with ensure_broker() as cluster, topic_records(cluster.properties, topic) as records:
        description = description or TopicAdmin(cluster.properties, topic).describe()
        if description.refused and not description.settings:
            raise CommandError(f"{description.refused}; give the settings with --topic-config")
        yield _with_config(topic, records, description), True


def _with_config(topic: str, records: RecordSource, description: TopicDescription) -> ForecastInput:
    try:
        config = parse_cleanup_config(description)
    except InvalidSetting as error:
        raise CommandError(str(error)) from error
    return ForecastInput(topic, records, config, settings.JOURNAL_DUPLICATE_ID_POLICY)


def _as_json(result: Forecast) -> str:
    document = {
        "question": result.question,
        "verdict": result.summary,
        "isHarmless": result.is_lossless,
        "records": result.records,
        "removed": {
            "count": len(result.removals),
            "types": dict(result.types),
            "offsets": {
                str(partition): offsets for partition, offsets in result.removals.offsets().items()
            },
            "records": [
                {
                    "partition": record.partition,
                    "offset": record.offset,
                    "type": record.type,
                    "summary": record.summary,
                    "why": record.reason,
                }
                for record in result.removed
            ],
        },
        "changed": {
            "count": result.change_count,
            "rows": [change.to_json() for change in result.changes],
        },
        "findings": msgspec.to_builtins(result.findings),
        "notes": result.notes,
    }
    return orjson.dumps(document).decode()


def _as_text(result: Forecast) -> str:
    lines = [result.question, result.summary, *(f"  {note}" for note in result.notes)]
    if result.removed:
        types = ", ".join(f"{count:,} {kind}" for kind, count in result.types.most_common())
        lines.append(f"Records that would go: {types}")
        lines += [
            printable(
                f"  {record.partition}:{record.offset} {record.type}: {record.summary}; "
                f"{record.reason}"
            )
            for record in result.removed[:MAX_SHOWN]
        ]
        lines += format_truncation(len(result.removals))
    if result.changes:
        lines.append("What a replay of the rest would give instead:")
        lines += format_changes(result.changes, result.change_count)
    lines += [
        printable(f"{finding.code} {finding.severity}: {finding.summary}")
        for finding in result.findings
    ]
    return "\n".join(lines)
