"""The incident, step by step: three schemas, compaction, a rebuild, a fourth schema."""

import time
from collections.abc import Generator, Iterator, Mapping
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
from journal.reproducer.legacy_node import LegacyNode, ScratchJournal, UploadResult

#: Settings under which the cleaner removes as much as it can at each run.
_AGGRESSIVE = {
    "cleanup.policy": "compact",
    "min.cleanable.dirty.ratio": "0.001",
    "segment.ms": "100",
    "delete.retention.ms": "100",
    "min.compaction.lag.ms": "0",
    "max.compaction.lag.ms": "100",
}
#: Longer than segment.ms, so that each upload gets a segment of its own.
_SEGMENT_PAUSE_S = 0.3
#: Prevents new segments, however slow the broker is: a log rolls at the shorter of the two.
_ONE_SEGMENT = {"segment.ms": "3600000", "max.compaction.lag.ms": "3600000"}
#: The cleaner runs every 15 seconds unless the broker is configured otherwise.
_COMPACTION_TIMEOUT_S = 90.0
_POLL_INTERVAL_S = 0.5
#: Published twice, so that the cleaner removes the first of the two records.
_REPEATED_ID = "00000000-0000-4000-8000-000000000000"


@dataclass(frozen=True, slots=True)
class TopicRecord:
    """A record on the scratch topic; `is_gone` once compaction has removed it."""

    offset: int
    summary: str
    is_gone: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """A step; `lines` report actions and results, `records` is the topic afterwards."""

    title: str
    lines: tuple[str, ...]
    records: tuple[TopicRecord, ...] = ()
    is_failure: bool = False


def reproduce_incident(
    properties: Mapping[str, str], topic: str, has_nonce: bool
) -> Generator[Step, None, None]:
    """Run the steps on a scratch topic, named after `topic`; raises BrokerError.

    The scratch topic is deleted at the end, also if the iteration is left early.
    """
    name = f"{topic}-reenactment-{uuid4().hex[:8]}"
    scratch = TopicAdmin(properties, name)
    scratch.create(config=_AGGRESSIVE)
    try:
        settings = ", ".join(f"{key}={value}" for key, value in _AGGRESSIVE.items())
        yield Step("A scratch topic", (f"{name} was made, with {settings}.",))
        yield from _Reproduction(dict(properties), name, has_nonce).steps()
    finally:
        scratch.delete()


class _Reproduction:
    def __init__(self, properties: dict[str, str], topic: str, has_nonce: bool) -> None:
        self._properties = properties
        self._topic = topic
        self._has_nonce = has_nonce
        self._records: dict[int, TopicRecord] = {}

    def steps(self) -> Iterator[Step]:
        with self._new_node() as node:
            yield self._upload_three_schemas(node)
        yield self._await_compaction()
        with self._new_node() as node:
            sequences = dict(node.sequences())
            lines = (
                f"A new node replays the {len(node.applied)} records that are left.",
                f"It holds 3 contents; its content id sequence stands at {sequences['contentId']}, "
                f"its global id sequence at {sequences['globalId']}.",
            )
            yield Step("A rebuild", lines, self._sorted_records())
            yield self._upload_fourth_schema(node)

    @contextmanager
    def _new_node(self) -> Iterator[LegacyNode]:
        with scratch_database() as scratch:
            journal = ScratchJournal(self._properties, self._topic, scratch.settings)
            with closing(LegacyNode(journal, self._has_nonce)) as node:
                yield node

    def _upload_three_schemas(self, node: LegacyNode) -> Step:
        keys = "each with a nonce" if self._has_nonce else "all alike"
        lines = [f"The keys of its id records (types 8 and 9) are {keys}."]
        node.bootstrap(_REPEATED_ID)
        for number in (1, 2):
            time.sleep(_SEGMENT_PAUSE_S)
            lines.append(_stored_line(number, node.upload(*_schema(number))))
        node.bootstrap(_REPEATED_ID)
        time.sleep(_SEGMENT_PAUSE_S)
        node.bootstrap(str(uuid4()))
        # The third schema stays in the active segment, which the cleaner never touches.
        TopicAdmin(self._properties, self._topic).set_config(_ONE_SEGMENT)
        # A broker confirms a changed setting before its log follows it.
        time.sleep(_SEGMENT_PAUSE_S)
        lines.append(_stored_line(3, node.upload(*_schema(3))))
        self._add_records(node)
        title = "Three schemas, by a node that writes as 2.1.3 did"
        return Step(title, tuple(lines), self._sorted_records())

    def _await_compaction(self) -> Step:
        """Wait until the older of the two bootstrap records with the same key is gone."""
        start = time.monotonic()
        while True:
            with closing(RecordConsumer(self._properties, self._topic)) as consumer:
                begin, end = consumer.offsets()[0]
                batches = read_range(consumer, {0: begin}, {0: end})
                remaining = {record.offset for records in batches for record in records}
            if 0 not in remaining:
                break
            if time.monotonic() - start > _COMPACTION_TIMEOUT_S:
                raise BrokerError(
                    f"the cleaner removed nothing within {_COMPACTION_TIMEOUT_S:.0f} s"
                )
            time.sleep(_POLL_INTERVAL_S)
        duration = time.monotonic() - start
        gone = [record for offset, record in self._records.items() if offset not in remaining]
        for record in gone:
            self._records[record.offset] = replace(record, is_gone=True)
        lines = [
            f"The broker's cleaner removed {len(gone)} of {len(self._records)} records in "
            f"{duration:.0f} s.",
            *(f"Gone: offset {record.offset}, {record.summary}." for record in gone),
        ]
        return Step("Compaction", tuple(lines), self._sorted_records())

    def _upload_fourth_schema(self, node: LegacyNode) -> Step:
        result = node.upload(*_schema(4))
        self._add_records(node)
        if not result.failure:
            lines = (_stored_line(4, result), "The nonce has kept every id record.")
        else:
            lines = (
                f"The node drew content id {result.content_id}, which User{result.content_id} has "
                "already: the record of the new content changes nothing.",
                "The artifact record then names a content that is not there. A node of 2.1.3 "
                f'answers 500, "{JAVA_MESSAGE}"',
            )
        return Step("A fourth schema", lines, self._sorted_records(), bool(result.failure))

    def _add_records(self, node: LegacyNode) -> None:
        for decoded, _ in node.applied:
            offset = decoded.record.offset
            self._records.setdefault(offset, TopicRecord(offset, decoded.summary))

    def _sorted_records(self) -> tuple[TopicRecord, ...]:
        return tuple(record for _, record in sorted(self._records.items()))


def _stored_line(number: int, result: UploadResult) -> str:
    return f"User{number} got content id {result.content_id} and global id {result.global_id}."


def _schema(number: int) -> tuple[str, bytes]:
    """Return artifact id and content."""
    content = {
        "type": "record",
        "name": f"User{number}",
        "namespace": "foo",
        "fields": [{"name": f"active{number}", "type": ["null", "boolean"]}],
    }
    return f"user-{number}", orjson.dumps(content)
