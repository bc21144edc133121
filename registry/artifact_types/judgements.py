"""What is judged about content: whether it is valid, what a change breaks, what it refers to."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Document:
    """A content with those that it refers to, by name, each after those that it needs itself."""

    content: bytes
    references: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Violation:
    """One thing that makes content invalid.

    `path` is a JSON pointer, or what the type has in its place; `line` and `column` count from 1
    and are 0 where nobody knows. `mend` is what would make it right, where that is plain.
    """

    message: str
    path: str = ""
    line: int = 0
    column: int = 0
    mend: str = ""


class Severity(StrEnum):
    """Whether a rule refuses a change for it, or only tells it."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Misfit:
    """One thing in a reader's content by which it can't take what a writer's content allows.

    `path` and `line` are of the reader's content, as a Violation's. `message` says what differs,
    `why` what happens to whom.
    """

    message: str
    why: str
    path: str = ""
    line: int = 0
    severity: Severity = Severity.ERROR


@dataclass(frozen=True, slots=True)
class Unmapped:
    """Something that a content refers to and no reference of its version is for.

    Any of `names` would do as the reference's name; the first is how the content spells it.
    """

    names: Sequence[str]
    path: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Judging:
    """What one type can judge. None of these functions raises, whatever the bytes are.

    `misfits` takes a reader's document and a writer's and tells why the one can't read what the
    other writes; None where nothing is compared. `unmapped` takes a document and the names of its
    references; None for types whose contents refer to nothing. `wire_misfits` compares as Confluent
    does where that differs from Apicurio.
    """

    syntax_violations: Callable[[bytes], list[Violation]]
    violations: Callable[[Document], list[Violation]]
    misfits: Callable[[Document, Document], list[Misfit]] | None = None
    unmapped: Callable[[Document, Collection[str]], list[Unmapped]] | None = None
    wire_misfits: Callable[[Document, Document], list[Misfit]] | None = None
