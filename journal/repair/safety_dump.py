"""A dump of the topic as it was before anything was said to mend it."""

from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from msgspec import Struct

from journal.dumps.writing import json_line
from journal.durable_files import durable_file
from journal.kafka.consumer import RecordConsumer
from journal.kafka.errors import BrokerError
from journal.kafka.ranges import read_range
from journal.outcomes.errors import NotReady


class SavedDump(Struct, frozen=True):
    """`file` is one that load_dump, replay and diagnose read."""

    file: str
    records: int


def save_dump() -> SavedDump:
    """All that the journal's topic holds now, below the home; raises NotReady."""
    topic = settings.JOURNAL_TOPIC
    directory: Path = settings.ANNALS_HOME.dumps
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        instant = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
        file = directory / f"{topic}-{instant}.jsonl"
        return SavedDump(str(file), _write(topic, file))
    except (BrokerError, OSError) as error:
        raise NotReady(f"the topic could not be saved before it ({error})") from error


def _write(topic: str, file: Path) -> int:
    reader = RecordConsumer(settings.KAFKA_PROPERTIES, topic)
    count = 0
    try:
        offsets = reader.offsets()
        starts = {partition: start for partition, (start, _) in offsets.items()}
        ends = {partition: end for partition, (_, end) in offsets.items()}
        with durable_file(file) as lines:
            for records in read_range(reader, starts, ends):
                lines.writelines(json_line(topic, record) for record in records)
                count += len(records)
    finally:
        reader.close()
    return count
