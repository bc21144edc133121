"""Sequence records: each CREATE draws the next id, in the order of the journal."""

from journal.models import Outcome
from journal.projection.effects import IN_USE, Effect
from journal.projection.rows import get_tenant
from journal.projection.tables import Tables
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

_HIGHEST = {
    SequenceName.CONTENT_ID: "SELECT MAX(content_id) FROM registry_content WHERE tenant_id = %s",
    SequenceName.GLOBAL_ID: "SELECT MAX(global_id) FROM registry_version WHERE tenant_id = %s",
}


def apply_content_id(tables: Tables, key: ContentIdKey, value: ContentIdValue, at: int) -> Effect:
    return _apply(tables, SequenceName.CONTENT_ID, get_tenant(key), value.action)


def apply_global_id(tables: Tables, key: GlobalIdKey, value: GlobalIdValue, at: int) -> Effect:
    return _apply(tables, SequenceName.GLOBAL_ID, get_tenant(key), value.action)


def apply_comment_id(tables: Tables, key: CommentIdKey, value: CommentIdValue, at: int) -> Effect:
    return _apply(tables, SequenceName.COMMENT_ID, get_tenant(key), value.action)


def _apply(tables: Tables, name: SequenceName, tenant: str, action: Action | None) -> Effect:
    if action is Action.CREATE:
        return _draw(tables, name, tenant)
    if action is Action.RESET:
        return _reset(tables, name, tenant)
    raise ImpossibleRecord(f"A {name} record can be CREATE or RESET, not {action}")


def _draw(tables: Tables, name: SequenceName, tenant: str) -> Effect:
    drawn = tables.next_in_sequence(tenant, name)
    if not _is_in_use(tables, name, tenant, drawn):
        return Effect(result=drawn)
    return Effect(result=drawn, remark=f"{IN_USE}: {name} {drawn}")


def _is_in_use(tables: Tables, name: SequenceName, tenant: str, drawn: int) -> bool:
    if name is SequenceName.CONTENT_ID:
        return tables.content_by_id(tenant, drawn) is not None
    if name is SequenceName.GLOBAL_ID:
        return tables.has_global_id(tenant, drawn)
    sql = "SELECT 1 FROM registry_comment WHERE tenant_id = %s AND comment_id = %s"
    return tables.writer.read(sql, tenant, str(drawn)) is not None


def _reset(tables: Tables, name: SequenceName, tenant: str) -> Effect:
    current = tables.sequence(tenant, name)
    highest = _highest(tables, name, tenant)
    if highest <= current:
        return Effect(Outcome.NO_EFFECT, reason=f"{name} stands at {current}, no id is higher")
    tables.set_sequence(tenant, name, highest)
    return Effect(remark=f"{name} moved from {current} to {highest}")


def _highest(tables: Tables, name: SequenceName, tenant: str) -> int:
    """Comment ids are text to Java nodes, so "9" is higher than "10" there, and so here."""
    if name is not SequenceName.COMMENT_ID:
        return tables.writer.read(_HIGHEST[name], tenant)[0] or 0
    sql = "SELECT comment_id FROM registry_comment WHERE tenant_id = %s"
    highest = max((row[0] for row in tables.writer.read_all(sql, tenant)), default="0")
    if not highest.isdecimal():
        raise ImpossibleRecord(f"The highest comment id is {highest!r}, which is no number")
    return int(highest)
