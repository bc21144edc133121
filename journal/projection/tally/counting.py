"""Counts a batch of records, each type in its own way."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from journal.models import Outcome
from journal.projection.decoding import DecodedRecord
from journal.projection.effects import Effect
from journal.projection.remarks import RemarkCode, has_remark
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
_SEQUENCES = {
    MessageType.CONTENT_ID: SequenceName.CONTENT_ID,
    MessageType.GLOBAL_ID: SequenceName.GLOBAL_ID,
    MessageType.COMMENT_ID: SequenceName.COMMENT_ID,
}


def count_batch(tally: Tally, applied: Sequence[tuple[DecodedRecord, Effect]]) -> None:
    """Add records to the tally, in the order of application."""
    tally.count_offsets([decoded.record for decoded, _ in applied])
    batch = _Batch(tally)
    types = tally.types
    for decoded, effect in applied:
        kind = NO_TYPE if decoded.type is None else decoded.type
        type_count = types.get(kind)
        if type_count is None:
            type_count = types[kind] = TypeCount()
        type_count.records += 1
        type_count.bytes += decoded.size
        message = decoded.message
        if message is None or message.value is None:
            if decoded.record.value is None:
                tally.tombstones.records += 1
                tally.tombstones.bytes += decoded.size
        elif (count := _COUNTERS.get(kind)) is not None:
            count(batch, decoded, effect, message.key, message.value)
        outcome = effect.outcome
        if (
            outcome is not _APPLIED
            or effect.remarks
            or decoded.req_faults
            or decoded.record.partition
        ):
            tally.count_oddities(decoded, effect)
    tally.count(Category.WITH_NONCE, *batch.with_nonce)
    tally.count(Category.NEWER, *batch.newer)


class _Batch:
    """Records of frequent categories, counted together at the end of the batch."""

    def __init__(self, tally: Tally) -> None:
        self._tally = tally
        self._draws: dict[tuple[str | None, SequenceName], IdDraws] = {}
        self.with_nonce: list[DecodedRecord] = []
        self.newer: list[DecodedRecord] = []

    def _id_draws(self, tenant: str | None, name: SequenceName) -> IdDraws:
        draws = self._draws.get((tenant, name))
        if draws is None:
            draws = self._draws[tenant, name] = self._tally.id_draws(tenant, name)
        return draws

    def count_id(self, decoded: DecodedRecord, effect: Effect, key: Any, value: Any) -> None:
        name = _SEQUENCES[key.type]
        if value.action is _CREATE:
            self._id_draws(key.tenant_id, name).fresh += 1
        elif value.action is _RESET:
            self._id_draws(key.tenant_id, name).reset()
        if name is SequenceName.COMMENT_ID:
            return
        if key.uuid is None:
            self._tally.count(Category.WITHOUT_NONCE, decoded)
        else:
            self.with_nonce.append(decoded)

    def count_content(self, decoded: DecodedRecord, effect: Effect, key: Any, value: Any) -> None:
        self._count_content(decoded, effect, key, value, key.content_hash)

    def count_content_v2(
        self, decoded: DecodedRecord, effect: Effect, key: Any, value: Any
    ) -> None:
        self.newer.append(decoded)
        self._count_content(decoded, effect, key, value, value.content_hash)

    def _count_content(
        self, decoded: DecodedRecord, effect: Effect, key: Any, value: Any, named_hash: str | None
    ) -> None:
        tally = self._tally
        is_applied = effect.outcome is _APPLIED
        draws = self._id_draws(key.tenant_id, SequenceName.CONTENT_ID)
        if value.action is _IMPORT:
            draws.is_imported = True
        elif value.action is _CREATE or (effect.remarks and value.action is _CREATE_OR_UPDATE):
            draws.use(key.content_id, is_applied)
        elif value.action is _CREATE_OR_UPDATE:
            draws.use_or_repeat(key.content_id, is_applied)
        if not value.content:
            if has_remark(effect.remarks, RemarkCode.BYTES_MISSING):
                self._add_unresolved(tally.empty, key, str(key.content_id), decoded)
            return
        self._check_hash(decoded, value, named_hash)
        if is_applied and (tally.unknown.kept or tally.dropped.kept or tally.empty.kept):
            tenant = key.tenant_id or DEFAULT_TENANT
            for name in (named_hash or "", f"id {key.content_id}"):
                tally.unknown.resolve(tenant, name)
                tally.dropped.resolve(tenant, name)
            tally.empty.resolve(tenant, str(key.content_id))

    def _check_hash(self, decoded: DecodedRecord, value: Any, named_hash: str | None) -> None:
        bare_hash = hashlib.sha256(value.content).hexdigest()
        if not value.serialized_references:
            if bare_hash != named_hash:
                self._tally.count(Category.WRONG_HASH, decoded)
        elif bare_hash == named_hash:
            self._tally.count(Category.BARE_HASH, decoded)
        elif content_hash(value.content, value.serialized_references) != named_hash:
            self._tally.count(Category.WRONG_HASH, decoded)

    def count_artifact(self, decoded: DecodedRecord, effect: Effect, key: Any, value: Any) -> None:
        draws = self._id_draws(key.tenant_id, SequenceName.GLOBAL_ID)
        if value.action is _CREATE or value.action is _UPDATE:
            if value.global_id is not None:
                draws.use(value.global_id, effect.outcome is _APPLIED)
            self._check_clocks(decoded, value.created_on or 0)
        elif value.action is _IMPORT:
            draws.is_imported = True
        if has_remark(effect.remarks, RemarkCode.CONTENT_MISSING):
            is_lost = has_remark(effect.remarks, RemarkCode.CONTENT_LOST)
            contents = self._tally.dropped if is_lost else self._tally.unknown
            name = f"id {value.content_id}" if value.action is _IMPORT else value.content_hash
            self._add_unresolved(contents, key, name, decoded)

    def _check_clocks(self, decoded: DecodedRecord, created_on: int) -> None:
        tally, timestamp = self._tally, decoded.record.timestamp
        if created_on > timestamp + TOLERANCE:
            tally.count(Category.AHEAD, decoded)
            tally.most_ahead = max(tally.most_ahead, created_on - timestamp)
        # Times of several partitions are in no order.
        if decoded.record.partition:
            return
        if timestamp > tally.newest:
            tally.newest = timestamp
        elif timestamp < tally.newest - TOLERANCE:
            tally.count(Category.BACKWARD, decoded)
            tally.most_backward = max(tally.most_backward, tally.newest - timestamp)

    def _add_unresolved(
        self, contents: Unresolved, key: Any, name: str, decoded: DecodedRecord
    ) -> None:
        contents.add(key.tenant_id or DEFAULT_TENANT, name, get_position(decoded.record))

    def count_comment(self, decoded: DecodedRecord, effect: Effect, key: Any, value: Any) -> None:
        draws = self._id_draws(key.tenant_id, SequenceName.COMMENT_ID)
        if value.action is _IMPORT:
            draws.is_imported = True
        elif value.action is _CREATE and (key.comment_id or "").isdecimal():
            # Only what was applied is known to have as many digits as an id.
            is_applied = effect.outcome is _APPLIED
            draws.use(int(key.comment_id) if is_applied else 0, is_applied)

    def count_upgrader(self, decoded: DecodedRecord, effect: Effect, key: Any, value: Any) -> None:
        self.newer.append(decoded)


#: By type: counts a record with its effect, key and value. Functions, not bound methods: a batch
#: that held these would be a cycle, and keep all its records until the next garbage collection.
_COUNTERS: Mapping[int, Callable[[_Batch, DecodedRecord, Effect, Any, Any], None]] = {
    MessageType.CONTENT_ID: _Batch.count_id,
    MessageType.GLOBAL_ID: _Batch.count_id,
    MessageType.COMMENT_ID: _Batch.count_id,
    MessageType.CONTENT: _Batch.count_content,
    MessageType.CONTENT_V2: _Batch.count_content_v2,
    MessageType.ARTIFACT: _Batch.count_artifact,
    MessageType.COMMENT: _Batch.count_comment,
    MessageType.UPGRADER: _Batch.count_upgrader,
}
