"""Rules: those of one artifact and those of all artifacts."""

from dataclasses import dataclass

from django.conf import settings

from registry.errors import ArtifactNotFound, RuleNotFound
from registry.models import DEFAULT_TENANT, RuleType
from registry.queries.sql import bytewise, fetch_row, fetch_rows, to_stored_group
from registry.queries.versions import artifact_exists


@dataclass(frozen=True, slots=True)
class Rule:
    """`type` is one of RuleType's; what `configuration` may be depends on it."""

    type: str
    configuration: str | None


_OF_ARTIFACT = (
    "FROM registry_artifactrule WHERE tenant_id = %s AND group_id = %s AND artifact_id = %s"
)


def artifact_rules(group_id: str | None, artifact_id: str) -> tuple[str, ...]:
    """Their types, by name; raises ArtifactNotFound."""
    found = fetch_rows(
        f"SELECT type {_OF_ARTIFACT} ORDER BY {bytewise('type')}",
        *(DEFAULT_TENANT, to_stored_group(group_id), artifact_id),
    )
    if not found and not artifact_exists(group_id, artifact_id):
        raise ArtifactNotFound(group_id, artifact_id)
    return tuple(each[0] for each in found)


def artifact_rule(group_id: str | None, artifact_id: str, rule_type: str) -> Rule:
    """Raises RuleNotFound, ArtifactNotFound."""
    found = fetch_row(
        f"SELECT type, configuration {_OF_ARTIFACT} AND type = %s",
        *(DEFAULT_TENANT, to_stored_group(group_id), artifact_id, rule_type),
    )
    if found is not None:
        return Rule(*found)
    if not artifact_exists(group_id, artifact_id):
        raise ArtifactNotFound(group_id, artifact_id)
    raise RuleNotFound(rule_type)


def global_rules() -> tuple[str, ...]:
    """Types of those that are kept, in the order of RuleType."""
    sql = "SELECT type FROM registry_globalrule WHERE tenant_id = %s"
    kept = {each[0] for each in fetch_rows(sql, DEFAULT_TENANT)}
    return tuple(each for each in RuleType.values if each in kept)


def global_rules_in_force() -> tuple[str, ...]:
    """The same, with those that this node's settings set."""
    kept = global_rules()
    return tuple(each for each in RuleType.values if each in kept or settings.ANNALS_RULES[each])


def global_rule(rule_type: str) -> Rule:
    """The kept one, or else the one of this node's settings; raises RuleNotFound."""
    found = fetch_row(
        "SELECT type, configuration FROM registry_globalrule WHERE tenant_id = %s AND type = %s",
        DEFAULT_TENANT,
        rule_type,
    )
    if found is not None:
        return Rule(*found)
    if settings.ANNALS_RULES[rule_type]:
        return Rule(rule_type, settings.ANNALS_RULES[rule_type])
    raise RuleNotFound(rule_type)


def rule_configurations(
    group_id: str | None, artifact_id: str
) -> tuple[dict[str, str], dict[str, str]]:
    """Configurations by type: of the artifact, and of all artifacts."""
    found = fetch_rows(
        f"SELECT 1, type, configuration {_OF_ARTIFACT} "
        "UNION ALL SELECT 0, type, configuration FROM registry_globalrule WHERE tenant_id = %s",
        *(DEFAULT_TENANT, to_stored_group(group_id), artifact_id, DEFAULT_TENANT),
    )
    own = {each[1]: each[2] for each in found if each[0]}
    return own, {each[1]: each[2] for each in found if not each[0]}
