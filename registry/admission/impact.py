"""The effect of a rule on stored versions: those refused by it."""

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial

from registry import queries
from registry.admission.new_versions import NewVersion
from registry.admission.rules import make_proposal
from registry.artifact_types.checks import Document
from registry.models import State
from registry.queries import VersionMeta
from registry.rules import EarlierVersion, Verdict, evaluate

#: The newest ones, on which a rule is tried before it is switched on.
_MAX_VERSIONS = 50
_MAX_ARTIFACTS = 1000
#: Seconds after which the rest stays unchecked.
_TIME_LIMIT = 3.0


@dataclass(frozen=True, slots=True)
class RuleBreach:
    """A stored version refused by a rule at some level, with the verdict."""

    meta: VersionMeta
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class RuleImpact:
    """The breaches among `checked` of `count` versions."""

    breaches: tuple[RuleBreach, ...]
    checked: int
    count: int


def artifact_rule_impact(
    group_id: str | None, artifact_id: str, rule: str, level: str
) -> RuleImpact:
    """Check an artifact's versions, newest first, each as if proposed after the earlier ones.

    Raises ArtifactNotFound, UnknownLevel.
    """
    count = queries.versions(group_id, artifact_id, limit=1).count
    offset = max(0, count - _MAX_VERSIONS)
    page = queries.versions(group_id, artifact_id, offset=offset, limit=_MAX_VERSIONS)
    enabled = [meta for meta in reversed(page.items) if meta.state != State.DISABLED]
    return _measure(enabled, count, rule, level)


def global_rule_impact(rule: str, level: str) -> RuleImpact:
    """Check the latest version of each artifact, the newest artifacts first.

    Raises UnknownLevel.
    """
    page = queries.search_artifacts(
        queries.ArtifactFilter(),
        order_by=queries.OrderBy.CREATED_ON,
        order=queries.Order.DESC,
        limit=_MAX_ARTIFACTS,
    )
    latest = (queries.version_meta_by_global_id(artifact.global_id) for artifact in page.items)
    return _measure(latest, page.count, rule, level)


def _measure(metas: Iterable[VersionMeta], count: int, rule: str, level: str) -> RuleImpact:
    deadline = time.monotonic() + _TIME_LIMIT
    breaches: list[RuleBreach] = []
    checked = 0
    for meta in metas:
        checked += 1
        new = NewVersion(
            group_id=meta.group_id,
            artifact_id=meta.artifact_id,
            content=_read_content(meta),
            references=meta.references,
        )
        proposal = replace(make_proposal(new, meta.type), earlier=partial(_versions_before, meta))
        verdicts = evaluate({rule: level}, proposal)
        breaches += [RuleBreach(meta, verdict) for verdict in verdicts if verdict.causes]
        if time.monotonic() > deadline:
            break
    return RuleImpact(tuple(breaches), checked, count)


def _versions_before(meta: VersionMeta) -> Iterator[EarlierVersion]:
    for earlier in queries.versions_before(meta):
        references = queries.referenced_contents(earlier.references)
        yield EarlierVersion(earlier.version, Document(_read_content(earlier), references))


def _read_content(meta: VersionMeta) -> bytes:
    return queries.content_of_version(meta.group_id, meta.artifact_id, meta.version).content
