"""Recorded journals as records, and records made from messages."""

from collections.abc import Iterable
from pathlib import Path

from django.db import connections

from journal.database.writer import Writer
from journal.dumps.reading import DumpReader
from journal.kafka.loader import load_records
from journal.kafka.records import Record
from journal.models import ContentView
from journal.projection.batches import AppliedRecords, BatchApplier
from journal.projection.decoding import decode_record
from journal.projection.positions import Origin
from journal.repair.rebuild import empty_tables
from journal.wire.codec import encode
from journal.wire.messages import Message

DATA = Path(__file__).parent / "data"
TOPIC = "kafkasql-journal"


def read_journal(file: Path) -> list[Record]:
    """Read JSON lines with key_b64, value_b64 and headers."""
    with file.open("rb") as lines:
        return list(DumpReader(lines))


def record(message: Message, offset: int, req: str = "") -> Record:
    """Make a record as this node writes it."""
    key, value = encode(message)
    name = req or f"00000000-0000-4000-8000-{offset:012}"
    return Record(
        0,
        offset,
        1_600_000_000_000 + offset,
        "LogAppendTime",
        (("req", name.encode()),),
        key,
        value,
    )


def records(*messages: Message) -> list[Record]:
    return [record(message, offset) for offset, message in enumerate(messages)]


def apply_to_database(
    journal: Iterable[Record],
    batch: int = 1000,
    view: ContentView = ContentView.FIRST_WINS,
) -> AppliedRecords:
    """Apply records to Django's present database, without a broker."""
    writer = Writer(connections.settings["journal"])
    try:
        applier = BatchApplier(writer, Origin(TOPIC, view))
        decoded = [decode_record(record) for record in journal]
        applied: AppliedRecords = []
        for start in range(0, len(decoded), batch):
            applied += applier.apply(decoded[start : start + batch])
        return applied
    finally:
        writer.close()


def empty_database() -> None:
    """Empty Django's present database, as a rebuild does."""
    writer = Writer(connections.settings["journal"])
    try:
        empty_tables(writer)
    finally:
        writer.close()


def load_journal(kafka: str, topic: str, journal: str) -> None:
    """Load a recorded journal, named as in tests/data/journals, into a topic."""
    load_to_topic(kafka, topic, read_journal(DATA / "journals" / f"{journal}.jsonl"))


def load_messages(kafka: str, topic: str, messages: Iterable[Message]) -> None:
    """Load messages into a topic, in this order."""
    load_to_topic(kafka, topic, records(*messages))


def load_to_topic(kafka: str, topic: str, journal: Iterable[Record]) -> None:
    load_records({"bootstrap.servers": kafka}, topic, journal)
