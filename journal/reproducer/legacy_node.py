"""A node like 2.1.3, on its own topic: it allocates each id once, the first content wins."""

import time
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from journal.database.writer import Writer
from journal.kafka.consumer import RecordConsumer
from journal.kafka.errors import BrokerError
from journal.kafka.producer import JournalProducer
from journal.models import ContentView
from journal.projection.batches import BatchApplier
from journal.projection.decoding import DecodedRecord, decode_record
from journal.projection.effects import Effect
from journal.projection.positions import Origin
from journal.wire.codec import encode
from journal.wire.dialects import Dialect, get_form
from journal.wire.messages import (
    Action,
    ArtifactKey,
    ArtifactValue,
    BootstrapKey,
    ContentIdKey,
    ContentIdValue,
    ContentKey,
    ContentValue,
    GlobalIdKey,
    GlobalIdValue,
    Key,
    Message,
    MetaData,
    Value,
)
from registry import artifact_types
from registry.artifact_types import CanonicalGeneration
from registry.models import DEFAULT_TENANT
from registry.references import content_hash

_POLL_TIMEOUT_S = 0.1
_TIMEOUT_S = 20.0
_BATCH_SIZE = 1000
_FORM = get_form(Dialect.V2_1_0)


@dataclass(frozen=True, slots=True)
class UploadResult:
    """The ids allocated by an upload, and its error, empty after success."""

    content_id: int
    global_id: int
    failure: str


@dataclass(frozen=True, slots=True)
class ScratchJournal:
    """A broker, with a topic and a database for the reproduction alone."""

    properties: dict[str, str]
    topic: str
    database: dict[str, Any]


class LegacyNode:
    """Starts with empty tables and replays the topic; every method raises BrokerError.

    With `has_nonce` its id records have one in their key, as those of 2.1.4 do.
    """

    def __init__(self, journal: ScratchJournal, has_nonce: bool) -> None:
        self._has_nonce = has_nonce
        self._writer = Writer(journal.database)
        self._batches = BatchApplier(self._writer, Origin(journal.topic, ContentView.FIRST_WINS))
        self._consumer = RecordConsumer(journal.properties, journal.topic)
        self._producer = JournalProducer(journal.properties, journal.topic, _TIMEOUT_S)
        self._failures: list[BrokerError] = []
        #: All applied records in order.
        self.applied: list[tuple[DecodedRecord, Effect]] = []
        offsets = self._consumer.offsets()
        self._consumer.assign({partition: start for partition, (start, _) in offsets.items()})
        ends = {partition: end for partition, (start, end) in offsets.items() if start < end}
        deadline = time.monotonic() + _TIMEOUT_S
        while any(
            self._consumer.reached_ends.get(partition, 0) < end for partition, end in ends.items()
        ):
            self._apply_next(deadline)

    def close(self) -> None:
        self._producer.close()
        self._consumer.close()
        self._writer.close()

    def upload(self, artifact_id: str, content: bytes) -> UploadResult:
        """Store an Avro schema in the default group as 2.1.3 does: four records, three waits."""
        nonce = str(uuid4()) if self._has_nonce else None
        content_id = self._allocate_id(
            ContentIdKey(DEFAULT_TENANT, nonce), ContentIdValue(Action.CREATE)
        )
        hash_of_bytes = content_hash(content, None)
        canonical_hash = artifact_types.canonical_hash(
            "AVRO", content, None, generation=CanonicalGeneration.A1
        )
        self._publish_and_wait(
            ContentKey(DEFAULT_TENANT, hash_of_bytes, content_id),
            ContentValue(Action.CREATE, canonical_hash, content),
        )
        global_id = self._allocate_id(
            GlobalIdKey(DEFAULT_TENANT, nonce), GlobalIdValue(Action.CREATE)
        )
        name = artifact_types.get_artifact_type("AVRO").extract(content).name
        effect = self._publish_and_wait(
            ArtifactKey(DEFAULT_TENANT, None, artifact_id, str(uuid4())),
            ArtifactValue(
                action=Action.CREATE,
                meta_data=MetaData(name=name),
                global_id=global_id,
                artifact_type="AVRO",
                content_hash=hash_of_bytes,
                created_by="",
                created_on=int(time.time() * 1000),
            ),
        )
        return UploadResult(content_id, global_id, effect.error)

    def bootstrap(self, bootstrap_id: str) -> None:
        """Publish the record of a node's start, without effect on the tables."""
        self._publish(Message(BootstrapKey(bootstrap_id), None))

    def sequences(self) -> list[tuple[str, int]]:
        """Return names and values."""
        return self._writer.read_all("SELECT name, value FROM registry_sequence")

    def _allocate_id(self, key: Key, value: Value) -> int:
        """Return the next id, in use or not."""
        allocated = self._publish_and_wait(key, value).result
        assert allocated is not None
        return allocated

    def _publish_and_wait(self, key: Key, value: Value) -> Effect:
        """Publish a record, and apply the topic up to it, as a Java node does."""
        req = self._publish(Message(key, value, _FORM))
        deadline = time.monotonic() + _TIMEOUT_S
        while True:
            for decoded, effect in self._apply_next(deadline):
                if decoded.req == req:
                    return effect

    def _publish(self, message: Message) -> str:
        req = str(uuid4())
        encoded = encode(message)
        self._producer.publish(*encoded, (("req", req.encode()),), self._failures.append)
        return req

    def _apply_next(self, deadline: float) -> list[tuple[DecodedRecord, Effect]]:
        records = self._consumer.consume(_BATCH_SIZE, _POLL_TIMEOUT_S)
        if not records:
            if self._failures:
                raise self._failures[0]
            if time.monotonic() > deadline:
                raise BrokerError(
                    f"the scratch node heard nothing of its own for {_TIMEOUT_S:.0f} s"
                )
            return []
        applied = self._batches.apply([decode_record(record) for record in records])
        self.applied += applied
        return applied
