"""Defines the checks of contents: validity, compatibility and references."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Document:
    """A content with its references by name, each after its own references."""

    content: bytes
    references: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """Return the bytes of the content and its references."""
        return len(self.content) + sum(map(len, self.references.values()))


@dataclass(frozen=True, slots=True)
class Violation:
    """A fault of a content.

    `path` is a JSON pointer, or the type's own form of a path. `line` and `column` count from 1;
    0 means unknown. `hint` is a way to correct it, or empty.
    """

    message: str
    path: str = ""
    line: int = 0
    column: int = 0
    hint: str = ""


class Severity(StrEnum):
    """ERROR: a rule rejects the change; WARNING: it is only shown."""

    ERROR = "error"
    WARNING = "warning"


class Direction(StrEnum):
    """BACKWARD: readers with the newer version, data of the older one; FORWARD: the reverse."""

    BACKWARD = "BACKWARD"
    FORWARD = "FORWARD"


@dataclass(frozen=True, slots=True)
class Incompatibility:
    """A reason why readers with one version can't read data of the other version.

    `path` and `line` are those of a Violation, in the newer version, or in the older one if it
    `is_in_older`. `message` describes the difference, `why` its effect on readers.
    """

    message: str
    why: str
    path: str = ""
    line: int = 0
    severity: Severity = Severity.ERROR
    is_in_older: bool = False


@dataclass(frozen=True, slots=True)
class UnresolvedReference:
    """An outside resource of a content without a reference to it.

    Each of `names` would do as the reference's name; the first is spelled as in the content.
    """

    names: Sequence[str]
    path: str = ""
    line: int = 0


#: Compares an older version with a newer one, in this order.
Comparison = Callable[[Document, Document, Direction], list[Incompatibility]]
#: Searches a document, given the names of its references.
ReferenceSearch = Callable[[Document, Collection[str]], list[UnresolvedReference]]


@dataclass(frozen=True, slots=True)
class TypeChecks:
    """The checks of one artifact type. They accept any bytes without raising.

    A type without `incompatibilities` compares nothing; the contents of a type without
    `unresolved_references` refer to nothing. `wire_incompatibilities` compares as Confluent does,
    where that differs from Apicurio.
    """

    syntax_violations: Callable[[bytes], list[Violation]]
    violations: Callable[[Document], list[Violation]]
    incompatibilities: Comparison | None = None
    unresolved_references: ReferenceSearch | None = None
    wire_incompatibilities: Comparison | None = None


def with_size_limit(checks: TypeChecks, max_bytes: int, max_syntax_bytes: int = 0) -> TypeChecks:
    """Limit checks to documents of `max_bytes`, references included.

    `max_syntax_bytes`, if larger, limits the check of the syntax alone. A larger document gets one
    result about its size, so that nothing passes unchecked.
    """
    message = f"The content has more than {max_bytes:,} bytes, of which no more are checked"

    def syntax_violations(content: bytes) -> list[Violation]:
        if len(content) > max(max_bytes, max_syntax_bytes):
            return [Violation(message)]
        return checks.syntax_violations(content)

    def violations(document: Document) -> list[Violation]:
        return [Violation(message)] if document.size > max_bytes else checks.violations(document)

    def limited(compare: Comparison | None) -> Comparison | None:
        if compare is None:
            return None

        def incompatibilities(
            older: Document, newer: Document, direction: Direction
        ) -> list[Incompatibility]:
            if max(older.size, newer.size) > max_bytes:
                return [Incompatibility(message, "What breaks can't be told")]
            return compare(older, newer, direction)

        return incompatibilities

    search = checks.unresolved_references

    def unresolved_references(
        document: Document, names: Collection[str]
    ) -> list[UnresolvedReference]:
        if document.size > max_bytes:
            return [UnresolvedReference((message,))]
        return search(document, names) if search else []

    return replace(
        checks,
        syntax_violations=syntax_violations,
        violations=violations,
        incompatibilities=limited(checks.incompatibilities),
        wire_incompatibilities=limited(checks.wire_incompatibilities),
        unresolved_references=unresolved_references if search else None,
    )
