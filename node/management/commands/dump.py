"""Writes the topic, or a stretch of it, as lines that `load_dump` and others read."""

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
from journal.kafka.consumer import RecordConsumer
from journal.kafka.ranges import OffsetSpec, read_range
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
        with ignore_broken_pipe(), open_topic(topic) as reader, _opened(output) as file:
            starts, ends = resolve_offsets(reader.offsets(), first, end)
            form = _Form(topic, format)
            _write(reader, starts, ends, form, file)
            where = "standard output" if output is None else str(output)
            self.stderr.write(f"{form.survival.written} records of {topic} written to {where}")
            for said in _warnings(form.survival):
                self.stderr.write(self.style.WARNING(said))


class _Form:
    """One form's lines; looks at each whether it can be read back, where that is in doubt."""

    def __init__(self, topic: str, name: str) -> None:
        self._topic = topic
        self._form = FORMATS[name]
        self._is_exact = name == "jsonl"
        self.survival = RoundTrips()

    def line(self, record: Any) -> bytes:
        line = self._form(self._topic, record)
        if self._is_exact:
            self.survival.written += 1
        else:
            self.survival.add(record, line)
        return line


def _write(
    reader: RecordConsumer,
    starts: dict[int, int],
    ends: dict[int, int],
    form: _Form,
    file: BinaryIO,
) -> None:
    total = sum(max(0, end - starts[partition]) for partition, end in ends.items())
    with count_progress("Writing") as on_progress:
        for records in read_range(reader, starts, ends):
            file.writelines(form.line(record) for record in records)
            on_progress(form.survival.written, total)


@contextmanager
def _opened(output: Path | None) -> Iterator[BinaryIO]:
    if output is None:
        yield sys.stdout.buffer
        return
    try:
        with durable_file(output) as file:
            yield file
    except OSError as error:
        raise CommandError(f"{output}: {error.strerror}") from error


def _warnings(survival: RoundTrips) -> Iterator[str]:
    if survival.not_text:
        yield (
            f"{survival.not_text} records hold bytes that are no text, such as the length bytes of "
            "contents. They are in the file as kcat writes them, and are spoiled by whatever "
            "takes the file for text; --format jsonl and envelope-base64 are safe from that."
        )
    if survival.lost:
        yield (
            f"{survival.lost} records can't be told from others in this form and will not be "
            "loaded as they were: use --format jsonl or envelope-base64."
        )
