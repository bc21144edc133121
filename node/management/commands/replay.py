"""Replays the topic, or a dump, from its start to an offset, into a scratch database."""

from argparse import ArgumentParser
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from django.conf import settings
from django.core.management import BaseCommand, CommandError
from django.db import DatabaseError

from journal.database.scratch import scratch_database
from journal.dumps.reading import DumpError, UnorderedDump, read_ordered
from journal.kafka.ranges import OffsetSpec, read_range
from journal.kafka.records import Record
from journal.models import ContentView, Outcome, Position
from journal.projection.content_view import NEWER_TYPES, choose_view
from journal.projection.positions import Origin
from journal.projection.replay import ReplayResult, replay
from node.cli.changes import MAX_SHOWN, printable
from node.cli.progress import count_progress
from node.cli.topics import offset_argument, open_topic, resolve_offsets

_BATCH = 2000


@dataclass(frozen=True)
class _Source:
    """Records of a topic or a dump; `read` may be called repeatedly."""

    starts: Mapping[int, int]
    ends: Mapping[int, int]
    read: Callable[[], Iterator[Sequence[Record]]]

    @property
    def size(self) -> int:
        return sum(max(0, end - self.starts[partition]) for partition, end in self.ends.items())

    def has_newer_types(self) -> bool:
        return any(
            record.key and record.key[0] in NEWER_TYPES
            for records in self.read()
            for record in records
        )


class Command(BaseCommand):
    help = (
        "Apply the topic, or a dump, from its start up to OFFSET (exclusive) in a scratch "
        "database, and print the digest of what a node would hold there."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--topic", default=settings.JOURNAL_TOPIC)
        parser.add_argument(
            "--to",
            type=offset_argument,
            metavar="OFFSET",
            help="the first offset that is not applied, or 0:12,1:7 for partitions apart",
        )
        parser.add_argument("--dump", type=Path, metavar="FILE", help="instead of the topic")
        parser.add_argument(
            "--database",
            type=Path,
            metavar="FILE",
            help="keep the tables in this new SQLite file; else they are thrown away",
        )
        parser.add_argument(
            "--content-view",
            choices=["auto", *(view.label for view in ContentView)],
            help="auto looks at the records before OFFSET, as a node that starts there does; "
            "without it, the view that this node's tables of the topic have, else the setting",
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(
        self,
        *,
        topic: str,
        to: OffsetSpec | None,
        dump: Path | None,
        database: Path | None,
        content_view: str | None,
        json: bool,
        **options: Any,
    ) -> None:
        if database is not None and database.exists():
            raise CommandError(f"{database} exists already: name a new file")
        with _open_source(topic, dump, to) as source:
            default = settings.JOURNAL_DUPLICATE_ID_POLICY if dump else _default_view(topic)
            view = choose_view(content_view or default, source.has_newer_types)
            with scratch_database(database) as scratch, count_progress("Replaying") as on_progress:
                result = replay(
                    source.read(),
                    source.ends,
                    Origin(topic, view),
                    scratch,
                    lambda done: on_progress(done, source.size),
                )
        self.stdout.write(_as_json(result) if json else _as_text(result))


def _default_view(topic: str) -> str:
    """Return the content view of this node's tables, for comparable digests."""
    try:
        position = Position.objects.filter(topic=topic).first()
    except DatabaseError:
        position = None
    if position is None:
        return str(settings.JOURNAL_DUPLICATE_ID_POLICY)
    return ContentView(position.content_view).label


@contextmanager
def _open_source(topic: str, dump: Path | None, end: OffsetSpec | None) -> Iterator[_Source]:
    if dump is None:
        with open_topic(topic) as consumer:
            starts, ends = resolve_offsets(consumer.offsets(), None, end)
            yield _Source(starts, ends, lambda: read_range(consumer, starts, ends))
        return
    try:
        with dump.open("rb") as lines:
            records = list(read_ordered(lines))
    except (OSError, DumpError, UnorderedDump) as error:
        raise CommandError(f"{dump}: {error}") from error
    offsets: dict[int, tuple[int, int]] = {}
    for record in records:
        start = offsets.get(record.partition, (record.offset, 0))[0]
        offsets[record.partition] = (start, record.offset + 1)
    starts, ends = resolve_offsets(offsets, None, end)
    selected = [record for record in records if record.offset < ends[record.partition]]
    batches = range(0, len(selected), _BATCH)
    yield _Source(starts, ends, lambda: (selected[index : index + _BATCH] for index in batches))


def _as_json(result: ReplayResult) -> str:
    document = {
        "digest": result.digest,
        "contentView": result.content_view,
        "offsets": {str(partition): offset for partition, offset in result.next_offsets.items()},
        "records": result.records,
        "outcomes": {outcome.label: result.outcomes[outcome] for outcome in Outcome},
        "troubles": [
            {
                "partition": record.partition,
                "offset": record.offset,
                "outcome": record.outcome.label,
                "summary": record.summary,
                "reason": record.reason,
            }
            for record in result.failures
        ],
    }
    return orjson.dumps(document).decode()


def _as_text(result: ReplayResult) -> str:
    offsets = ", ".join(
        f"partition {partition} at {offset}" for partition, offset in result.next_offsets.items()
    )
    counts = ", ".join(f"{result.outcomes[outcome]} {outcome.label}" for outcome in Outcome)
    lines = [
        # As `digest` prints it, so that the two can be compared.
        f"{result.digest}  {result.content_view}, {offsets or 'no record applied'}",
        f"{result.records} records: {counts}",
    ]
    for record in result.failures[:MAX_SHOWN]:
        place = f"{record.partition}:{record.offset} {record.outcome.label}"
        lines.append(printable(f"  {place}: {record.summary}; {record.reason}"))
    if len(result.failures) > MAX_SHOWN:
        lines.append(f"  and {len(result.failures) - MAX_SHOWN} more; --json has them all")
    return "\n".join(lines)
