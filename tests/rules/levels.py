"""A change judged at all six levels, from what an engine says of each direction."""

from collections.abc import Iterable

from registry.artifact_types.checks import Document
from registry.rules import COMPATIBILITY, EarlierVersion, Proposal, evaluate
from registry.rules.levels import Compatibility

LEVELS = [level for level in Compatibility if level is not Compatibility.NONE]


def refusing_levels(type_name: str, new: bytes, *earlier: bytes) -> set[str]:
    """The levels that refuse `new` after the earlier contents, newest first."""
    return {level.value for level in LEVELS if _refuses(level, type_name, new, earlier)}


def expected_levels(is_backward: bool, is_forward: bool) -> set[str]:
    """Of one earlier version, by whether the new one reads its data and the other way round."""
    refusing: set[str] = set()
    for level in LEVELS:
        breaks = (level.is_backward and not is_backward) or (level.is_forward and not is_forward)
        refusing |= {level.value} if breaks else set()
    return refusing


def _refuses(level: Compatibility, type_name: str, new: bytes, earlier: Iterable[bytes]) -> bool:
    documents = [EarlierVersion(str(at), Document(each)) for at, each in enumerate(earlier)]
    proposal = Proposal("a", type_name, Document(new), earlier=lambda: documents)
    (verdict,) = evaluate({COMPATIBILITY: level.value}, proposal)
    assert verdict.level == level
    assert bool(verdict.summary) == bool(verdict.causes)
    assert all(each.description and each.context for each in verdict.causes)
    return bool(verdict.causes)
