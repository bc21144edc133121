"""Rule records: plain rows; an update of a rule that is not there makes none."""

from journal.models import Outcome
from journal.projection.effects import Effect
from journal.projection.rows import check_lengths, get_group, get_tenant, replace_nul
from journal.projection.tables import Tables
from journal.wire.messages import (
    Action,
    ArtifactRuleKey,
    ArtifactRuleValue,
    GlobalRuleKey,
    GlobalRuleValue,
)
from registry.errors import ImpossibleRecord, RuleAlreadyExists, RuleNotFound

_OF_ALL = "tenant_id = %s AND type = %s"
_OF_ONE = "tenant_id = %s AND group_id = %s AND artifact_id = %s AND type = %s"


def apply_global_rule(
    tables: Tables, key: GlobalRuleKey, value: GlobalRuleValue, at: int
) -> Effect:
    place = (get_tenant(key), key.rule_type)
    insert = "INSERT INTO registry_globalrule (tenant_id, type, configuration) VALUES (%s, %s, %s)"
    return _Rule(tables, "registry_globalrule", _OF_ALL, place, insert).apply(value)


def apply_artifact_rule(
    tables: Tables, key: ArtifactRuleKey, value: ArtifactRuleValue, at: int
) -> Effect:
    check_lengths(rule=value.configuration)
    if value.action is Action.IMPORT and tables.artifact(key) is None:
        return Effect(Outcome.NO_EFFECT, reason=f"there is no artifact {key.artifact_id}")
    place = (get_tenant(key), get_group(key), replace_nul(key.artifact_id), key.rule_type)
    insert = (
        "INSERT INTO registry_artifactrule (tenant_id, group_id, artifact_id, type, "
        "configuration) VALUES (%s, %s, %s, %s, %s)"
    )
    return _Rule(tables, "registry_artifactrule", _OF_ONE, place, insert).apply(value)


class _Rule:
    """One rule's row in either table."""

    def __init__(
        self, tables: Tables, table: str, where: str, place: tuple[str | None, ...], insert: str
    ) -> None:
        self._writer = tables.writer
        self._table = table
        self._where = where
        self._place = place
        self._insert = insert

    def apply(self, value: GlobalRuleValue | ArtifactRuleValue) -> Effect:
        rule_type = str(self._place[-1])
        match value.action:
            case Action.CREATE | Action.IMPORT:
                if self._exists():
                    return self._meet(rule_type, value.action)
                self._writer.write(self._insert, *self._place, replace_nul(value.configuration))
            case Action.UPDATE:
                sql = f"UPDATE {self._table} SET configuration = %s WHERE {self._where}"
                if not self._writer.write(sql, replace_nul(value.configuration), *self._place):
                    raise RuleNotFound(rule_type)
            case Action.DELETE:
                sql = f"DELETE FROM {self._table} WHERE {self._where}"
                if not self._writer.write(sql, *self._place):
                    raise RuleNotFound(rule_type)
            case _:
                raise ImpossibleRecord(f"A rule record can't be {value.action!r}")
        return Effect()

    def _exists(self) -> bool:
        sql = f"SELECT 1 FROM {self._table} WHERE {self._where}"
        return self._writer.read(sql, *self._place) is not None

    def _meet(self, rule_type: str, action: Action) -> Effect:
        if action is Action.CREATE:
            raise RuleAlreadyExists(rule_type)
        return Effect(Outcome.NO_EFFECT, reason=f"the rule {rule_type} is there already")
