"""What a checking process does, by name."""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from registry import artifact_types
from registry.artifact_types import (
    CanonicalGeneration,
    DereferenceError,
    References,
    get_artifact_type,
)
from registry.artifact_types.checks import (
    Direction,
    Document,
    Incompatibility,
    UnresolvedReference,
    Violation,
)
from registry.artifact_types.names import declared_name, provided_names
from registry.artifact_types.syntax.name_paths import find_name_paths
from registry.artifact_types.syntax.untyped import untyped_violations
from registry.checking.flat_references import FlatReference, nest
from registry.layouts import has_layouts, lay_out
from registry.outlines import make_outline
from registry.text_diff import side_by_side


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


def canonical_hash(
    type_name: str,
    content: bytes,
    serialized_references: str | None,
    generation: CanonicalGeneration,
    references: References,
) -> str:
    return artifact_types.canonical_hash(
        type_name, content, serialized_references, generation=generation, references=references
    )


def dereference(
    type_name: str | None, content: bytes, references: list[FlatReference]
) -> tuple[bytes | None, str]:
    """Return the content, or None and the reason."""
    try:
        return artifact_types.dereference(type_name, content, nest(references)), ""
    except DereferenceError as error:
        return None, str(error)


TASKS: Mapping[str, Callable[..., Any]] = {
    "canonical_hash": canonical_hash,
    "check_syntax": check_syntax,
    "check_validity": check_validity,
    "compare": compare,
    "declared_name": declared_name,
    "dereference": dereference,
    "find_name_paths": find_name_paths,
    "find_unresolved_references": find_unresolved_references,
    "has_layouts": has_layouts,
    "lay_out": lay_out,
    "make_outline": make_outline,
    "provided_names": provided_names,
    "side_by_side": side_by_side,
    "untyped_violations": untyped_violations,
}
