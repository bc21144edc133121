"""Whether the rules let a content become a version: asked before anything of it is said."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings

from registry import queries
from registry.artifact_types.checks import Document
from registry.queries import NO_PLANNED_CONTENTS, PlannedContents, VersionMeta
from registry.references import Reference
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
class ProposedContent:
    """A content that somebody wants to make a version of an artifact, which may be new."""

    group_id: str | None
    artifact_id: str
    type_name: str
    content: bytes
    references: tuple[Reference, ...] = ()


def enforce_rules(proposed: ProposedContent) -> None:
    """Raises RuleViolation for the first rule in force that refuses the content."""
    rules = rules_in_force(proposed.group_id, proposed.artifact_id)
    if rules:
        enforce(rules, _proposal(proposed))


def evaluate_rules(
    proposed: ProposedContent, planned: PlannedContents = NO_PLANNED_CONTENTS
) -> list[Verdict]:
    """What every rule in force says of the content, refusals and remarks; nothing is said."""
    rules = rules_in_force(proposed.group_id, proposed.artifact_id)
    return list(evaluate(rules, _proposal(proposed, planned)))


@dataclass(frozen=True, slots=True)
class RuleInForce:
    """`source` is who says its level: artifact, global or node."""

    rule: str
    level: str
    source: str
    does_nothing: bool


def list_rules_in_force(
    group_id: str | None, artifact_id: str, type_name: str
) -> list[RuleInForce]:
    """What judges the artifact's next version, in the order in which it does."""
    own, of_all = queries.rule_configurations(group_id, artifact_id)
    in_force = effective_rules(own, of_all, settings.ANNALS_RULES)
    sources = {**dict.fromkeys(of_all, "global"), **dict.fromkeys(own, "artifact")}
    return [
        RuleInForce(rule, level, sources.get(rule, "node"), does_nothing(rule, type_name))
        for rule in LEVELS
        if (level := in_force.get(rule)) not in (None, "NONE")
    ]


def rules_in_force(group_id: str | None, artifact_id: str) -> dict[str, str | None]:
    """Configurations by rule type: the artifact's own, else the global, else the node's."""
    own, of_all = queries.rule_configurations(group_id, artifact_id)
    return dict(effective_rules(own, of_all, settings.ANNALS_RULES))


def _proposal(
    proposed: ProposedContent, planned: PlannedContents = NO_PLANNED_CONTENTS
) -> Proposal:
    references = proposed.references
    resolved = queries.resolve_references(references, planned)
    return Proposal(
        artifact_id=proposed.artifact_id,
        type_name=proposed.type_name,
        document=Document(proposed.content, resolved.contents),
        references=references,
        missing=tuple(each for each in resolved.missing if each in references),
        earlier=lambda: _earlier(proposed.group_id, proposed.artifact_id),
    )


def _earlier(group_id: str | None, artifact_id: str) -> Iterator[EarlierVersion]:
    for version, content, references in queries.earlier_contents(group_id, artifact_id):
        yield EarlierVersion(version, Document(content, queries.referenced_contents(references)))


def _content_of(meta: VersionMeta) -> bytes:
    return queries.content_of_version(meta.group_id, meta.artifact_id, meta.version).content
