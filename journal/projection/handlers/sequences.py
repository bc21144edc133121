"""Sequence records: each CREATE allocates the next id, in the order of the journal."""

from journal.models import Outcome
from journal.projection.effects import Effect
from journal.projection.remarks import Remark, RemarkCode
from journal.projection.rows import get_tenant
from journal.projection.tables import HIGHEST_ID, Tables
from journal.wire.messages import (
    Action,
    CommentIdKey,
    CommentIdValue,
    ContentIdKey,
    ContentIdValue,
    GlobalIdKey,
    GlobalIdValue,
)
from registry.errors import ImpossibleRecord
from registry.models import SequenceName


def apply_content_id(
    tables: Tables, key: ContentIdKey, value: ContentIdValue, timestamp: int
) -> Effect:
    return _apply(tables, SequenceName.CONTENT_ID, get_tenant(key), value.action)


def apply_global_id(
    tables: Tables, key: GlobalIdKey, value: GlobalIdValue, timestamp: int
) -> Effect:
    return _apply(tables, SequenceName.GLOBAL_ID, get_tenant(key), value.action)


def apply_comment_id(
    tables: Tables, key: CommentIdKey, value: CommentIdValue, timestamp: int
) -> Effect:
    return _apply(tables, SequenceName.COMMENT_ID, get_tenant(key), value.action)


def _apply(tables: Tables, name: SequenceName, tenant: str, action: Action | None) -> Effect:
    if action is Action.CREATE:
        allocated = tables.next_in_sequence(tenant, name)
        if name is SequenceName.CONTENT_ID:
            is_in_use = tables.content_by_id(tenant, allocated) is not None
        elif name is SequenceName.GLOBAL_ID:
            is_in_use = tables.has_global_id(tenant, allocated)
        else:
            sql = "SELECT 1 FROM registry_comment WHERE tenant_id = %s AND comment_id = %s"
            is_in_use = tables.writer.read(sql, tenant, str(allocated)) is not None
        remark = Remark(RemarkCode.ID_IN_USE, (name.value, allocated))
        return Effect(result=allocated, remarks=(remark,) if is_in_use else ())
    if action is Action.RESET:
        current = tables.sequence(tenant, name)
        if name is SequenceName.COMMENT_ID:
            # Java nodes compare comment ids as texts, so "9" is higher than "10".
            sql = "SELECT comment_id FROM registry_comment WHERE tenant_id = %s"
            text = max((row[0] for row in tables.writer.read_all(sql, tenant)), default="0")
            if not text.isdecimal():
                raise ImpossibleRecord(f"The highest comment id is {text!r}, which is no number")
            highest = int(text)
        else:
            highest = tables.writer.read(HIGHEST_ID[name], tenant)[0] or 0
        if highest <= current:
            return Effect(Outcome.NO_EFFECT, reason=f"{name} stands at {current}, no id is higher")
        tables.set_sequence(tenant, name, highest)
        remark = Remark(RemarkCode.SEQUENCE_MOVED, (name.value, current, highest))
        return Effect(remarks=(remark,))
    raise ImpossibleRecord(f"A {name} record can be CREATE or RESET, not {action}")
