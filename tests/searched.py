"""As many artifacts as wanted, and the looks for them that a person takes."""

from collections.abc import Iterable, Iterator
from itertools import islice

from django.db import connections

from bench.contents import name, schema
from journal.database.writer import Writer
from journal.models import ContentView
from journal.projection.batches import Batches
from journal.projection.decoding import understand
from journal.projection.positions import Origin
from journal.search.criteria import Sort, Sought
from journal.search.indexer import Indexer
from journal.wire.messages import (
    Action,
    ArtifactKey,
    ArtifactValue,
    ContentV2Key,
    ContentV2Value,
    Message,
    MetaData,
)
from tests.journals import TOPIC, record

BATCH = 4000
LOOKS = (
    (Sought(), Sort.NAME, 0),
    (Sought(), Sort.NEWEST, 0),
    (Sought(), Sort.NAME, -30),
    (Sought(text="order-8"), Sort.RELEVANCE, 0),
    (Sought(text="in"), Sort.RELEVANCE, 0),
    (Sought(text="e"), Sort.RELEVANCE, 0),
    # Each content holds these.
    (Sought(text="timestamp "), Sort.RELEVANCE, 0),
    (Sought(text="timestamp "), Sort.NAME, 0),
    (Sought(text="timest"), Sort.RELEVANCE, 0),
    (Sought(text='"timestamp millis"'), Sort.RELEVANCE, 0),
    (Sought(text="timestamp millis "), Sort.RELEVANCE, 0),
    (Sought(text="timestamp order"), Sort.RELEVANCE, 0),
    (Sought(text="timestamp order 8"), Sort.RELEVANCE, 0),
    (Sought(text="timestamp ", group="g1"), Sort.RELEVANCE, 0),
    (Sought(text="timestamp ", labels=("bench",)), Sort.RELEVANCE, 0),
    (Sought(labels=("bench",)), Sort.NAME, 0),
    (Sought(group="g1", type="AVRO"), Sort.NAME, 0),
)


def _messages(numbers: Iterable[int]) -> Iterator[Message]:
    for number in numbers:
        digest = f"{number:064x}"
        content = schema(number)
        yield Message(
            ContentV2Key("_", number),
            ContentV2Value(Action.CREATE_OR_UPDATE, digest, digest, content),
        )
        yield Message(
            ArtifactKey("_", f"g{number % 7}", name(number)),
            ArtifactValue(
                action=Action.CREATE,
                meta_data=MetaData(name=name(number), labels=("bench",)),
                global_id=number,
                artifact_type="AVRO",
                content_hash=digest,
                created_by="",
                created_on=1_700_000_000_000 + number,
            ),
        )


def fill(count: int) -> None:
    """With three more that are not kept to search by yet: somebody writes while others search."""
    writer = Writer(connections.settings["journal"])
    try:
        batches = Batches(writer, Origin(TOPIC, ContentView.FIRST_WINS))
        messages = enumerate(_messages(range(1, count + 4)))
        reads = (understand(record(message, offset)) for offset, message in messages)
        kept = islice(reads, 2 * count)
        while batch := list(islice(kept, BATCH)):
            batches.apply(batch)
        indexer = Indexer(writer)
        while indexer.is_behind:
            indexer.step()
        batches.apply(list(reads))
    finally:
        writer.close()
    with connections["journal"].cursor() as cursor:
        # What PostgreSQL does by itself within a minute.
        cursor.execute("ANALYZE")
