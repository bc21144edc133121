"""What a rule would have refused of the versions that are there."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

from registry import queries
from registry.admission.rules import ProposedContent, _content_of, _proposal
from registry.artifact_types.checks import Document
from registry.queries import VersionMeta
from registry.rules import EarlierVersion, Verdict, evaluate

#: The newest versions of an artifact that a rule is tried on before it is switched on.
_MOST_TRIED = 50

#: Seconds that trying may take; the rest stays untried, and that is told.
_PATIENCE = 3.0


@dataclass(frozen=True, slots=True)
class RuleBreach:
    """A version that is there already and that a rule at some level would have refused."""

    meta: VersionMeta
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class RuleImpact:
    """`tried` of `count` were looked at before time or patience was over."""

    breaches: tuple[RuleBreach, ...]
    checked: int
    count: int


def artifact_rule_impact(
    group_id: str | None, artifact_id: str, rule: str, level: str
) -> RuleImpact:
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
        breaches += [RuleBreach(meta, verdict) for verdict in _refusals(meta, rule, level)]
    return RuleImpact(tuple(breaches), tried, count)


def global_rule_impact(rule: str, level: str) -> RuleImpact:
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
        breaches += [RuleBreach(meta, verdict) for verdict in _refusals(meta, rule, level)]
    return RuleImpact(tuple(breaches), tried, page.count)


def _refusals(meta: VersionMeta, rule: str, level: str) -> list[Verdict]:
    proposal = replace(
        _proposal(
            ProposedContent(
                meta.group_id,
                meta.artifact_id,
                meta.type,
                _content_of(meta),
                meta.references,
            )
        ),
        earlier=lambda: _earlier_than(meta),
    )
    return [each for each in evaluate({rule: level}, proposal) if each.causes]


def _earlier_than(meta: VersionMeta) -> Iterator[EarlierVersion]:
    """Those that stood before this one, newest first."""
    older = queries.versions_before(meta)
    for each in older:
        references = queries.referenced_contents(each.references)
        yield EarlierVersion(each.version, Document(_content_of(each), references))
