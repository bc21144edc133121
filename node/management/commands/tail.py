"""Prints decoded records of the topic with their outcomes on this node; can follow the topic."""

from argparse import ArgumentParser, ArgumentTypeError
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from itertools import chain
from typing import Any

import orjson
from django.conf import settings
from django.core.management import BaseCommand, CommandError

from journal.kafka.consumer import RecordConsumer
from journal.kafka.ranges import OffsetSpec, read_range
from journal.kafka.records import Record
from journal.ledger.tail import (
    OutcomeLookup,
    TailFilter,
    TailRecord,
    action_name,
    parse_message_type,
    parse_outcome,
    to_document,
    type_name,
)
from journal.models import Outcome
from node.cli.changes import printable
from node.cli.topics import ignore_broken_pipe, offset_argument, open_topic, resolve_offsets
from registry.whole_numbers import parse_whole_number

_DEFAULT_COUNT = 10
_MAX_BATCH = 1000
_POLL_SECONDS = 0.2
#: Each time that the last records are too few, so many times more are searched.
_WINDOW_GROWTH = 10

_Offsets = Mapping[int, tuple[int, int]]


def _start_argument(text: str) -> OffsetSpec | str:
    return text if text in {"start", "end"} else offset_argument(text)


def _count_argument(text: str) -> int:
    number = parse_whole_number(text)
    if number is None:
        raise ArgumentTypeError(f"{text!r} is not a whole number")
    return number


class Command(BaseCommand):
    help = "Print records of the topic, decoded; without --from, the last ones."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--topic", default=settings.JOURNAL_TOPIC)
        parser.add_argument(
            "--from", dest="first", type=_start_argument, metavar="OFFSET", help="or start, or end"
        )
        parser.add_argument("--follow", "-f", action="store_true", help="go on until Ctrl-C")
        parser.add_argument(
            "-n",
            dest="count",
            type=_count_argument,
            metavar="N",
            help=f"the last N records that are wanted ({_DEFAULT_COUNT}); the first N with --from",
        )
        for name, type, meaning in (
            ("--type", parse_message_type, "such as ArtifactVersion or 5"),
            ("--artifact", str, "an artifact's id"),
            ("--req", str, "a request id"),
            ("--outcome", parse_outcome, "in this node's ledger: applied, no-effect, refused …"),
        ):
            parser.add_argument(
                name, type=type, action="append", default=[], help=f"{meaning}; may be repeated"
            )
        parser.add_argument("--json", action="store_true", help="print one JSON object a line")

    def handle(
        self,
        *,
        topic: str,
        first: OffsetSpec | str | None,
        follow: bool,
        count: int | None,
        json: bool,
        **options: Any,
    ) -> None:
        filters = (options[name] for name in ("type", "artifact", "req", "outcome"))
        selected = TailFilter(*map(frozenset, filters))
        outcomes = OutcomeLookup(topic)
        if selected.outcomes - {Outcome.UNDECODABLE} and not outcomes.has_ledger:
            raise CommandError(f"This node has no ledger of {topic}, so it knows no outcomes")
        with ignore_broken_pipe(), open_topic(topic) as consumer, suppress(KeyboardInterrupt):
            tail = _Tail(consumer, outcomes, selected, self._print_json if json else self._print)
            tail.run(first, follow, count)

    def _print_json(self, records: Sequence[TailRecord]) -> None:
        for record in records:
            self.stdout.write(orjson.dumps(to_document(record)).decode())
        self.stdout.flush()

    def _print(self, records: Sequence[TailRecord]) -> None:
        styles: dict[Outcome | None, Callable[[str], str]] = {
            Outcome.UNDECODABLE: self.style.ERROR,
            Outcome.REJECTED: self.style.ERROR,
            Outcome.NO_EFFECT: self.style.WARNING,
            Outcome.APPLIED: self.style.SUCCESS,
        }
        for record in records:
            self.stdout.write(styles.get(record.outcome, str)(_format(record)))
        self.stdout.flush()


class _Tail:
    def __init__(
        self,
        consumer: RecordConsumer,
        outcomes: OutcomeLookup,
        selected: TailFilter,
        show: Callable[[Sequence[TailRecord]], None],
    ) -> None:
        self._consumer = consumer
        self._outcomes = outcomes
        self._selected = selected
        self._show = show

    def run(self, first: OffsetSpec | str | None, follow: bool, count: int | None) -> None:
        """Show the last records, or those from `first` on; `count` is the maximum number."""
        offsets = self._consumer.offsets()
        ends = {partition: end for partition, (_, end) in offsets.items()}
        remaining: int | None = None
        if first is None:
            self._show(self._last(offsets, _DEFAULT_COUNT if count is None else count))
        else:
            start = None if isinstance(first, str) else first
            starts = ends if first == "end" else resolve_offsets(offsets, start, None)[0]
            remaining = count
            for records in read_range(self._consumer, starts, ends):
                remaining = self._show_some(self._select(records), remaining)
                if remaining == 0:
                    break
        if follow and remaining != 0:
            self._consumer.assign(ends)
            while remaining != 0:
                records = self._consumer.consume(_MAX_BATCH, _POLL_SECONDS)
                remaining = self._show_some(self._select(records, is_live=True), remaining)

    def _show_some(self, records: Sequence[TailRecord], remaining: int | None) -> int | None:
        """Show at most `remaining` records; return the rest of `remaining`, None for no limit."""
        shown = records[:remaining]
        self._show(shown)
        return None if remaining is None else remaining - len(shown)

    def _last(self, offsets: _Offsets, count: int) -> Sequence[TailRecord]:
        """Return the last `count` selected records, searched in a window growing backwards."""
        ends = {partition: end for partition, (_, end) in offsets.items()}
        window = max(count, _DEFAULT_COUNT)
        while True:
            starts = {
                partition: max(start, end - window) for partition, (start, end) in offsets.items()
            }
            last = deque(
                chain.from_iterable(
                    self._select(records) for records in read_range(self._consumer, starts, ends)
                ),
                maxlen=count,
            )
            is_everything = all(
                offsets[partition][0] == start for partition, start in starts.items()
            )
            if len(last) == count or is_everything:
                return sorted(last, key=_sort_key)
            window *= _WINDOW_GROWTH

    def _select(self, records: Sequence[Record], is_live: bool = False) -> list[TailRecord]:
        looked_up = self._outcomes.look_up(records, is_live)
        return [record for record in looked_up if self._selected.matches(record)]


def _sort_key(record: TailRecord) -> tuple[int, int, int]:
    source = record.decoded.record
    return source.timestamp, source.partition, source.offset


def _format(record: TailRecord) -> str:
    decoded, source = record.decoded, record.decoded.record
    sentence = decoded.summary
    if record.outcome not in {None, Outcome.APPLIED}:
        assert record.outcome is not None
        reason = f", {record.reason}" if record.reason else ""
        sentence = f"{sentence} ({record.outcome.label}{reason})"
    columns = [
        f"{source.partition}:{source.offset}",
        _format_time(source.timestamp),
        " ".join(filter(None, (type_name(decoded), action_name(decoded)))) or "?",
        sentence,
        decoded.req or "no req",
    ]
    return printable("  ".join(columns))


def _format_time(milliseconds: int) -> str:
    try:
        time = datetime.fromtimestamp(milliseconds / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        # A producer may claim any time.
        return f"{milliseconds} ms"
    return time.isoformat(timespec="milliseconds").replace("+00:00", "Z")
