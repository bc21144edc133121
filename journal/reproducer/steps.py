"""The seed's procedure, act by act: three schemas, compaction, a rebuild, a fourth schema."""

import time
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from uuid import uuid4

import orjson

from journal.database.scratch import scratch_database
from journal.health.checks.sequences import JAVA_MESSAGE
from journal.kafka.consumer import RecordConsumer
from journal.kafka.errors import BrokerError
from journal.kafka.ranges import read_range
from journal.kafka.topics import TopicAdmin
from journal.projection.decoding import DecodedRecord
from journal.projection.effects import Effect
from journal.reproducer.legacy_node import LegacyNode, ScratchJournal, UploadResult

#: Settings under which the cleaner takes what it can as soon as it looks.
AGGRESSIVE = {
    "cleanup.policy": "compact",
    "min.cleanable.dirty.ratio": "0.001",
    "segment.ms": "100",
    "delete.retention.ms": "100",
    "min.compaction.lag.ms": "0",
    "max.compaction.lag.ms": "100",
}
#: Longer than a segment lasts, so that each upload gets one of its own.
_PAUSE = 0.3
#: No new segment, however slow the broker is: a log rolls at the shorter of these two.
_ONE_SEGMENT = {"segment.ms": "3600000", "max.compaction.lag.ms": "3600000"}
#: The cleaner looks every 15 seconds unless the broker was told otherwise.
_PATIENCE = 90.0
_LOOK_EVERY = 0.5
#: A node starts twice under one name: its first record is the cleaner's to remove.
_WITNESS = "00000000-0000-4000-8000-000000000000"


@dataclass(frozen=True, slots=True)
class TopicRecord:
    """A record on the scratch topic, in words; `is_gone` once compaction has removed it."""

    offset: int
    words: str
    is_gone: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """`lines` tell what was done and what came of it; `rows` is the topic afterwards."""

    title: str
    lines: tuple[str, ...]
    rows: tuple[TopicRecord, ...] = ()
    is_failure: bool = False


def reproduce_incident(
    properties: Mapping[str, str], topic: str, has_nonce: bool
) -> Generator[Step, None, None]:
    """Plays on a scratch topic beside `topic`, which is only named after it; raises BrokerError.

    The scratch topic is deleted at the end, also if the iteration is left early.
    """
    name = f"{topic}-reenactment-{uuid4().hex[:8]}"
    scratch = TopicAdmin(properties, name)
    scratch.create(config=AGGRESSIVE)
    try:
        settings = ", ".join(f"{key}={value}" for key, value in AGGRESSIVE.items())
        yield Step("A scratch topic", (f"{name} was made, with {settings}.",))
        yield from _Play(dict(properties), name, has_nonce).acts()
    finally:
        scratch.delete()


class _Play:
    def __init__(self, properties: dict[str, str], topic: str, has_nonce: bool) -> None:
        self._properties = properties
        self._topic = topic
        self._has_nonce = has_nonce
        self._rows: dict[int, TopicRecord] = {}

    def acts(self) -> Iterator[Step]:
        with self._node() as node:
            yield self._three_schemas(node)
        yield self._compaction()
        with self._node() as node:
            yield self._rebuild(node)
            yield self._fourth_schema(node)

    @contextmanager
    def _node(self) -> Iterator[LegacyNode]:
        with scratch_database() as scratch:
            stage = ScratchJournal(self._properties, self._topic, scratch.settings)
            with closing(LegacyNode(stage, self._has_nonce)) as node:
                yield node

    def _three_schemas(self, node: LegacyNode) -> Step:
        """The third stays in the segment that is written to, which the cleaner never touches."""
        keys = "each with a nonce" if self._has_nonce else "all alike"
        lines = [f"The keys of its id records (types 8 and 9) are {keys}."]
        node.bootstrap(_WITNESS)
        for number in (1, 2):
            time.sleep(_PAUSE)
            lines.append(_stored(number, node.upload(*_schema(number))))
        node.bootstrap(_WITNESS)
        time.sleep(_PAUSE)
        node.bootstrap(str(uuid4()))
        TopicAdmin(self._properties, self._topic).set_config(_ONE_SEGMENT)
        time.sleep(_PAUSE)  # a broker says that it has changed a setting before its log goes by it
        lines.append(_stored(3, node.upload(*_schema(3))))
        self._see(node.applied)
        return Step("Three schemas, by a node that writes as 2.1.3 did", tuple(lines), self._told())

    def _compaction(self) -> Step:
        """It is over when the older one of two records with one key is gone."""
        began = time.monotonic()
        while min(left := self._left()) == 0:
            if time.monotonic() - began > _PATIENCE:
                raise BrokerError(f"the cleaner removed nothing within {_PATIENCE:.0f} s")
            time.sleep(_LOOK_EVERY)
        gone = [row for offset, row in self._rows.items() if offset not in left]
        for row in gone:
            self._rows[row.offset] = replace(row, is_gone=True)
        took = time.monotonic() - began
        lines = [
            f"The broker's cleaner removed {len(gone)} of {len(self._rows)} records in "
            f"{took:.0f} s."
        ]
        lines += [f"Gone: offset {row.offset}, {row.words}." for row in gone]
        return Step("Compaction", tuple(lines), self._told())

    def _rebuild(self, node: LegacyNode) -> Step:
        sequences = dict(node.sequences())
        lines = [
            f"A new node replays the {len(node.applied)} records that are left.",
            f"It holds 3 contents; its content id sequence stands at {sequences['contentId']}, "
            f"its global id sequence at {sequences['globalId']}.",
        ]
        return Step("A rebuild", tuple(lines), self._told())

    def _fourth_schema(self, node: LegacyNode) -> Step:
        told = node.upload(*_schema(4))
        self._see(node.applied)
        title = "A fourth schema"
        if not told.failure:
            return Step(
                title, (_stored(4, told), "The nonce has kept every id record."), self._told()
            )
        lines = (
            f"The node drew content id {told.content_id}, which User{told.content_id} has already: "
            "the record of the new content changes nothing.",
            "The artifact record then names a content that is not there. A node of 2.1.3 answers "
            f'500, "{JAVA_MESSAGE}"',
        )
        return Step(title, lines, self._told(), is_failure=True)

    # The topic

    def _see(self, applied: Iterable[tuple[DecodedRecord, Effect]]) -> None:
        for read, _ in applied:
            row = TopicRecord(read.record.offset, read.summary)
            self._rows.setdefault(row.offset, row)

    def _told(self) -> tuple[TopicRecord, ...]:
        return tuple(row for _, row in sorted(self._rows.items()))

    def _left(self) -> set[int]:
        with closing(RecordConsumer(self._properties, self._topic)) as reader:
            offsets = reader.offsets()
            start, end = ({0: pair[at]} for at, pair in ((0, offsets[0]), (1, offsets[0])))
            batches = read_range(reader, start, end)
            return {record.offset for records in batches for record in records}


def _stored(number: int, told: UploadResult) -> str:
    return f"User{number} got content id {told.content_id} and global id {told.global_id}."


def _schema(number: int) -> tuple[str, bytes]:
    """Artifact id and content."""
    content = {
        "type": "record",
        "name": f"User{number}",
        "namespace": "foo",
        "fields": [{"name": f"active{number}", "type": ["null", "boolean"]}],
    }
    return f"user-{number}", orjson.dumps(content)
