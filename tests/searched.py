"""Fills a database with artifacts, and lists the searches of a typical user."""

from collections.abc import Iterable, Iterator
from itertools import islice

from django.db import connections

from bench.contents import name, schema
from journal.database.writer import Writer
from journal.models import ContentView
from journal.projection.batches import BatchApplier
from journal.projection.decoding import decode_record
from journal.projection.positions import Origin
from journal.search.criteria import ArtifactQuery, SortOrder
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
SEARCHES = (
    (ArtifactQuery(), SortOrder.NAME, 0),
    (ArtifactQuery(), SortOrder.NEWEST, 0),
    (ArtifactQuery(), SortOrder.NAME, -30),
    (ArtifactQuery(text="order-8"), SortOrder.RELEVANCE, 0),
    (ArtifactQuery(text="in"), SortOrder.RELEVANCE, 0),
    (ArtifactQuery(text="e"), SortOrder.RELEVANCE, 0),
    # Each content holds these.
    (ArtifactQuery(text="timestamp "), SortOrder.RELEVANCE, 0),
    (ArtifactQuery(text="timestamp "), SortOrder.NAME, 0),
    (ArtifactQuery(text="timest"), SortOrder.RELEVANCE, 0),
    (ArtifactQuery(text='"timestamp millis"'), SortOrder.RELEVANCE, 0),
    (ArtifactQuery(text="timestamp millis "), SortOrder.RELEVANCE, 0),
    (ArtifactQuery(text="timestamp order"), SortOrder.RELEVANCE, 0),
    (ArtifactQuery(text="timestamp order 8"), SortOrder.RELEVANCE, 0),
    (ArtifactQuery(text="timestamp ", group="g1"), SortOrder.RELEVANCE, 0),
    (ArtifactQuery(text="timestamp ", labels=("bench",)), SortOrder.RELEVANCE, 0),
    (ArtifactQuery(labels=("bench",)), SortOrder.NAME, 0),
    (ArtifactQuery(group="g1", type="AVRO"), SortOrder.NAME, 0),
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
    """Apply `count` artifacts and index them; three more are not indexed yet."""
    writer = Writer(connections.settings["journal"])
    try:
        applier = BatchApplier(writer, Origin(TOPIC, ContentView.FIRST_WINS))
        messages = enumerate(_messages(range(1, count + 4)))
        decoded = (decode_record(record(message, offset)) for offset, message in messages)
        first = islice(decoded, 2 * count)
        while batch := list(islice(first, BATCH)):
            applier.apply(batch)
        indexer = Indexer(writer)
        while indexer.is_behind:
            indexer.step()
        applier.apply(list(decoded))
    finally:
        writer.close()
    with connections["journal"].cursor() as cursor:
        # PostgreSQL does it by itself within a minute.
        cursor.execute("ANALYZE")
