"""What rules look at: a content that somebody proposes, with all that it stands among."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from registry.artifact_types.checks import Document
from registry.references import Reference


@dataclass(frozen=True, slots=True)
class EarlierVersion:
    """A version that the artifact has already."""

    version: str
    document: Document


def _none() -> Iterable[EarlierVersion]:
    return ()


@dataclass(frozen=True, slots=True)
class Proposal:
    """`references` are those that it names, `missing` those of them that nothing is behind.

    `earlier` gives the enabled versions, newest first, read one by one while somebody asks.
    """

    artifact_id: str
    type_name: str
    document: Document
    references: tuple[Reference, ...] = ()
    missing: tuple[Reference, ...] = ()
    earlier: Callable[[], Iterable[EarlierVersion]] = _none
