"""Counts a batch of records, each type in its own way."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from journal.models import Outcome
from journal.projection.decoding import DecodedRecord
from journal.projection.effects import BYTES_MISSING, CONTENT_UNKNOWN, Effect
from journal.projection.tally.counts import Category, IdDraws, TypeCount, Unresolved
from journal.projection.tally.tally import NO_TYPE, Tally, get_position
from journal.wire.messages import Action, MessageType
from registry.models import DEFAULT_TENANT, SequenceName
from registry.references import content_hash

#: Milliseconds by which clocks may differ.
TOLERANCE = 60_000

_APPLIED = Outcome.APPLIED
_CREATE, _UPDATE, _IMPORT, _RESET = Action.CREATE, Action.UPDATE, Action.IMPORT, Action.RESET
_CREATE_OR_UPDATE = Action.CREATE_OR_UPDATE
_DRAWN_BY = {
    MessageType.CONTENT_ID: SequenceName.CONTENT_ID,
    MessageType.GLOBAL_ID: SequenceName.GLOBAL_ID,
    MessageType.COMMENT_ID: SequenceName.COMMENT_ID,
}


def count_batch(tally: Tally, applied: Sequence[tuple[DecodedRecord, Effect]]) -> None:
    """In the order of application."""
    tally.count_places([read.record for read, _ in applied])
    batch = _Batch(tally)
    types = tally.types
    for read, effect in applied:
        kind = NO_TYPE if read.type is None else read.type
        counted = types.get(kind)
        if counted is None:
            counted = types[kind] = TypeCount()
        counted.records += 1
        counted.bytes += read.size
        message = read.message
        if message is None or message.value is None:
            tally.note_empty(read)
        elif (look := _LOOKS.get(kind)) is not None:
            look(batch, read, effect, message.key, message.value)
        outcome = effect.outcome
        if outcome is not _APPLIED or effect.remark or read.req_fault or read.record.partition:
            tally.note_oddities(read, effect)
    batch.close()


class _Batch:
    """What would cost too much to count one by one is gathered here until `close`."""

    def __init__(self, tally: Tally) -> None:
        self._tally = tally
        self._draws: dict[tuple[str | None, SequenceName], IdDraws] = {}
        self._nonced: list[DecodedRecord] = []
        self._newer: list[DecodedRecord] = []

    def close(self) -> None:
        self._tally.note(Category.WITH_NONCE, *self._nonced)
        self._tally.note(Category.NEWER, *self._newer)

    def _drawn(self, tenant: str | None, name: SequenceName) -> IdDraws:
        draws = self._draws.get((tenant, name))
        if draws is None:
            draws = self._draws[tenant, name] = self._tally.drawn(tenant, name)
        return draws

    def look_at_id(self, read: DecodedRecord, effect: Effect, key: Any, value: Any) -> None:
        name = _DRAWN_BY[key.type]
        if value.action is _CREATE:
            self._drawn(key.tenant_id, name).fresh += 1
        elif value.action is _RESET:
            self._drawn(key.tenant_id, name).reset()
        if name is SequenceName.COMMENT_ID:
            return
        if key.uuid is None:
            self._tally.note(Category.WITHOUT_NONCE, read)
        else:
            self._nonced.append(read)

    def look_at_content(self, read: DecodedRecord, effect: Effect, key: Any, value: Any) -> None:
        is_applied = effect.outcome is _APPLIED
        self._use_content(key, value, effect)
        if value.content:
            self._hash(read, value, key.content_hash)
            self._supply(key, key.content_hash, is_applied)
        elif effect.remark.startswith(BYTES_MISSING):
            self._want(self._tally.empty, key, str(key.content_id), read)

    def look_at_content_v2(self, read: DecodedRecord, effect: Effect, key: Any, value: Any) -> None:
        self._newer.append(read)
        is_applied = effect.outcome is _APPLIED
        self._use_content(key, value, effect)
        if value.content:
            self._hash(read, value, value.content_hash)
            self._supply(key, value.content_hash, is_applied)
        elif effect.remark.startswith(BYTES_MISSING):
            self._want(self._tally.empty, key, str(key.content_id), read)

    def _want(self, wanted: Unresolved, key: Any, name: str, read: DecodedRecord) -> None:
        wanted.add(key.tenant_id or DEFAULT_TENANT, name, get_position(read.record))

    def _supply(self, key: Any, said: str | None, is_applied: bool) -> None:
        tally = self._tally
        if is_applied and (tally.unknown.kept or tally.dropped.kept or tally.empty.kept):
            tenant = key.tenant_id or DEFAULT_TENANT
            for name in (said or "", f"id {key.content_id}"):
                tally.unknown.supply(tenant, name)
                tally.dropped.supply(tenant, name)
            tally.empty.supply(tenant, str(key.content_id))

    def _use_content(self, key: Any, value: Any, effect: Effect) -> None:
        draws = self._drawn(key.tenant_id, SequenceName.CONTENT_ID)
        is_applied = effect.outcome is _APPLIED
        if value.action is _IMPORT:
            draws.is_imported = True
        elif value.action is _CREATE or (effect.remark and value.action is _CREATE_OR_UPDATE):
            draws.use(key.content_id, is_applied)
        elif value.action is _CREATE_OR_UPDATE:
            draws.use_or_repeat(key.content_id, is_applied)

    def _hash(self, read: DecodedRecord, value: Any, said: str | None) -> None:
        bare = hashlib.sha256(value.content).hexdigest()
        if not value.serialized_references:
            if bare != said:
                self._tally.note(Category.WRONG_HASH, read)
        elif bare == said:
            self._tally.note(Category.BARE_HASH, read)
        elif content_hash(value.content, value.serialized_references) != said:
            self._tally.note(Category.WRONG_HASH, read)

    def look_at_artifact(self, read: DecodedRecord, effect: Effect, key: Any, value: Any) -> None:
        draws = self._drawn(key.tenant_id, SequenceName.GLOBAL_ID)
        if value.action is _CREATE or value.action is _UPDATE:
            if value.global_id is not None:
                draws.use(value.global_id, effect.outcome is _APPLIED)
            self._look_at_time(read, value.created_on or 0)
        elif value.action is _IMPORT:
            draws.is_imported = True
        if effect.error or effect.remark or effect.reason:
            self._look_for_content(read, effect, key, value)

    def _look_at_time(self, read: DecodedRecord, created_on: int) -> None:
        tally, at = self._tally, read.record.timestamp
        if created_on > at + TOLERANCE:
            tally.note(Category.AHEAD, read)
            tally.most_ahead = max(tally.most_ahead, created_on - at)
        # Several partitions may be read in turns.
        if read.record.partition:
            return
        if at > tally.newest:
            tally.newest = at
        elif at < tally.newest - TOLERANCE:
            tally.note(Category.BACKWARD, read)
            tally.most_backward = max(tally.most_backward, tally.newest - at)

    def _look_for_content(self, read: DecodedRecord, effect: Effect, key: Any, value: Any) -> None:
        if effect.error == "ContentNotFound":
            wanted = self._tally.dropped if effect.remark else self._tally.unknown
            self._want(wanted, key, value.content_hash, read)
        elif value.action is _IMPORT and CONTENT_UNKNOWN in effect.reason + effect.remark:
            self._want(self._tally.unknown, key, f"id {value.content_id}", read)

    def look_at_comment(self, read: DecodedRecord, effect: Effect, key: Any, value: Any) -> None:
        draws = self._drawn(key.tenant_id, SequenceName.COMMENT_ID)
        if value.action is _IMPORT:
            draws.is_imported = True
        elif value.action is _CREATE and (key.comment_id or "").isdecimal():
            draws.use(int(key.comment_id), effect.outcome is _APPLIED)

    def look_at_upgrader(self, read: DecodedRecord, effect: Effect, key: Any, value: Any) -> None:
        self._newer.append(read)


#: By type: a look at the record, its effect, its key and its value. No batch holds them: it would
#: hold itself, and all its records, until the next collection of garbage.
_LOOKS: Mapping[int, Callable[[_Batch, DecodedRecord, Effect, Any, Any], None]] = {
    MessageType.CONTENT_ID: _Batch.look_at_id,
    MessageType.GLOBAL_ID: _Batch.look_at_id,
    MessageType.COMMENT_ID: _Batch.look_at_id,
    MessageType.CONTENT: _Batch.look_at_content,
    MessageType.CONTENT_V2: _Batch.look_at_content_v2,
    MessageType.ARTIFACT: _Batch.look_at_artifact,
    MessageType.COMMENT: _Batch.look_at_comment,
    MessageType.UPGRADER: _Batch.look_at_upgrader,
}
