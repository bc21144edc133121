"""What an artifact type makes of contents, in a checking process where it may take long.

A check that fails refuses the content.
"""

import os
from collections.abc import Collection
from functools import cache
from typing import Any

import msgspec

from registry import artifact_types, layouts, outlines
from registry.artifact_types import (
    CanonicalGeneration,
    DereferenceError,
    ReferencedContents,
    References,
    in_order,
)
from registry.artifact_types.checks import (
    Direction,
    Document,
    Incompatibility,
    UnresolvedReference,
    Violation,
)
from registry.artifact_types.names import NAMED_TYPES
from registry.checking.flat_references import flatten
from registry.checking.pool import CPU_SECONDS, CheckFailed, CheckPool
from registry.errors import InvalidContent
from registry.outlines import Outline
from registry.text_diff import SideBySide

#: Of the processor, for all comparisons of one request with versions before.
_BUDGET_SECONDS = 20.0
_MAX_PROCESSES = 4
#: Smaller contents take a few milliseconds to transform, not much more than to send to a process.
_SMALL_BYTES = 64 * 1024

_decode_violations = msgspec.msgpack.Decoder(tuple[float, list[Violation]]).decode
_decode_incompatibilities = msgspec.msgpack.Decoder(tuple[float, list[Incompatibility]]).decode
_decode_hash = msgspec.msgpack.Decoder(tuple[float, str]).decode
_decode_dereferenced = msgspec.msgpack.Decoder(tuple[float, tuple[bytes | None, str]]).decode
_decode_outline = msgspec.msgpack.Decoder(tuple[float, Outline | None]).decode
_decode_unresolved = msgspec.msgpack.Decoder(tuple[float, list[UnresolvedReference]]).decode
_decode_names = msgspec.msgpack.Decoder(tuple[float, frozenset[str]]).decode
_decode_name = msgspec.msgpack.Decoder(tuple[float, str]).decode
_decode_name_paths = msgspec.msgpack.Decoder(tuple[float, dict[str, str]]).decode
_decode_layout = msgspec.msgpack.Decoder(tuple[float, bytes | None]).decode
_decode_diff = msgspec.msgpack.Decoder(tuple[float, SideBySide]).decode
_decode_truth = msgspec.msgpack.Decoder(tuple[float, bool]).decode


class CheckBudget:
    """Seconds of the processor for the comparisons of one request."""

    def __init__(self, seconds: float = _BUDGET_SECONDS) -> None:
        self.total = self.left = seconds


def check_syntax(type_name: str, content: bytes) -> list[Violation]:
    """Raises CheckersBusy."""
    return _violations("check_syntax", type_name, content)


def untyped_violations(content: bytes) -> list[Violation]:
    """Check a content of unknown type as XML, JSON or text, by its start; raises CheckersBusy."""
    return _violations("untyped_violations", content)


def check_validity(type_name: str, document: Document) -> list[Violation]:
    """Raises CheckersBusy."""
    return _violations("check_validity", type_name, document)


def compare(
    type_name: str,
    older: Document,
    newer: Document,
    direction: Direction,
    budget: CheckBudget,
    *,
    by_confluent_rules: bool = False,
) -> list[Incompatibility]:
    """Compare two versions; a spent budget is reported as the only incompatibility.

    Raises CheckersBusy.
    """
    if budget.left <= 0:
        message = f"The versions take more than {budget.total:g} seconds to compare"
        return [Incompatibility(message, "What breaks can't be determined")]
    try:
        response = _pool().run("compare", type_name, older, newer, direction, by_confluent_rules)
    except CheckFailed as error:
        budget.left -= CPU_SECONDS
        return [Incompatibility(str(error), "What breaks can't be determined")]
    seconds, incompatibilities = _decode_incompatibilities(response)
    budget.left -= seconds
    return incompatibilities


def find_unresolved_references(
    type_name: str, document: Document, names: Collection[str]
) -> list[UnresolvedReference]:
    """Raises CheckersBusy."""
    try:
        response = _pool().run("find_unresolved_references", type_name, document, frozenset(names))
    except CheckFailed as error:
        return [UnresolvedReference((str(error),))]
    return _decode_unresolved(response)[1]


def provided_names(type_name: str, content: bytes) -> frozenset[str]:
    """Return the names for references by other contents; raises CheckersBusy."""
    if type_name not in NAMED_TYPES:
        return frozenset()
    try:
        return _decode_names(_pool().run("provided_names", type_name, content))[1]
    except CheckFailed:
        return frozenset()


def declared_name(type_name: str, content: bytes) -> str:
    """Return the name declared by a content itself, or ""; raises CheckersBusy."""
    try:
        return _decode_name(_pool().run("declared_name", type_name, content))[1]
    except CheckFailed:
        return ""


def find_name_paths(content: bytes, pointers: Collection[str]) -> dict[str, str]:
    """Return JSON pointers into a content with the names along them; raises CheckersBusy."""
    if not pointers:
        return {}
    try:
        response = _pool().run("find_name_paths", content, frozenset(pointers))
    except CheckFailed:
        return {pointer: pointer for pointer in pointers}
    return _decode_name_paths(response)[1]


def canonical_hash(
    type_name: str,
    content: bytes,
    serialized_references: str | None,
    *,
    generation: CanonicalGeneration = CanonicalGeneration.A2,
    references: References,
) -> str:
    """Return registry.artifact_types.canonical_hash; raises InvalidContent, CheckersBusy."""
    if len(content) + sum(map(len, references.values())) <= _SMALL_BYTES:
        return artifact_types.canonical_hash(
            type_name, content, serialized_references, generation=generation, references=references
        )
    try:
        response = _pool().run(
            *("canonical_hash", type_name, content),
            *(serialized_references, generation, dict(references)),
        )
    except CheckFailed as error:
        raise InvalidContent(f"{error}.") from error
    return _decode_hash(response)[1]


def dereference(type_name: str | None, content: bytes, references: ReferencedContents) -> bytes:
    """Write the references, and theirs, into the content.

    Raises DereferenceError, CheckersBusy.
    """
    if len(content) + sum(map(len, in_order(references).values())) <= _SMALL_BYTES:
        return artifact_types.dereference(type_name, content, references)
    try:
        response = _pool().run("dereference", type_name, content, flatten(references))
    except CheckFailed as error:
        raise DereferenceError(str(error)) from error
    dereferenced, reason = _decode_dereferenced(response)[1]
    if dereferenced is None:
        raise DereferenceError(reason)
    return dereferenced


def make_outline(type_name: str, content: bytes) -> Outline | None:
    """Return registry.outlines.make_outline; raises CheckersBusy."""
    if len(content) <= _SMALL_BYTES:
        return outlines.make_outline(type_name, content)
    try:
        return _decode_outline(_pool().run("make_outline", type_name, content))[1]
    except CheckFailed:
        return None


def lay_out(content: bytes, layout: str) -> bytes | None:
    """Return registry.layouts.lay_out; raises CheckersBusy."""
    if not _SMALL_BYTES < len(content) <= layouts.MAX_BYTES:
        return layouts.lay_out(content, layout)
    try:
        return _decode_layout(_pool().run("lay_out", content, layout))[1]
    except CheckFailed:
        return None


def has_layouts(content: bytes) -> bool:
    """Return registry.layouts.has_layouts; raises CheckersBusy."""
    if not _SMALL_BYTES < len(content) <= layouts.MAX_BYTES:
        return layouts.has_layouts(content)
    try:
        return _decode_truth(_pool().run("has_layouts", content))[1]
    except CheckFailed:
        return False


def side_by_side(old: bytes, new: bytes) -> SideBySide:
    """Compare two texts, unless they take too long; raises CheckersBusy.

    A few lines that are often alike can take difflib minutes.
    """
    try:
        return _decode_diff(_pool().run("side_by_side", old, new))[1]
    except CheckFailed:
        return SideBySide(remark="These texts take too much time or memory to compare.")


def _violations(task: str, *arguments: Any) -> list[Violation]:
    try:
        response = _pool().run(task, *arguments)
    except CheckFailed as error:
        return [Violation(str(error))]
    return _decode_violations(response)[1]


# Processes of pure functions are no state that a caller could see, so that one pool serves the
# whole process, as the cache of a pure function does.
@cache
def _pool() -> CheckPool:
    return CheckPool(min(max(2, os.cpu_count() or 1), _MAX_PROCESSES))
