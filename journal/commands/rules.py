"""Rules of one artifact, and of all: made, changed, deleted."""

from contextlib import suppress

from django.conf import settings

from journal.commands.single_record import publish_one
from journal.publish.dialect import current_dialect
from journal.wire.dialects import Dialect, DialectError
from journal.wire.messages import (
    Action,
    ArtifactRuleKey,
    ArtifactRuleValue,
    GlobalRuleKey,
    GlobalRuleValue,
)
from registry import queries
from registry.errors import (
    ArtifactNotFound,
    DefaultRuleDeletion,
    RuleAlreadyExists,
    RuleNotFound,
    UnsupportedByDialect,
)
from registry.models import DEFAULT_TENANT, RuleType

#: What Apicurio's nodes delete when all rules are to go; INTEGRITY stays on all of them.
_ALL = (RuleType.COMPATIBILITY, RuleType.VALIDITY)
#: Those nodes say the deletion of a rule that is not there all the same.
_unless_gone = suppress(RuleNotFound)


def create_artifact_rule(
    group_id: str | None, artifact_id: str, rule_type: RuleType, configuration: str
) -> None:
    """Raises ArtifactNotFound, RuleAlreadyExists, UnsupportedByDialect, NoOutcome."""
    if rule_type in queries.artifact_rules(group_id, artifact_id):
        raise RuleAlreadyExists(rule_type)
    _say_artifact_rule(group_id, artifact_id, rule_type, Action.CREATE, configuration)


def update_artifact_rule(
    group_id: str | None, artifact_id: str, rule_type: RuleType, configuration: str
) -> None:
    """Raises ArtifactNotFound, RuleNotFound, UnsupportedByDialect, NoOutcome."""
    queries.artifact_rule(group_id, artifact_id, rule_type)
    _say_artifact_rule(group_id, artifact_id, rule_type, Action.UPDATE, configuration)


def delete_artifact_rule(group_id: str | None, artifact_id: str, rule_type: RuleType) -> None:
    """Raises ArtifactNotFound, RuleNotFound, UnsupportedByDialect, NoOutcome."""
    queries.artifact_rule(group_id, artifact_id, rule_type)
    _say_artifact_rule(group_id, artifact_id, rule_type, Action.DELETE)


def delete_artifact_rules(group_id: str | None, artifact_id: str) -> None:
    """COMPATIBILITY and VALIDITY, as on Apicurio's nodes; raises ArtifactNotFound, NoOutcome."""
    if not queries.artifact_exists(group_id, artifact_id):
        raise ArtifactNotFound(group_id, artifact_id)
    for rule_type in _ALL:
        with _unless_gone:
            _say_artifact_rule(group_id, artifact_id, rule_type, Action.DELETE)


def create_global_rule(rule_type: RuleType, configuration: str) -> None:
    """Raises RuleAlreadyExists, UnsupportedByDialect, NoOutcome."""
    if rule_type in queries.global_rules():
        raise RuleAlreadyExists(rule_type)
    _say_global_rule(rule_type, Action.CREATE, configuration)


def update_global_rule(rule_type: RuleType, configuration: str) -> None:
    """Over a default of the node's own it makes the rule; raises RuleNotFound, NoOutcome."""
    is_kept = rule_type in queries.global_rules()
    if not is_kept and settings.ANNALS_RULES[rule_type] is None:
        raise RuleNotFound(rule_type)
    _say_global_rule(rule_type, Action.UPDATE if is_kept else Action.CREATE, configuration)


def delete_global_rule(rule_type: RuleType) -> None:
    """Raises RuleNotFound, DefaultRuleDeletion, UnsupportedByDialect, NoOutcome."""
    if rule_type not in queries.global_rules():
        if settings.ANNALS_RULES[rule_type] is not None:
            raise DefaultRuleDeletion(rule_type)
        raise RuleNotFound(rule_type)
    _say_global_rule(rule_type, Action.DELETE)


def delete_global_rules() -> None:
    """COMPATIBILITY and VALIDITY, as on Apicurio's nodes; raises NoOutcome."""
    for rule_type in _ALL:
        with _unless_gone:
            _say_global_rule(rule_type, Action.DELETE)


def _say_artifact_rule(
    group_id: str | None,
    artifact_id: str,
    rule_type: RuleType,
    action: Action,
    configuration: str | None = None,
) -> None:
    _refuse_unknown(rule_type)
    key = ArtifactRuleKey(DEFAULT_TENANT, group_id, artifact_id, rule_type)
    publish_one(key, ArtifactRuleValue(action, configuration), "rules")


def _say_global_rule(rule_type: RuleType, action: Action, configuration: str | None = None) -> None:
    _refuse_unknown(rule_type)
    value = GlobalRuleValue(action, configuration)
    publish_one(GlobalRuleKey(DEFAULT_TENANT, rule_type), value, "rules")


def _refuse_unknown(rule_type: RuleType) -> None:
    """INTEGRITY is unknown before 2.4.3: those nodes drop its record, and so would differ."""
    dialect = current_dialect()
    if rule_type not in known_rule_types(dialect):
        raise UnsupportedByDialect(str(DialectError(dialect, f"{rule_type} rules")))


def known_rule_types(dialect: Dialect) -> tuple[RuleType, ...]:
    """Those that every node reads, in the order in which a Java node says them."""
    if dialect in {Dialect.V2_6, Dialect.V2_4}:
        return tuple(RuleType)
    return RuleType.VALIDITY, RuleType.COMPATIBILITY
