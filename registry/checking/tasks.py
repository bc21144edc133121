"""What a checking process does, by name."""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from registry.artifact_types import get_artifact_type
from registry.artifact_types.checks import (
    Direction,
    Document,
    Incompatibility,
    UnresolvedReference,
    Violation,
)


def check_syntax(type_name: str, content: bytes) -> list[Violation]:
    return get_artifact_type(type_name).load_checks().syntax_violations(content)


def check_validity(type_name: str, document: Document) -> list[Violation]:
    return get_artifact_type(type_name).load_checks().violations(document)


def compare(
    type_name: str,
    older: Document,
    newer: Document,
    direction: Direction,
    by_confluent_rules: bool,
) -> list[Incompatibility]:
    checks = get_artifact_type(type_name).load_checks()
    comparison = checks.incompatibilities
    if by_confluent_rules and checks.wire_incompatibilities is not None:
        comparison = checks.wire_incompatibilities
    return comparison(older, newer, direction) if comparison else []


def find_unresolved_references(
    type_name: str, document: Document, names: Collection[str]
) -> list[UnresolvedReference]:
    search = get_artifact_type(type_name).load_checks().unresolved_references
    return search(document, names) if search else []


TASKS: Mapping[str, Callable[..., list[Any]]] = {
    "check_syntax": check_syntax,
    "check_validity": check_validity,
    "compare": compare,
    "find_unresolved_references": find_unresolved_references,
}
