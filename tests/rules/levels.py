"""A change checked at all six levels of COMPATIBILITY."""

from registry.artifact_types.checks import Document
from registry.rules import COMPATIBILITY, EarlierVersion, Proposal, evaluate
from registry.rules.levels import Compatibility

LEVELS = [level for level in Compatibility if level is not Compatibility.NONE]


def rejecting_levels(
    type_name: str, new: bytes, *earlier: bytes, by_confluent_rules: bool = False
) -> set[str]:
    """Return the levels that reject `new` after the earlier contents, newest first."""
    documents = [EarlierVersion(str(at), Document(each)) for at, each in enumerate(earlier)]
    proposal = Proposal(
        "a",
        type_name,
        Document(new),
        earlier=lambda: documents,
        by_confluent_rules=by_confluent_rules,
    )
    return {level.value for level in LEVELS if _rejects(level, proposal)}


def expected_levels(is_backward: bool, is_forward: bool) -> set[str]:
    """Return the levels that should reject, for one earlier version.

    `is_backward`: the new version reads the old one's data; `is_forward`: the old reads the new.
    """
    rejecting: set[str] = set()
    for level in LEVELS:
        breaks = (level.is_backward and not is_backward) or (level.is_forward and not is_forward)
        rejecting |= {level.value} if breaks else set()
    return rejecting


def _rejects(level: Compatibility, proposal: Proposal) -> bool:
    (verdict,) = evaluate({COMPATIBILITY: level.value}, proposal)
    assert verdict.level == level
    assert bool(verdict.summary) == bool(verdict.causes)
    assert all(each.description and each.context for each in verdict.causes)
    return bool(verdict.causes)
