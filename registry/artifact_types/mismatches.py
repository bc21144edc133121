"""Defines mismatches between two schemas, by path in the reader's, and the limit of steps."""

from collections.abc import Iterable
from dataclasses import dataclass

from registry.artifact_types.checks import Incompatibility, Severity
from registry.artifact_types.syntax.documents import ParsedDocument
from registry.artifact_types.syntax.json_positions import pointer

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Mismatch:
    """An incompatibility before its line is looked up.

    `path` leads to it in the reader's schema. The path of a part of a reference begins with the
    reference's name in parentheses.
    """

    message: str
    why: str
    path: Path
    severity: Severity = Severity.ERROR


class ComparisonTooComplex(Exception):
    """The comparison needs more steps than are allowed."""


def to_incompatibilities(
    mismatches: Iterable[Mismatch], reader: ParsedDocument
) -> list[Incompatibility]:
    """Look up the line of each mismatch, 0 for places in a reference."""
    incompatibilities = []
    for mismatch in mismatches:
        is_in_reference = bool(mismatch.path) and str(mismatch.path[0]).startswith("(")
        line = 0 if is_in_reference else reader.line(mismatch.path)
        path = pointer(mismatch.path)
        incompatibilities.append(
            Incompatibility(mismatch.message, mismatch.why, path, line, mismatch.severity)
        )
    return incompatibilities
