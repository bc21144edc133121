"""A dump of the topic from before a repair."""

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from msgspec import Struct

from journal.dumps.writing import json_line
from journal.durable_files import durable_file
from journal.kafka.consumer import RecordConsumer
from journal.kafka.errors import BrokerError
from journal.kafka.ranges import read_range
from journal.kafka.topics import KafkaTopic
from journal.outcomes.errors import NotReady


class SavedDump(Struct, frozen=True):
    """A file for load_dump, replay and diagnose."""

    file: str
    records: int


def save_dump(topic: KafkaTopic) -> SavedDump:
    """Write all records of a topic to a file below the home; raises NotReady."""
    directory: Path = settings.ANNALS_HOME.dumps
    timestamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
    file = directory / f"{topic.name}-{timestamp}.jsonl"
    count = 0
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (
            closing(RecordConsumer(*topic)) as reader,
            durable_file(file) as lines,
        ):
            offsets = reader.offsets()
            starts = {partition: start for partition, (start, _) in offsets.items()}
            ends = {partition: end for partition, (_, end) in offsets.items()}
            for records in read_range(reader, starts, ends):
                lines.writelines(json_line(topic.name, record) for record in records)
                count += len(records)
    except (BrokerError, OSError) as error:
        raise NotReady(f"the topic could not be saved before it ({error})") from error
    return SavedDump(str(file), count)
