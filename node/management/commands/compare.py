"""Compares the registry at two offsets of the journal, row by row."""

from argparse import ArgumentParser
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

import orjson
from django.conf import settings
from django.core.management import BaseCommand, CommandError

from journal.database.scratch import scratch_database
from journal.dumps.reading import DumpError, UnorderedDump
from journal.dumps.sources import RecordSource, dump_records, is_before, topic_records
from journal.kafka.ranges import OffsetSpec
from journal.kafka.records import Record
from journal.projection.content_view import NEWER_TYPES, choose_view
from journal.projection.positions import Origin
from journal.projection.replay import DatabasePair, replay_pair
from node.cli.changes import MAX_SHOWN, format_changes
from node.cli.progress import count_progress
from node.cli.topics import ensure_broker, offset_argument
from registry.state.differences import compare_states


class Command(BaseCommand):
    help = (
        "Replay the topic, or a dump, up to two offsets in databases apart, and print what "
        "changed in the registry from the one to the other."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--topic", default=settings.JOURNAL_TOPIC)
        parser.add_argument("--dump", type=Path, metavar="FILE", help="instead of the topic")
        parser.add_argument(
            "--from",
            type=offset_argument,
            required=True,
            metavar="OFFSET",
            help="the first offset whose record is not in the earlier state, or 0:12,1:7",
        )
        parser.add_argument(
            "--to",
            type=offset_argument,
            metavar="OFFSET",
            help="likewise the later state; else the end",
        )
        parser.add_argument("--json", action="store_true", help="print an object a line")

    def handle(self, *, topic: str, dump: Path | None, json: bool, **options: Any) -> None:
        try:
            with _open_records(topic, dump, options["to"]) as records:
                self._compare(topic, records, options["from"], json)
        except (OSError, DumpError, UnorderedDump, ValueError) as error:
            raise CommandError(str(error) if dump is None else f"{dump}: {error}") from error

    def _compare(self, topic: str, records: RecordSource, begin: OffsetSpec, json: bool) -> None:
        view = choose_view(
            settings.JOURNAL_DUPLICATE_ID_POLICY,
            lambda: any(
                record.key and record.key[0] in NEWER_TYPES
                for batch in records.read()
                for record in batch
            ),
        )
        with scratch_database() as later, scratch_database() as earlier:
            with count_progress("Replaying") as on_progress:
                replay_pair(
                    _with_progress(records, on_progress),
                    lambda record: not is_before(record, begin),
                    Origin(topic, view),
                    DatabasePair(full=later, partial=earlier),
                    lambda _: None,
                )
            changes = compare_states(earlier.connection, later.connection)
            if json:
                for change in changes:
                    self.stdout.write(orjson.dumps(change.to_json()).decode())
                return
            first = list(islice(changes, MAX_SHOWN))
            lines = format_changes(first, len(first) + sum(1 for _ in changes))
            self.stdout.write("\n".join(lines) or "Nothing changed.")


@contextmanager
def _open_records(topic: str, dump: Path | None, end: OffsetSpec | None) -> Iterator[RecordSource]:
    if dump is not None:
        yield dump_records(dump, end)
        return
    with (
        ensure_broker() as cluster,
        topic_records(cluster.properties, topic, end) as records,
    ):
        yield records


def _with_progress(
    records: RecordSource, on_progress: Callable[[int, int], None]
) -> Iterator[Sequence[Record]]:
    done = 0
    for batch in records.read():
        yield batch
        done += len(batch)
        on_progress(done, records.size)
