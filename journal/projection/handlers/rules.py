"""Rule records: plain rows; an update of a missing rule creates none."""

from journal.models import Outcome
from journal.projection.effects import APPLIED, Effect
from journal.projection.rows import get_group, get_tenant
from journal.projection.tables import Tables
from journal.wire.messages import (
    Action,
    ArtifactRuleKey,
    ArtifactRuleValue,
    GlobalRuleKey,
    GlobalRuleValue,
)
from registry.errors import ImpossibleRecord, RuleAlreadyExists, RuleNotFound


def apply_global_rule(
    tables: Tables, key: GlobalRuleKey, value: GlobalRuleValue, timestamp: int
) -> Effect:
    columns = {"tenant_id": get_tenant(key), "type": key.rule_type}
    return _apply(tables, "registry_globalrule", columns, value)


def apply_artifact_rule(
    tables: Tables, key: ArtifactRuleKey, value: ArtifactRuleValue, timestamp: int
) -> Effect:
    if value.action is Action.IMPORT and tables.artifact(key) is None:
        return Effect(Outcome.NO_EFFECT, reason=f"there is no artifact {key.artifact_id}")
    columns = {
        "tenant_id": get_tenant(key),
        "group_id": get_group(key),
        "artifact_id": key.artifact_id,
        "type": key.rule_type,
    }
    return _apply(tables, "registry_artifactrule", columns, value)


def _apply(
    tables: Tables,
    table: str,
    columns: dict[str, str | None],
    value: GlobalRuleValue | ArtifactRuleValue,
) -> Effect:
    writer, rule_type, params = tables.writer, str(columns["type"]), tuple(columns.values())
    where = " AND ".join(f"{name} = %s" for name in columns)
    match value.action:
        case Action.CREATE | Action.IMPORT:
            if writer.read(f"SELECT 1 FROM {table} WHERE {where}", *params) is not None:
                if value.action is Action.CREATE:
                    raise RuleAlreadyExists(rule_type)
                return Effect(Outcome.NO_EFFECT, reason=f"the rule {rule_type} is there already")
            marks = ", ".join(["%s"] * (len(columns) + 1))
            writer.write(
                f"INSERT INTO {table} ({', '.join(columns)}, configuration) VALUES ({marks})",
                *params,
                value.configuration,
            )
            return APPLIED
        case Action.UPDATE:
            sql = f"UPDATE {table} SET configuration = %s WHERE {where}"
            changed = writer.write(sql, value.configuration, *params)
        case Action.DELETE:
            changed = writer.write(f"DELETE FROM {table} WHERE {where}", *params)
        case _:
            raise ImpossibleRecord(f"A rule record can't be {value.action!r}")
    if not changed:
        raise RuleNotFound(rule_type)
    return APPLIED
