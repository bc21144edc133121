"""Whether the rules let a content become a version: asked before anything of it is said."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

from django.conf import settings

from registry import queries
from registry.artifact_types.judgements import Document
from registry.changes import Difference, difference
from registry.errors import ArtifactNotFound
from registry.queries import NOTHING_PLANNED, Planned, VersionMeta
from registry.references import Reference
from registry.rules import (
    LEVELS,
    Earlier,
    Proposal,
    Verdict,
    check,
    does_nothing,
    effective,
    verdicts,
)

#: The newest versions of an artifact that a rule is tried on before it is switched on.
_MOST_TRIED = 50
#: Seconds that trying may take; the rest stays untried, and that is told.
_PATIENCE = 3.0


@dataclass(frozen=True, slots=True)
class Proposed:
    """A content that somebody wants to make a version of an artifact, which may be new."""

    group_id: str | None
    artifact_id: str
    type_name: str
    content: bytes
    references: tuple[Reference, ...] = ()


def refuse_violations(proposed: Proposed) -> None:
    """Raises RuleViolation for the first rule in force that refuses the content."""
    rules = rules_in_force(proposed.group_id, proposed.artifact_id)
    if rules:
        check(rules, _proposal(proposed))


def judged(proposed: Proposed, planned: Planned = NOTHING_PLANNED) -> list[Verdict]:
    """What every rule in force says of the content, refusals and remarks; nothing is said."""
    rules = rules_in_force(proposed.group_id, proposed.artifact_id)
    return list(verdicts(rules, _proposal(proposed, planned)))


@dataclass(frozen=True, slots=True)
class RuleInForce:
    """`source` is who says its level: artifact, global or node."""

    rule: str
    level: str
    source: str
    does_nothing: bool


def rules_told(group_id: str | None, artifact_id: str, type_name: str) -> list[RuleInForce]:
    """What judges the artifact's next version, in the order in which it does."""
    own, of_all = queries.rules_of(group_id, artifact_id)
    in_force = effective(own, of_all, settings.ANNALS_RULES)
    sources = {**dict.fromkeys(of_all, "global"), **dict.fromkeys(own, "artifact")}
    return [
        RuleInForce(rule, level, sources.get(rule, "node"), does_nothing(rule, type_name))
        for rule in LEVELS
        if (level := in_force.get(rule)) not in (None, "NONE")
    ]


def rules_in_force(group_id: str | None, artifact_id: str) -> dict[str, str | None]:
    """Configurations by rule type: the artifact's own, else the global, else the node's."""
    own, of_all = queries.rules_of(group_id, artifact_id)
    return dict(effective(own, of_all, settings.ANNALS_RULES))


def _proposal(proposed: Proposed, planned: Planned = NOTHING_PLANNED) -> Proposal:
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


def _earlier(group_id: str | None, artifact_id: str) -> Iterator[Earlier]:
    for version, content, references in queries.earlier_contents(group_id, artifact_id):
        yield Earlier(version, Document(content, queries.referenced_contents(references)))


@dataclass(frozen=True, slots=True)
class Breach:
    """A version that is there already and that a rule at some level would have refused."""

    meta: VersionMeta
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Foreseen:
    """`tried` of `count` were looked at before time or patience was over."""

    breaches: tuple[Breach, ...]
    tried: int
    count: int


def foreseen(group_id: str | None, artifact_id: str, rule: str, level: str) -> Foreseen:
    """What a rule would have refused of an artifact's versions, newest first.

    Each is judged as if it were proposed after those before it. Raises ArtifactNotFound,
    UnknownLevel.
    """
    count = queries.versions(group_id, artifact_id, limit=1).count
    offset = max(0, count - _MOST_TRIED)
    listed = queries.versions(group_id, artifact_id, offset=offset, limit=_MOST_TRIED).items
    until = time.monotonic() + _PATIENCE
    breaches, tried = [], 0
    for meta in reversed([each for each in listed if each.state != "DISABLED"]):
        if time.monotonic() > until:
            break
        tried += 1
        breaches += [Breach(meta, verdict) for verdict in _refusals(meta, rule, level)]
    return Foreseen(tuple(breaches), tried, count)


def foreseen_of_all(rule: str, level: str) -> Foreseen:
    """What it would say of the latest version of each artifact, the newest artifacts first."""
    until = time.monotonic() + _PATIENCE
    page = queries.search_artifacts(
        queries.ArtifactFilter(),
        order_by=queries.OrderBy.CREATED_ON,
        order=queries.Order.DESC,
        limit=_MOST_TRIED * 20,
    )
    breaches, tried = [], 0
    for each in page.items:
        if time.monotonic() > until:
            break
        tried += 1
        meta = queries.version_meta_by_global_id(each.global_id)
        breaches += [Breach(meta, verdict) for verdict in _refusals(meta, rule, level)]
    return Foreseen(tuple(breaches), tried, page.count)


def _refusals(meta: VersionMeta, rule: str, level: str) -> list[Verdict]:
    proposal = replace(
        _proposal(
            Proposed(
                meta.group_id,
                meta.artifact_id,
                meta.type,
                _content_of(meta),
                meta.references,
            )
        ),
        earlier=lambda: _earlier_than(meta),
    )
    return [each for each in verdicts({rule: level}, proposal) if each.causes]


def _earlier_than(meta: VersionMeta) -> Iterator[Earlier]:
    """Those that stood before this one, newest first."""
    older = queries.versions_before(meta)
    for each in older:
        references = queries.referenced_contents(each.references)
        yield Earlier(each.version, Document(_content_of(each), references))


def compared(old: VersionMeta, new: VersionMeta, contents: tuple[bytes, bytes]) -> Difference:
    """What changed between two versions in what they mean, and whom that breaks."""
    before, after = (
        Document(content, queries.referenced_contents(meta.references))
        for content, meta in zip(contents, (old, new), strict=True)
    )
    return difference(new.type, before, after)


def change_proposed(proposed: Proposed) -> tuple[VersionMeta, Difference] | None:
    """The latest version and what the proposed content changes in it; None where there is none."""
    try:
        latest = queries.version_meta(proposed.group_id, proposed.artifact_id)
    except ArtifactNotFound:
        return None
    before, after = (
        Document(content, queries.referenced_contents(references))
        for content, references in (
            (_content_of(latest), latest.references),
            (proposed.content, proposed.references),
        )
    )
    return latest, difference(proposed.type_name, before, after)


def _content_of(meta: VersionMeta) -> bytes:
    return queries.content_of_version(meta.group_id, meta.artifact_id, meta.version).content
