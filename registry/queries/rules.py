"""Rules: those of one artifact and those of all artifacts."""

from dataclasses import dataclass

from django.conf import settings

from registry.errors import ArtifactNotFound, RuleNotFound
from registry.models import DEFAULT_TENANT, RuleType
from registry.queries.sql import bytewise, fetch_row, fetch_rows, to_stored_group
from registry.queries.versions import artifact_exists


@dataclass(frozen=True, slots=True)
class Rule:
    """`type` is a RuleType; it determines valid values of `configuration`."""

    type: str
    configuration: str | None


_OF_ARTIFACT = (
    "FROM registry_artifactrule WHERE tenant_id = %s AND group_id = %s AND artifact_id = %s"
)


def artifact_rules(group_id: str | None, artifact_id: str) -> tuple[str, ...]:
    """Return the types of an artifact's rules, by name; raises ArtifactNotFound."""
    rows = fetch_rows(
        f"SELECT type {_OF_ARTIFACT} ORDER BY {bytewise('type')}",
        *(DEFAULT_TENANT, to_stored_group(group_id), artifact_id),
    )
    if not rows and not artifact_exists(group_id, artifact_id):
        raise ArtifactNotFound(group_id, artifact_id)
    return tuple(row[0] for row in rows)


def artifact_rule(group_id: str | None, artifact_id: str, rule_type: str) -> Rule:
    """Return a rule of an artifact; raises RuleNotFound, ArtifactNotFound."""
    row = fetch_row(
        f"SELECT type, configuration {_OF_ARTIFACT} AND type = %s",
        *(DEFAULT_TENANT, to_stored_group(group_id), artifact_id, rule_type),
    )
    if row is not None:
        return Rule(*row)
    if not artifact_exists(group_id, artifact_id):
        raise ArtifactNotFound(group_id, artifact_id)
    raise RuleNotFound(rule_type)


def global_rules() -> tuple[str, ...]:
    """Return the types of the stored rules, in the order of RuleType."""
    sql = "SELECT type FROM registry_globalrule WHERE tenant_id = %s"
    stored = {row[0] for row in fetch_rows(sql, DEFAULT_TENANT)}
    return tuple(rule_type for rule_type in RuleType.values if rule_type in stored)


def global_rules_in_force() -> tuple[str, ...]:
    """Return the types of the stored rules and of those in this node's settings."""
    stored = global_rules()
    return tuple(
        rule_type
        for rule_type in RuleType.values
        if rule_type in stored or settings.ANNALS_RULES[rule_type]
    )


def global_rule(rule_type: str) -> Rule:
    """Return the stored rule, or else the one of this node's settings; raises RuleNotFound."""
    row = fetch_row(
        "SELECT type, configuration FROM registry_globalrule WHERE tenant_id = %s AND type = %s",
        DEFAULT_TENANT,
        rule_type,
    )
    if row is not None:
        return Rule(*row)
    if settings.ANNALS_RULES[rule_type]:
        return Rule(rule_type, settings.ANNALS_RULES[rule_type])
    raise RuleNotFound(rule_type)


def rule_configurations(
    group_id: str | None, artifact_id: str
) -> tuple[dict[str, str], dict[str, str]]:
    """Return configurations by type: those of the artifact, and those of all artifacts."""
    rows = fetch_rows(
        f"SELECT 1, type, configuration {_OF_ARTIFACT} "
        "UNION ALL SELECT 0, type, configuration FROM registry_globalrule WHERE tenant_id = %s",
        *(DEFAULT_TENANT, to_stored_group(group_id), artifact_id, DEFAULT_TENANT),
    )
    own = {rule_type: level for is_own, rule_type, level in rows if is_own}
    return own, {rule_type: level for is_own, rule_type, level in rows if not is_own}
