"""Prints records of the topic, decoded, and what became of them here; follows if asked."""

from argparse import ArgumentParser
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
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
from node.cli.topics import ignore_broken_pipe, offset_argument, open_topic, resolve_offsets

_LAST = 10
_LIMIT = 1000
_WAIT = 0.2
#: How much further back it looks each time for records that are wanted.
_FURTHER = 10

_Offsets = Mapping[int, tuple[int, int]]


def _first(text: str) -> OffsetSpec | str:
    return text if text in {"start", "end"} else offset_argument(text)


def _number(text: str) -> int:
    number = int(text)
    if number < 0:
        raise ValueError(text)
    return number


class Command(BaseCommand):
    help = "Print records of the topic, decoded; without --from, the last ones."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--topic", default=settings.JOURNAL_TOPIC)
        parser.add_argument(
            "--from", dest="first", type=_first, metavar="OFFSET", help="or start, or end"
        )
        parser.add_argument("--follow", "-f", action="store_true", help="go on until Ctrl-C")
        parser.add_argument(
            "-n",
            dest="count",
            type=_number,
            metavar="N",
            help=f"the last N records that are wanted ({_LAST}); the first N with --from",
        )
        for name, type, what in (
            ("--type", parse_message_type, "such as ArtifactVersion or 5"),
            ("--artifact", str, "an artifact's id"),
            ("--req", str, "a request id"),
            ("--outcome", parse_outcome, "in this node's ledger: applied, no-effect, refused …"),
        ):
            parser.add_argument(
                name, type=type, action="append", default=[], help=f"{what}; may be repeated"
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
        wanted = TailFilter(*(frozenset(options[each]) for each in _FILTERS))
        outcomes = OutcomeLookup(topic)
        if wanted.outcomes - {Outcome.UNDECODABLE} and not outcomes.are_known:
            raise CommandError(f"This node has no ledger of {topic}, so it knows no outcomes")
        with ignore_broken_pipe(), open_topic(topic) as reader, suppress(KeyboardInterrupt):
            tail = _Tail(reader, outcomes, wanted, self._json if json else self._text)
            tail.run(first, follow, count)

    def _json(self, seen: Sequence[TailRecord]) -> None:
        for each in seen:
            self.stdout.write(orjson.dumps(to_document(each)).decode())
        self.stdout.flush()

    def _text(self, seen: Sequence[TailRecord]) -> None:
        for each in seen:
            self.stdout.write(self._styled(each.outcome)(_line(each)))
        self.stdout.flush()

    def _styled(self, outcome: Outcome | None) -> Callable[[str], str]:
        styles: dict[Outcome | None, Callable[[str], str]] = {
            Outcome.UNDECODABLE: self.style.ERROR,
            Outcome.REFUSED: self.style.ERROR,
            Outcome.NO_EFFECT: self.style.WARNING,
            Outcome.APPLIED: self.style.SUCCESS,
        }
        return styles.get(outcome, str)


_FILTERS = ("type", "artifact", "req", "outcome")


class _Tail:
    def __init__(
        self,
        reader: RecordConsumer,
        outcomes: OutcomeLookup,
        wanted: TailFilter,
        show: Callable[[Sequence[TailRecord]], None],
    ) -> None:
        self._reader = reader
        self._outcomes = outcomes
        self._wanted = wanted
        self._show = show

    def run(self, first: OffsetSpec | str | None, follow: bool, count: int | None) -> None:
        offsets = self._reader.offsets()
        ends = {partition: end for partition, (_, end) in offsets.items()}
        if first is None:
            self._show(self._last(offsets, _LAST if count is None else count))
            left = None
        else:
            left = self._between(_starts(offsets, first), ends, count)
        if follow and left != 0:
            self._follow(ends, left)

    def _between(
        self, starts: Mapping[int, int], ends: Mapping[int, int], left: int | None
    ) -> int | None:
        """Shows at most `left`; returns how many are left to show."""
        for records in read_range(self._reader, starts, ends):
            left = self._show_some(self._matching(records), left)
            if left == 0:
                break
        return left

    def _follow(self, ends: Mapping[int, int], left: int | None) -> None:
        self._reader.assign(ends)
        while left != 0:
            records = self._reader.consume(_LIMIT, _WAIT)
            left = self._show_some(self._matching(records, is_live=True), left)

    def _show_some(self, seen: Sequence[TailRecord], left: int | None) -> int | None:
        some = seen[:left]
        self._show(some)
        return None if left is None else left - len(some)

    def _last(self, offsets: _Offsets, count: int) -> Sequence[TailRecord]:
        """The last `count` that are wanted, looked for ever further back."""
        ends = {partition: end for partition, (_, end) in offsets.items()}
        window = max(count, _LAST)
        while True:
            starts = {
                partition: max(start, end - window) for partition, (start, end) in offsets.items()
            }
            found = deque(self._all(starts, ends), maxlen=count)
            is_everything = all(offsets[each][0] == start for each, start in starts.items())
            if len(found) == count or is_everything:
                return sorted(found, key=_moment)
            window *= _FURTHER

    def _all(self, starts: Mapping[int, int], ends: Mapping[int, int]) -> Iterator[TailRecord]:
        for records in read_range(self._reader, starts, ends):
            yield from self._matching(records)

    def _matching(self, records: Sequence[Record], is_live: bool = False) -> list[TailRecord]:
        seen = self._outcomes.see(records, is_live)
        return [each for each in seen if self._wanted.takes(each)]


def _starts(offsets: _Offsets, first: OffsetSpec | str) -> dict[int, int]:
    if first == "end":
        return {partition: end for partition, (_, end) in offsets.items()}
    return resolve_offsets(offsets, None if isinstance(first, str) else first, None)[0]


def _moment(seen: TailRecord) -> tuple[int, int, int]:
    record = seen.read.record
    return record.timestamp, record.partition, record.offset


def _line(seen: TailRecord) -> str:
    read, record = seen.read, seen.read.record
    columns = [
        f"{record.partition}:{record.offset}",
        _when(record.timestamp),
        " ".join(filter(None, (type_name(read), action_name(read)))) or "?",
        _sentence(seen),
        read.req or "no req",
    ]
    text = "  ".join(columns)
    # What comes from a record must not move the terminal's cursor.
    return "".join(sign if sign.isprintable() else "\ufffd" for sign in text)


def _when(milliseconds: int) -> str:
    try:
        when = datetime.fromtimestamp(milliseconds / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        # A producer may claim any time.
        return f"{milliseconds} ms"
    return when.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _sentence(seen: TailRecord) -> str:
    if seen.outcome in {None, Outcome.APPLIED}:
        return seen.read.summary
    assert seen.outcome is not None
    became = seen.outcome.label + (f", {seen.reason}" if seen.reason else "")
    return f"{seen.read.summary} ({became})"
