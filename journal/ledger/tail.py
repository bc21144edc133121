"""Records of the topic as a reader of them wants to see them, with what became of them here."""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import DatabaseError
from django.db.models import Q

from journal.kafka.records import Record
from journal.models import LedgerRow, Outcome, Position
from journal.projection.decoding import DecodedRecord, decode_record
from journal.wire.message_types import Action, MessageType

#: Seconds that the ledger is waited for, from a record that was just said.
_SETTLING = 1.0
_LOOK_EVERY = 0.02


@dataclass(slots=True)
class TailRecord:
    """A record with its outcome in this node's ledger; None where it has no row."""

    read: DecodedRecord
    outcome: Outcome | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class TailFilter:
    """Which records are shown; what is empty takes all."""

    types: frozenset[int] = field(default_factory=frozenset)
    artifacts: frozenset[str] = field(default_factory=frozenset)
    reqs: frozenset[str] = field(default_factory=frozenset)
    outcomes: frozenset[Outcome] = field(default_factory=frozenset)

    def takes(self, seen: TailRecord) -> bool:
        read = seen.read
        return (
            _in(self.types, read.type)
            and _in(self.artifacts, read.subject.artifact_id)
            and _in(self.reqs, read.req)
            and _in(self.outcomes, seen.outcome)
        )


def _in(wanted: frozenset[Any], held: object) -> bool:
    return not wanted or held in wanted


def _seen(read: DecodedRecord) -> TailRecord:
    # It is so on every node.
    return TailRecord(read) if read.message else TailRecord(read, Outcome.UNDECODABLE, read.fault)


def parse_message_type(word: str) -> int:
    """`ContentV2`, `content-v2`, `CONTENT_V2` or 17; raises ValueError."""
    plain = word.replace("_", "").replace("-", "").lower()
    for kind in MessageType:
        if plain in {kind.label.lower(), str(int(kind))}:
            return kind
    raise ValueError(f"no such type: {word}")


def parse_outcome(word: str) -> Outcome:
    """`applied`, `no-effect`, `refused` or `undecodable`; raises ValueError."""
    for each in Outcome:
        if word.lower().replace("-", " ") == each.label:
            return each
    raise ValueError(f"no such outcome: {word}")


class OutcomeLookup:
    """What the ledger knows of records; nothing where the tables are another topic's or none."""

    def __init__(self, topic: str) -> None:
        try:
            self.are_known = Position.objects.filter(topic=topic).exists()
        except DatabaseError:
            self.are_known = False
        self._is_worth_waiting = self.are_known

    def see(self, records: Sequence[Record], is_live: bool = False) -> list[TailRecord]:
        """Live records are waited for a moment, as long as that has been of use."""
        seen = [_seen(decode_record(record)) for record in records]
        if self.are_known:
            self._look_up(seen)
            if is_live and self._is_worth_waiting:
                self._wait(seen)
            self._is_worth_waiting = all(each.outcome is not None for each in seen)
        return seen

    def _wait(self, seen: Sequence[TailRecord]) -> None:
        until = time.monotonic() + _SETTLING
        while time.monotonic() < until and any(each.outcome is None for each in seen):
            time.sleep(_LOOK_EVERY)
            self._look_up(seen)

    def _look_up(self, seen: Iterable[TailRecord]) -> None:
        open_ones = {
            (each.read.record.partition, each.read.record.offset): each
            for each in seen
            if each.outcome is None
        }
        offsets: dict[int, list[int]] = {}
        for partition, offset in open_ones:
            offsets.setdefault(partition, []).append(offset)
        for partition, some in offsets.items():
            within = Q(partition=partition, offset__gte=min(some), offset__lte=max(some))
            rows = LedgerRow.objects.filter(within)
            for offset, found, reason in rows.values_list("offset", "outcome", "reason"):
                each = open_ones.get((partition, offset))
                if each is not None:
                    each.outcome, each.reason = Outcome(found), reason


def to_document(seen: TailRecord) -> dict[str, Any]:
    """One record for a JSON line."""
    read, record, subject = seen.read, seen.read.record, seen.read.subject
    return {
        "partition": record.partition,
        "offset": record.offset,
        "timestamp": record.timestamp,
        "timestampType": record.timestamp_type,
        "type": type_name(read),
        "action": action_name(read),
        "summary": read.summary,
        "tenantId": subject.tenant_id,
        "groupId": subject.group_id,
        "artifactId": subject.artifact_id,
        "version": subject.version,
        "contentId": subject.content_id,
        "globalId": subject.global_id,
        "req": read.req,
        "size": record.size,
        "outcome": None if seen.outcome is None else seen.outcome.label,
        "reason": seen.reason,
    }


def type_name(read: DecodedRecord) -> str | None:
    """Apicurio's name of the type; None where the key can't be read."""
    return None if read.type is None else MessageType(read.type).label


def action_name(read: DecodedRecord) -> str | None:
    """None for a tombstone, and where the value can't be read."""
    return None if read.action is None else Action(read.action).name
