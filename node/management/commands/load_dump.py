"""Puts a topic dump on a topic, byte for byte but for what the dump itself damaged."""

from argparse import ArgumentParser, FileType
from typing import IO, Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError

from journal.brokers.base import BrokerError
from journal.brokers.kafka import JournalReader, load
from journal.brokers.topics import Topic
from journal.dumps import DumpError, read_dump
from node.cluster import running_cluster
from node.progress import show_counts


class Command(BaseCommand):
    help = "Load a dump (kcat -J, base64 or JSON lines) into an empty or missing topic."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=FileType("rb"))
        parser.add_argument("--topic", default=settings.JOURNAL_TOPIC)

    def handle(self, *, file: IO[bytes], topic: str, **options: Any) -> None:
        try:
            # Read to the end first: a dump with a bad line loads nothing.
            records = list(read_dump(file))
        except DumpError as error:
            raise CommandError(f"{file.name}: {error}") from error
        if not records:
            raise CommandError(f"{file.name} holds no record")
        try:
            with running_cluster():
                _make_room(topic, 1 + max(record.partition for record in records))
                with show_counts("Loading") as on_progress:
                    load(settings.KAFKA_PROPERTIES, topic, records, on_progress)
        except BrokerError as error:
            raise CommandError(str(error)) from error
        rebuilt = sum(record.rebuilt for record in records)
        self.stdout.write(
            f"{len(records)} records loaded into {topic}; "
            f"{rebuilt} had damaged length bytes, rebuilt and proven by their content hash"
        )


def _make_room(topic: str, partitions: int) -> None:
    """Creates the topic; raises CommandError if it holds records, which a load would mix up."""
    described = Topic(settings.KAFKA_PROPERTIES, topic)
    if not described.exists():
        described.create(partitions)
        return
    reader = JournalReader(settings.KAFKA_PROPERTIES, topic)
    try:
        offsets = reader.offsets()
    finally:
        reader.close()
    if any(end > start for start, end in offsets.values()):
        raise CommandError(f"Topic {topic} holds records already: name another with --topic")
    if len(offsets) < partitions:
        raise CommandError(f"Topic {topic} has {len(offsets)} partitions, the dump {partitions}")
