"""Defines a proposed version, with the earlier versions for comparisons."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from registry.artifact_types.checks import Document
from registry.references import Reference


@dataclass(frozen=True, slots=True)
class EarlierVersion:
    """An existing version of the artifact."""

    version: str
    document: Document


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposed content; `missing` are its references to non-existent versions.

    `earlier` yields the enabled versions, newest first, each read when it is needed. With
    `by_confluent_rules` they are compared as Confluent does, where that differs from Apicurio.
    """

    artifact_id: str
    type_name: str
    document: Document
    references: tuple[Reference, ...] = ()
    missing: tuple[Reference, ...] = ()
    earlier: Callable[[], Iterable[EarlierVersion]] = tuple
    by_confluent_rules: bool = False
