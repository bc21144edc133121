"""Empties the tables, so that the next worker rebuilds them; reports the loss beforehand."""

import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError
from django.db import DatabaseError, connections

from journal.database.errors import TablesSpoilt, TablesUnusable
from journal.database.preparation import find_table_damage, replace_file, sqlite_file
from journal.database.worker_lock import hold_file_lock, hold_worker_lock_within
from journal.database.writer import Writer
from journal.kafka.consumer import RecordConsumer
from journal.kafka.errors import TopicMissing
from journal.kafka.topics import TopicAdmin
from journal.models import Position
from journal.repair.rebuild import (
    describe_loss,
    empty_tables,
    find_lost_records,
    read_origin,
)
from node.cli.confirmation import read_confirmation
from node.cli.topics import ensure_broker

_CONFIRMATION = "rebuild"
_IN_USE = "A worker applies the journal to these tables: stop the node first"
#: A worker that waits for an operator takes the lock now and then, to inspect the topic.
_LOCK_TIMEOUT = 5.0


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
        file = sqlite_file(database)
        try:
            if file is not None and self._replaces_spoilt(file, yes):
                return
            # The read-only alias creates no file where there is none.
            Position.objects.exists()
            with hold_worker_lock_within(database, _LOCK_TIMEOUT) as writer:
                self._empty(writer, yes)
        except (TablesUnusable, TablesSpoilt, DatabaseError) as error:
            raise CommandError(
                f"This node has no tables that could be rebuilt ({str(error).strip()})"
            ) from error
        topic = settings.JOURNAL_TOPIC
        self.stdout.write(f"The tables are empty; the next worker derives them from {topic}.")

    def _replaces_spoilt(self, file: Path, yes: bool) -> bool:
        """Set the file aside if it is spoilt, after confirmation; returns whether it is spoilt."""
        damage = find_table_damage(file, is_thorough=True)
        if not damage:
            return False
        with hold_file_lock(file, _LOCK_TIMEOUT) as is_mine:
            if not is_mine:
                raise CommandError(_IN_USE)
            self.stdout.write(
                f"{file} is spoilt: {damage}. It is set aside. Which of its records the topic no "
                "longer has can't be told; what those said is lost."
            )
            self._require_confirmation(yes)
            kept = replace_file(file, damage)
        self.stdout.write(
            f"The file is kept as {kept}. The tables are empty; the next worker derives them from "
            f"{settings.JOURNAL_TOPIC}."
        )
        return True

    def _empty(self, writer: Writer | None, yes: bool) -> None:
        if writer is None:
            raise CommandError(_IN_USE)
        with (
            ensure_broker() as cluster,
            closing(RecordConsumer(cluster.properties, settings.JOURNAL_TOPIC)) as consumer,
        ):
            admin = TopicAdmin(cluster.properties, settings.JOURNAL_TOPIC)
            self.stdout.write("\n".join(_describe_losses(writer, consumer, admin)))
        self._require_confirmation(yes)
        empty_tables(writer)

    def _require_confirmation(self, yes: bool) -> None:
        if yes:
            return
        if not sys.stdin.isatty():
            self.stderr.write("Nobody is there to ask: --yes does it.")
            raise CommandError("Nothing was changed")
        if read_confirmation(self.stdout, _CONFIRMATION, "do it") != _CONFIRMATION:
            raise CommandError("Nothing was changed")


def _describe_losses(writer: Writer, consumer: RecordConsumer, admin: TopicAdmin) -> Iterator[str]:
    topic = settings.JOURNAL_TOPIC
    origin = read_origin(writer)
    if not origin.topics:
        yield "No record was applied to these tables; there is nothing to lose."
        return
    topics = ", ".join(origin.topics)
    source = f"The tables come from {origin.records} records of the topic {topics}."
    if origin.topics != (topic,):
        yield f"{source} They would be derived from {topic}, and what is theirs alone is lost."
        return
    yield source
    try:
        offsets = consumer.offsets()
    except TopicMissing as error:
        yield f"All of it is lost: {error}"
        return
    topic_id = admin.topic_id()
    if topic_id and origin.topic_ids and topic_id not in origin.topic_ids:
        size = sum(end - start for start, end in offsets.values())
        yield (
            f"The topic was deleted and made again since: its id was "
            f"{', '.join(sorted(origin.topic_ids))}, now it is {topic_id}. Whatever was not said "
            f"again on the new one is lost; it holds {size} offsets."
        )
        return
    losses = list(find_lost_records(writer, consumer, offsets))
    yield from (describe_loss(loss) for loss in losses)
    if not losses:
        yield "The topic still has every one of them; nothing is lost."
