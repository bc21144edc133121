"""Creates, changes and deletes the rules of an artifact, and the global rules."""

from contextlib import suppress

from django.conf import settings

from journal.commands.single_record import publish_one
from journal.commands.writer import Writer
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
_DELETED_TOGETHER = (RuleType.COMPATIBILITY, RuleType.VALIDITY)


def create_artifact_rule(
    writer: Writer,
    group_id: str | None,
    artifact_id: str,
    rule_type: RuleType,
    configuration: str,
) -> None:
    """Raises NotTheOwner, ArtifactNotFound, RuleAlreadyExists, UnsupportedByDialect, NoOutcome."""
    writer.require_artifact(group_id, artifact_id)
    if rule_type in queries.artifact_rules(group_id, artifact_id):
        raise RuleAlreadyExists(rule_type)
    _publish_artifact_rule(writer, group_id, artifact_id, rule_type, Action.CREATE, configuration)


def update_artifact_rule(
    writer: Writer,
    group_id: str | None,
    artifact_id: str,
    rule_type: RuleType,
    configuration: str,
) -> None:
    """Raises NotTheOwner, ArtifactNotFound, RuleNotFound, UnsupportedByDialect, NoOutcome."""
    writer.require_artifact(group_id, artifact_id)
    queries.artifact_rule(group_id, artifact_id, rule_type)
    _publish_artifact_rule(writer, group_id, artifact_id, rule_type, Action.UPDATE, configuration)


def delete_artifact_rule(
    writer: Writer, group_id: str | None, artifact_id: str, rule_type: RuleType
) -> None:
    """Raises NotTheOwner, ArtifactNotFound, RuleNotFound, UnsupportedByDialect, NoOutcome."""
    writer.require_artifact(group_id, artifact_id)
    queries.artifact_rule(group_id, artifact_id, rule_type)
    _publish_artifact_rule(writer, group_id, artifact_id, rule_type, Action.DELETE)


def delete_artifact_rules(writer: Writer, group_id: str | None, artifact_id: str) -> None:
    """Delete an artifact's rules but INTEGRITY, as Apicurio's nodes do.

    Raises NotTheOwner, ArtifactNotFound, NoOutcome.
    """
    writer.require_artifact(group_id, artifact_id)
    if not queries.artifact_exists(group_id, artifact_id):
        raise ArtifactNotFound(group_id, artifact_id)
    for rule_type in _DELETED_TOGETHER:
        # As on those nodes, the record is published for a rule that does not exist, too.
        with suppress(RuleNotFound):
            _publish_artifact_rule(writer, group_id, artifact_id, rule_type, Action.DELETE)


def create_global_rule(writer: Writer, rule_type: RuleType, configuration: str) -> None:
    """Raises RuleAlreadyExists, UnsupportedByDialect, NoOutcome."""
    if rule_type in queries.global_rules():
        raise RuleAlreadyExists(rule_type)
    _publish_global_rule(writer, rule_type, Action.CREATE, configuration)


def update_global_rule(writer: Writer, rule_type: RuleType, configuration: str) -> None:
    """Change a rule, or create it over a default of the node's settings.

    Raises RuleNotFound, UnsupportedByDialect, NoOutcome.
    """
    is_stored = rule_type in queries.global_rules()
    if not is_stored and settings.ANNALS_RULES[rule_type] is None:
        raise RuleNotFound(rule_type)
    action = Action.UPDATE if is_stored else Action.CREATE
    _publish_global_rule(writer, rule_type, action, configuration)


def delete_global_rule(writer: Writer, rule_type: RuleType) -> None:
    """Raises RuleNotFound, DefaultRuleDeletion, UnsupportedByDialect, NoOutcome."""
    if rule_type not in queries.global_rules():
        if settings.ANNALS_RULES[rule_type] is not None:
            raise DefaultRuleDeletion(rule_type)
        raise RuleNotFound(rule_type)
    _publish_global_rule(writer, rule_type, Action.DELETE)


def delete_global_rules(writer: Writer) -> None:
    """Delete the global rules but INTEGRITY, as Apicurio's nodes do; raises NoOutcome."""
    for rule_type in _DELETED_TOGETHER:
        with suppress(RuleNotFound):
            _publish_global_rule(writer, rule_type, Action.DELETE)


def _publish_artifact_rule(
    writer: Writer,
    group_id: str | None,
    artifact_id: str,
    rule_type: RuleType,
    action: Action,
    configuration: str | None = None,
) -> None:
    _check_known(writer, rule_type)
    key = ArtifactRuleKey(DEFAULT_TENANT, group_id, artifact_id, rule_type)
    publish_one(writer, key, ArtifactRuleValue(action, configuration), "rules")


def _publish_global_rule(
    writer: Writer, rule_type: RuleType, action: Action, configuration: str | None = None
) -> None:
    _check_known(writer, rule_type)
    value = GlobalRuleValue(action, configuration)
    publish_one(writer, GlobalRuleKey(DEFAULT_TENANT, rule_type), value, "rules")


def _check_known(writer: Writer, rule_type: RuleType) -> None:
    # Nodes before 2.4.3 drop the record of an INTEGRITY rule, and so would differ from others.
    dialect = writer.publisher.current_dialect()
    if rule_type not in known_rule_types(dialect):
        raise UnsupportedByDialect(str(DialectError(dialect, f"{rule_type} rules")))


def known_rule_types(dialect: Dialect) -> tuple[RuleType, ...]:
    """Return the rules supported by every node, in the order of a Java node's records."""
    if dialect in {Dialect.V2_6, Dialect.V2_4}:
        return tuple(RuleType)
    return RuleType.VALIDITY, RuleType.COMPATIBILITY
