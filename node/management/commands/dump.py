"""Writes the topic, or a range of it, as lines for `load_dump` and other tools."""

import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.core.management import BaseCommand, CommandError

from journal.dumps.writing import FORMATS, RoundTrips
from journal.durable_files import durable_file
from journal.kafka.ranges import OffsetSpec, read_range
from journal.kafka.records import Record
from node.cli.progress import count_progress
from node.cli.topics import ignore_broken_pipe, offset_argument, open_topic, resolve_offsets


class Command(BaseCommand):
    help = "Write the topic as JSON lines; FROM is inclusive, TO exclusive."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--topic", default=settings.JOURNAL_TOPIC)
        parser.add_argument(
            "--format",
            choices=[*FORMATS],
            default="jsonl",
            help="jsonl and envelope-base64 keep every byte; envelope is what kcat -J prints",
        )
        parser.add_argument("--from", dest="first", type=offset_argument, metavar="OFFSET")
        parser.add_argument("--to", dest="end", type=offset_argument, metavar="OFFSET")
        parser.add_argument("--output", type=Path, metavar="FILE", help="else standard output")

    def handle(
        self,
        *,
        topic: str,
        format: str,
        first: OffsetSpec | None,
        end: OffsetSpec | None,
        output: Path | None,
        **options: Any,
    ) -> None:
        # jsonl keeps every byte, so its lines need no check.
        encode, is_exact = FORMATS[format], format == "jsonl"
        result = RoundTrips()

        def to_line(record: Record) -> bytes:
            line = encode(topic, record)
            if is_exact:
                result.written += 1
            else:
                result.add(record, line)
            return line

        with ignore_broken_pipe(), open_topic(topic) as consumer, _open(output) as file:
            starts, ends = resolve_offsets(consumer.offsets(), first, end)
            total = sum(max(0, end - starts[partition]) for partition, end in ends.items())
            with count_progress("Writing") as on_progress:
                for records in read_range(consumer, starts, ends):
                    file.writelines(map(to_line, records))
                    on_progress(result.written, total)
            where = "standard output" if output is None else str(output)
            self.stderr.write(f"{result.written} records of {topic} written to {where}")
            for warning in _warnings(result):
                self.stderr.write(self.style.WARNING(warning))


@contextmanager
def _open(output: Path | None) -> Iterator[BinaryIO]:
    if output is None:
        yield sys.stdout.buffer
        return
    try:
        with durable_file(output) as file:
            yield file
    except OSError as error:
        raise CommandError(f"{output}: {error.strerror}") from error


def _warnings(result: RoundTrips) -> Iterator[str]:
    if result.not_text:
        yield (
            f"{result.not_text} records hold bytes that are no text, such as the length bytes of "
            "contents. They are in the file as kcat writes them, and are spoiled by whatever "
            "takes the file for text; --format jsonl and envelope-base64 are safe from that."
        )
    if result.lost:
        yield (
            f"{result.lost} records can't be told from others in this form and will not be "
            "loaded as they were: use --format jsonl or envelope-base64."
        )
