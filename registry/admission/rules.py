"""Rules in force for an artifact, and their verdicts on a content."""

from dataclasses import dataclass

from django.conf import settings

from registry import queries
from registry.admission.new_versions import NewVersion
from registry.artifact_types.checks import Document
from registry.queries import NO_PLANNED_CONTENTS, PlannedContents
from registry.rules import (
    LEVELS,
    EarlierVersion,
    Proposal,
    Verdict,
    does_nothing,
    effective_rules,
    enforce,
    evaluate,
)


@dataclass(frozen=True, slots=True)
class RuleInForce:
    """A rule with its level; `source` of the level is artifact, global or node."""

    rule: str
    level: str
    source: str
    does_nothing: bool


def enforce_rules(new: NewVersion, type_name: str) -> None:
    """Raise RuleViolation for the first rule in force refusing the content.

    Rules are not checked again when a record is applied: all nodes apply it the same way. So two
    concurrent writers may each pass a rule that both together break, as on Apicurio's nodes.
    """
    rules = rules_in_force(new.group_id, new.artifact_id)
    if rules:
        enforce(rules, make_proposal(new, type_name))


def evaluate_rules(
    new: NewVersion, type_name: str, planned: PlannedContents = NO_PLANNED_CONTENTS
) -> list[Verdict]:
    """Return the verdicts of all rules in force, as if planned contents were stored already."""
    rules = rules_in_force(new.group_id, new.artifact_id)
    return list(evaluate(rules, make_proposal(new, type_name, planned)))


def rules_in_force(group_id: str | None, artifact_id: str) -> dict[str, str | None]:
    """Return configurations by rule type: the artifact's own, else the global, else the node's."""
    artifact_rules, global_rules = queries.rule_configurations(group_id, artifact_id)
    return dict(effective_rules(artifact_rules, global_rules, settings.ANNALS_RULES))


def list_rules_in_force(
    group_id: str | None, artifact_id: str, type_name: str
) -> list[RuleInForce]:
    """Return the rules for the artifact's next version, in the order of their checks."""
    artifact_rules, global_rules = queries.rule_configurations(group_id, artifact_id)
    in_force = effective_rules(artifact_rules, global_rules, settings.ANNALS_RULES)
    sources = {
        **dict.fromkeys(global_rules, "global"),
        **dict.fromkeys(artifact_rules, "artifact"),
    }
    return [
        RuleInForce(rule, level, sources.get(rule, "node"), does_nothing(rule, type_name))
        for rule in LEVELS
        if (level := in_force.get(rule)) not in (None, "NONE")
    ]


def make_proposal(
    new: NewVersion, type_name: str, planned: PlannedContents = NO_PLANNED_CONTENTS
) -> Proposal:
    """Return the content with its referenced contents; earlier versions are read lazily."""
    resolved = queries.resolve_references(new.references, planned)
    return Proposal(
        artifact_id=new.artifact_id,
        type_name=type_name,
        document=Document(new.content, resolved.contents),
        references=new.references,
        missing=tuple(item for item in resolved.missing if item in new.references),
        by_confluent_rules=new.by_confluent_rules,
        earlier=lambda: (
            EarlierVersion(version, Document(content, queries.referenced_contents(references)))
            for version, content, references in queries.earlier_contents(
                new.group_id, new.artifact_id
            )
        ),
    )
