"""Forgets the tables, so that the next worker derives them anew; says first what that loses."""

import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError
from django.db import DatabaseError, connections

from journal.database.worker_lock import hold_worker_lock_within
from journal.database.writer import Writer
from journal.kafka.consumer import RecordConsumer
from journal.kafka.errors import TopicMissing
from journal.kafka.topics import TopicAdmin
from journal.models import Position
from journal.repair.rebuild import (
    DatabaseOrigin,
    describe_loss,
    empty_tables,
    find_lost_records,
    read_origin,
)
from node.cli.topics import open_topic

_WORD = "rebuild"
#: Seconds. A worker that waits for an operator looks at the topic now and then, with the claim.
_PATIENCE = 5.0


class Command(BaseCommand):
    help = (
        "Forget the tables, so that the next worker derives them anew from the topic. Says what "
        "that loses, and asks. The node must be stopped, unless it waits for just this."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--yes", action="store_true", help="do it without asking")

    def handle(self, *, yes: bool, **options: Any) -> None:
        database = connections.settings["journal"]
        try:
            # The alias that only reads makes no file where there is none.
            Position.objects.exists()
            writer = Writer(database)
        except DatabaseError as error:
            raise CommandError(
                f"This node has no tables that could be rebuilt ({str(error).strip()})"
            ) from error
        try:
            with hold_worker_lock_within(writer, database, _PATIENCE) as is_mine:
                if not is_mine:
                    raise CommandError(
                        "A worker applies the journal to these tables: stop the node first"
                    )
                self._rebuild(writer, yes)
        finally:
            writer.close()

    def _rebuild(self, writer: Writer, yes: bool) -> None:
        topic = settings.JOURNAL_TOPIC
        known = read_origin(writer)
        with open_topic(topic) as reader:
            for said in _losses(writer, reader, topic, known):
                self.stdout.write(said)
        if not (yes or self._is_confirmed()):
            raise CommandError("Nothing was changed")
        empty_tables(writer)
        self.stdout.write(f"The tables are empty; the next worker derives them from {topic}.")

    def _is_confirmed(self) -> bool:
        if not sys.stdin.isatty():
            self.stderr.write("Nobody is there to ask: --yes does it.")
            return False
        self.stdout.write(f"Type {_WORD} to do it: ", ending="")
        self.stdout.flush()
        return sys.stdin.readline().strip() == _WORD


def _losses(
    writer: Writer, reader: RecordConsumer, topic: str, known: DatabaseOrigin
) -> Iterator[str]:
    if not known.topics:
        yield "No record was applied to these tables; there is nothing to lose."
        return
    came = f"The tables come from {known.records} records of the topic {', '.join(known.topics)}."
    if known.topics != (topic,):
        yield f"{came} They would be derived from {topic}, and what is theirs alone is lost."
        return
    yield came
    try:
        offsets = reader.offsets()
    except TopicMissing as error:
        yield f"All of it is lost: {error}"
        return
    topic_id = TopicAdmin(settings.KAFKA_PROPERTIES, topic).topic_id()
    if topic_id and known.topic_ids and topic_id not in known.topic_ids:
        yield (
            f"The topic was deleted and made again since: its id was "
            f"{', '.join(sorted(known.topic_ids))}, now it is {topic_id}. Whatever was not said "
            f"again on the new one is lost; it holds {_size(offsets)} offsets."
        )
        return
    lost = list(find_lost_records(writer, reader, offsets))
    yield from (describe_loss(each) for each in lost)
    if not lost:
        yield "The topic still has every one of them; nothing is lost."


def _size(offsets: dict[int, tuple[int, int]]) -> int:
    return sum(end - start for start, end in offsets.values())
