"""A node as 2.1.3 was, on a topic of its own: it draws each id once, and the first content wins."""

import time
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from journal.database.writer import Writer
from journal.kafka.consumer import RecordConsumer
from journal.kafka.errors import BrokerError
from journal.kafka.producer import JournalProducer
from journal.kafka.records import Record
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

_WAIT = 0.1
_PATIENCE = 20.0
_FORM = get_form(Dialect.V2_1_0)


@dataclass(frozen=True, slots=True)
class UploadResult:
    """What came of an upload: the ids it drew, and why it failed, empty if it did not."""

    content_id: int
    global_id: int
    failure: str


@dataclass(frozen=True, slots=True)
class ScratchJournal:
    """Where it plays: a broker, a topic that nobody else uses, tables that nobody else reads."""

    properties: dict[str, str]
    topic: str
    database: dict[str, Any]


class LegacyNode:
    """Starts on empty tables and replays the topic; raises BrokerError.

    With `has_nonce` its id records have one in their key, as those of 2.1.4 do.
    """

    def __init__(self, stage: ScratchJournal, has_nonce: bool) -> None:
        self._has_nonce = has_nonce
        self._writer = Writer(stage.database)
        self._batches = BatchApplier(self._writer, Origin(stage.topic, ContentView.FIRST_WINS))
        self._reader = RecordConsumer(stage.properties, stage.topic)
        self._producer = JournalProducer(stage.properties, stage.topic, _PATIENCE)
        self._failures: list[BrokerError] = []
        #: Every record that it has applied, in order.
        self.applied: list[tuple[DecodedRecord, Effect]] = []
        self._replay()

    def close(self) -> None:
        self._producer.close()
        self._reader.close()
        self._writer.close()

    def _replay(self) -> None:
        offsets = self._reader.offsets()
        self._reader.assign({partition: start for partition, (start, _) in offsets.items()})
        ends = {partition: end for partition, (start, end) in offsets.items() if start < end}
        deadline = time.monotonic() + _PATIENCE
        while any(
            self._reader.reached_ends.get(partition, 0) < end for partition, end in ends.items()
        ):
            self._apply(self._reader.consume(1000, _WAIT))
            _refuse_late(deadline)

    def upload(self, artifact_id: str, content: bytes) -> UploadResult:
        """An AVRO schema in the default group, as 2.1.3 stores it: four records, three waits."""
        nonce = str(uuid4()) if self._has_nonce else None
        content_id = self._draw(ContentIdKey(DEFAULT_TENANT, nonce), ContentIdValue(Action.CREATE))
        hashed = content_hash(content, None)
        canonical = artifact_types.canonical_hash(
            "AVRO", content, None, generation=CanonicalGeneration.A1
        )
        key = ContentKey(DEFAULT_TENANT, hashed, content_id)
        self._say(key, ContentValue(Action.CREATE, canonical, content))
        global_id = self._draw(GlobalIdKey(DEFAULT_TENANT, nonce), GlobalIdValue(Action.CREATE))
        value = ArtifactValue(
            action=Action.CREATE,
            meta_data=MetaData(name=artifact_types.get_artifact_type("AVRO").extract(content).name),
            global_id=global_id,
            artifact_type="AVRO",
            content_hash=hashed,
            created_by="",
            created_on=int(time.time() * 1000),
        )
        told = self._say(ArtifactKey(DEFAULT_TENANT, None, artifact_id, str(uuid4())), value)
        return UploadResult(content_id, global_id, told.error)

    def bootstrap(self, bootstrap_id: str) -> None:
        """What a node says when it starts; it changes nothing."""
        self._publish(Message(BootstrapKey(bootstrap_id), None))

    def sequences(self) -> list[tuple[str, int]]:
        """Names and values."""
        return self._writer.read_all("SELECT name, value FROM registry_sequence")

    def _draw(self, key: Key, value: Value) -> int:
        """The id that this node counts to, in use or not."""
        drawn = self._say(key, value).result
        assert drawn is not None
        return drawn

    def _say(self, key: Key, value: Value) -> Effect:
        """Waits for its own outcome, as a Java node does."""
        req = self._publish(Message(key, value, _FORM))
        deadline = time.monotonic() + _PATIENCE
        while True:
            for read, effect in self._apply(self._reader.consume(1000, _WAIT)):
                if read.req == req:
                    return effect
            if self._failures:
                raise self._failures[0]
            _refuse_late(deadline)

    def _publish(self, message: Message) -> str:
        req = str(uuid4())
        encoded = encode(message)
        self._producer.publish(*encoded, (("req", req.encode()),), self._failures.append)
        return req

    def _apply(self, records: list[Record]) -> list[tuple[DecodedRecord, Effect]]:
        if not records:
            return []
        applied = self._batches.apply([decode_record(record) for record in records])
        self.applied += applied
        return applied


def _refuse_late(deadline: float) -> None:
    if time.monotonic() > deadline:
        raise BrokerError(f"the scratch node heard nothing of its own for {_PATIENCE:.0f} s")
