"""Decodes records of the topic for display, with their outcomes in this node's ledger."""

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

#: Seconds to wait for the row of a record that was just written.
_LIVE_TIMEOUT = 1.0
_POLL_INTERVAL = 0.02


@dataclass(slots=True)
class TailRecord:
    """A record with its outcome in this node's ledger, None without a row."""

    decoded: DecodedRecord
    outcome: Outcome | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class TailFilter:
    """The records to show; an empty set matches all."""

    types: frozenset[int] = field(default_factory=frozenset)
    artifacts: frozenset[str] = field(default_factory=frozenset)
    reqs: frozenset[str] = field(default_factory=frozenset)
    outcomes: frozenset[Outcome] = field(default_factory=frozenset)

    def matches(self, record: TailRecord) -> bool:
        decoded = record.decoded
        pairs: tuple[tuple[frozenset[Any], object], ...] = (
            (self.types, decoded.type),
            (self.artifacts, decoded.subject.artifact_id),
            (self.reqs, decoded.req),
            (self.outcomes, record.outcome),
        )
        return all(not accepted or value in accepted for accepted, value in pairs)


def parse_message_type(text: str) -> int:
    """Parse `ContentV2`, `content-v2`, `CONTENT_V2` or 17; raises ValueError."""
    plain = text.replace("_", "").replace("-", "").lower()
    for kind in MessageType:
        if plain in {kind.label.lower(), str(int(kind))}:
            return kind
    raise ValueError(f"no such type: {text}")


def parse_outcome(text: str) -> Outcome:
    """Parse `applied`, `no-effect`, `refused` or `undecodable`; raises ValueError."""
    for outcome in Outcome:
        if text.lower().replace("-", " ") == outcome.label:
            return outcome
    raise ValueError(f"no such outcome: {text}")


class OutcomeLookup:
    """Looks up records in the ledger; finds none if the tables come from another topic."""

    def __init__(self, topic: str) -> None:
        try:
            self.has_ledger = Position.objects.filter(topic=topic).exists()
        except DatabaseError:
            self.has_ledger = False
        self._waits = self.has_ledger

    def look_up(self, records: Sequence[Record], is_live: bool = False) -> list[TailRecord]:
        """Decode records and look up their outcomes.

        The rows of live records are waited for a moment, unless that was in vain the last time.
        """
        results = []
        for record in records:
            decoded = decode_record(record)
            # What can't be decoded here can't be decoded on any node.
            outcome = None if decoded.message else Outcome.UNDECODABLE
            results.append(TailRecord(decoded, outcome, decoded.fault))
        if self.has_ledger:
            self._read_outcomes(results)
            deadline = time.monotonic() + (_LIVE_TIMEOUT if is_live and self._waits else 0)
            while time.monotonic() < deadline and any(result.outcome is None for result in results):
                time.sleep(_POLL_INTERVAL)
                self._read_outcomes(results)
            self._waits = all(result.outcome is not None for result in results)
        return results

    def _read_outcomes(self, results: Iterable[TailRecord]) -> None:
        pending = {
            (result.decoded.record.partition, result.decoded.record.offset): result
            for result in results
            if result.outcome is None
        }
        offsets: dict[int, list[int]] = {}
        for partition, offset in pending:
            offsets.setdefault(partition, []).append(offset)
        for partition, some in offsets.items():
            within = Q(partition=partition, offset__gte=min(some), offset__lte=max(some))
            rows = LedgerRow.objects.filter(within)
            for offset, outcome, reason in rows.values_list("offset", "outcome", "reason"):
                result = pending.get((partition, offset))
                if result is not None:
                    result.outcome, result.reason = Outcome(outcome), reason


def to_document(result: TailRecord) -> dict[str, Any]:
    """Return a record as the document of a JSON line."""
    decoded, record, subject = result.decoded, result.decoded.record, result.decoded.subject
    return {
        "partition": record.partition,
        "offset": record.offset,
        "timestamp": record.timestamp,
        "timestampType": record.timestamp_type,
        "type": type_name(decoded),
        "action": action_name(decoded),
        "summary": decoded.summary,
        "tenantId": subject.tenant_id,
        "groupId": subject.group_id,
        "artifactId": subject.artifact_id,
        "version": subject.version,
        "contentId": subject.content_id,
        "globalId": subject.global_id,
        "req": decoded.req,
        "size": record.size,
        "outcome": None if result.outcome is None else result.outcome.label,
        "reason": result.reason,
    }


def type_name(decoded: DecodedRecord) -> str | None:
    """Return Apicurio's name of the type, None if the key can't be read."""
    return None if decoded.type is None else MessageType(decoded.type).label


def action_name(decoded: DecodedRecord) -> str | None:
    """Return the action's name, None for a tombstone or if the value can't be read."""
    return None if decoded.action is None else Action(decoded.action).name
