"""Fills a journal faster than requests could, with the records of uploads.

The records are those of a node on an empty 2.6 journal, with allocated ids.
"""

import time
from collections.abc import Iterator
from hashlib import sha256
from uuid import uuid4

from bench.contents import name, schema
from bench.node_under_test import NodeUnderTest
from journal.kafka.errors import BrokerError
from journal.kafka.producer import JournalProducer
from journal.wire.codec import encode
from journal.wire.messages import (
    Action,
    ArtifactKey,
    ArtifactValue,
    ContentIdKey,
    ContentIdValue,
    ContentV2Key,
    ContentV2Value,
    GlobalIdKey,
    GlobalIdValue,
    Message,
    MetaData,
)

GROUP = "filled"
RECORDS_PER_UPLOAD = 4
_TENANT = "_"
_TIMEOUT = 60.0
_FLUSH_EVERY = 10_000


class FillFailed(Exception):
    """The broker did not take every record."""


def fill(node: NodeUnderTest, count: int) -> range:
    """Publish uploads, wait until the node has applied them, and return their global ids.

    The artifact ids are the global ids. No other writer may be active. Raises FillFailed.
    """
    sequences = dict(node.read("SELECT name, value FROM registry_sequence"))
    first_content, first_global = sequences["contentId"] + 1, sequences["globalId"] + 1
    _, health = node.health()
    publish_uploads(node.bootstrap_servers, node.topic, (first_content, first_global), count)
    node.wait_until_ready(health["applied"] + count * RECORDS_PER_UPLOAD)
    return range(first_global, first_global + count)


def publish_uploads(bootstrap_servers: str, topic: str, first: tuple[int, int], count: int) -> None:
    """Publish uploads; `first` are the next content id and global id. Raises FillFailed."""
    first_content, first_global = first
    failures: list[BrokerError] = []
    producer = JournalProducer({"bootstrap.servers": bootstrap_servers}, topic, _TIMEOUT)
    try:
        for number in range(count):
            for message in _upload_records(first_content + number, first_global + number):
                key, value = encode(message)
                producer.publish(key, value, (("req", str(uuid4()).encode()),), failures.append)
            if number % _FLUSH_EVERY == 0:
                producer.flush(_TIMEOUT)
    finally:
        producer.close()
    if failures:
        raise FillFailed(str(failures[0]))


def _upload_records(content_id: int, global_id: int) -> Iterator[Message]:
    content = schema(global_id)
    digest = sha256(content).hexdigest()
    yield Message(ContentIdKey(_TENANT, str(uuid4())), ContentIdValue(Action.CREATE))
    yield Message(GlobalIdKey(_TENANT, str(uuid4())), GlobalIdValue(Action.CREATE))
    yield Message(
        ContentV2Key(_TENANT, content_id),
        ContentV2Value(Action.CREATE_OR_UPDATE, digest, digest, content),
    )
    yield Message(
        ArtifactKey(_TENANT, GROUP, str(global_id), str(uuid4())),
        ArtifactValue(
            action=Action.CREATE,
            meta_data=MetaData(name=name(global_id)),
            global_id=global_id,
            artifact_type="AVRO",
            content_hash=digest,
            created_by="",
            created_on=int(time.time() * 1000),
        ),
    )
