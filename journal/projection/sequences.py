"""Sequence records: each CREATE draws the next id, in the order of the journal."""

from journal.messages import Action, ContentIdKey, ContentIdValue, GlobalIdKey, GlobalIdValue
from journal.models import Outcome
from journal.outcomes import IN_USE, Effect
from journal.projection.tables import Tables, tenant_of
from registry.errors import ImpossibleRecord
from registry.models import SequenceName

_IN_USE = {
    SequenceName.CONTENT_ID: (
        "SELECT 1 FROM registry_content WHERE tenant_id = %s AND content_id = %s"
    ),
    SequenceName.GLOBAL_ID: (
        "SELECT 1 FROM registry_version WHERE tenant_id = %s AND global_id = %s"
    ),
}
_HIGHEST = {
    SequenceName.CONTENT_ID: "SELECT MAX(content_id) FROM registry_content WHERE tenant_id = %s",
    SequenceName.GLOBAL_ID: "SELECT MAX(global_id) FROM registry_version WHERE tenant_id = %s",
}


def apply_content_id(tables: Tables, key: ContentIdKey, value: ContentIdValue, at: int) -> Effect:
    return _apply(tables, SequenceName.CONTENT_ID, tenant_of(key), value.action)


def apply_global_id(tables: Tables, key: GlobalIdKey, value: GlobalIdValue, at: int) -> Effect:
    return _apply(tables, SequenceName.GLOBAL_ID, tenant_of(key), value.action)


def _apply(tables: Tables, name: SequenceName, tenant: str, action: Action | None) -> Effect:
    if action is Action.CREATE:
        return _draw(tables, name, tenant)
    if action is Action.RESET:
        return _reset(tables, name, tenant)
    raise ImpossibleRecord(f"A {name} record can be CREATE or RESET, not {action}")


def _draw(tables: Tables, name: SequenceName, tenant: str) -> Effect:
    drawn = tables.next_in_sequence(tenant, name)
    if tables.writer.read(_IN_USE[name], tenant, drawn) is None:
        return Effect(result=drawn)
    return Effect(result=drawn, remark=f"{IN_USE}: {name} {drawn}")


def _reset(tables: Tables, name: SequenceName, tenant: str) -> Effect:
    current = tables.sequence(tenant, name)
    highest = tables.writer.read(_HIGHEST[name], tenant)[0] or 0
    if highest <= current:
        return Effect(Outcome.NO_EFFECT, reason=f"{name} stands at {current}, no id is higher")
    tables.set_sequence(tenant, name, highest)
    return Effect(remark=f"{name} moved from {current} to {highest}")
