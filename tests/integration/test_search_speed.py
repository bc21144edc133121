"""How long the list of artifacts takes to find: a sample always, 100,000 of them in `make soak`."""

import time
from collections.abc import Iterator

import pytest
from django.db import connections

from bench.contents import name, schema
from journal.batches import Batches
from journal.ledger import understand
from journal.messages import (
    Action,
    ArtifactKey,
    ArtifactValue,
    ContentV2Key,
    ContentV2Value,
    Message,
    MetaData,
)
from journal.models import ContentView
from journal.positions import Origin
from journal.search.finding import find_artifacts
from journal.search.indexing import Indexer
from journal.search.sought import Sort, Sought
from journal.writer import Writer
from tests.journals import TOPIC, record

_BATCH = 4000
_LOOKS = (
    (Sought(), Sort.NAME, 0),
    (Sought(), Sort.NEWEST, 0),
    (Sought(), Sort.NAME, -30),
    (Sought(text="timestamp "), Sort.RELEVANCE, 0),
    (Sought(text="order-8"), Sort.RELEVANCE, 0),
    (Sought(text="in"), Sort.RELEVANCE, 0),
    (Sought(group="g1", type="AVRO"), Sort.NAME, 0),
)


def _messages(count: int) -> Iterator[Message]:
    for number in range(1, count + 1):
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
                meta_data=MetaData(name=name(number)),
                global_id=number,
                artifact_type="AVRO",
                content_hash=digest,
                created_by="",
                created_on=1_700_000_000_000 + number,
            ),
        )


def _fill(count: int) -> None:
    writer = Writer(connections.settings["journal"])
    try:
        batches = Batches(writer, Origin(TOPIC, ContentView.FIRST_WINS))
        reads = []
        for offset, message in enumerate(_messages(count)):
            reads.append(understand(record(message, offset)))
            if len(reads) == _BATCH:
                batches.apply(reads)
                reads = []
        if reads:
            batches.apply(reads)
        indexer = Indexer(writer)
        while indexer.is_behind:
            indexer.step()
    finally:
        writer.close()


def _slowest(count: int) -> float:
    """Of all looks, each at its best of five, in seconds."""
    times = []
    for sought, sort, offset in _LOOKS:
        best = min(_timed(sought, sort, offset % count) for _ in range(5))
        times.append(best)
    return max(times)


def _timed(sought: Sought, sort: Sort, offset: int) -> float:
    began = time.perf_counter()
    assert find_artifacts(sought, sort, offset=offset).items
    return time.perf_counter() - began


@pytest.mark.usefixtures("each_database")
def test_a_sample_is_found_without_delay() -> None:
    _fill(2000)
    assert _slowest(2000) < 0.1


@pytest.mark.soak
@pytest.mark.usefixtures("each_database")
def test_a_hundred_thousand_are_found_within_a_tenth_of_a_second() -> None:
    _fill(100_000)
    assert _slowest(100_000) < 0.1
