"""What is judged about content: whether it is valid, what a change breaks, what it refers to."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Document:
    """A content with those that it refers to, by name, each after those that it needs itself."""

    content: bytes
    references: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """Bytes of all of it."""
        return len(self.content) + sum(map(len, self.references.values()))


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


#: A reader's document and a writer's.
Compare = Callable[[Document, Document], list[Misfit]]
#: A document and the names of its references.
Search = Callable[[Document, Collection[str]], list[Unmapped]]


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
    misfits: Compare | None = None
    unmapped: Search | None = None
    wire_misfits: Compare | None = None


def bounded(judging: Judging, most_bytes: int, most_of_syntax: int = 0) -> Judging:
    """The same, for documents of so many bytes at most, references included.

    Of contents whose syntax alone is asked for, more may be allowed.

    Larger ones are refused in words, so that nothing passes that nobody looked at.
    """
    told = f"The content has more than {most_bytes:,} bytes, of which no more are checked"

    def is_large(*documents: Document) -> bool:
        return any(each.size > most_bytes for each in documents)

    def syntax_violations(content: bytes) -> list[Violation]:
        too_large = len(content) > max(most_bytes, most_of_syntax)
        return [Violation(told)] if too_large else judging.syntax_violations(content)

    def violations(document: Document) -> list[Violation]:
        return [Violation(told)] if is_large(document) else judging.violations(document)

    return replace(
        judging,
        syntax_violations=syntax_violations,
        violations=violations,
        misfits=_bounded_misfits(judging.misfits, is_large, told),
        wire_misfits=_bounded_misfits(judging.wire_misfits, is_large, told),
        unmapped=_bounded_unmapped(judging.unmapped, is_large, told),
    )


def _bounded_misfits(
    compare: Compare | None, is_large: Callable[..., bool], told: str
) -> Compare | None:
    if compare is None:
        return None

    def misfits(reader: Document, writer: Document) -> list[Misfit]:
        if is_large(reader, writer):
            return [Misfit(told, "What breaks can't be told")]
        return compare(reader, writer)

    return misfits


def _bounded_unmapped(
    search: Search | None, is_large: Callable[..., bool], told: str
) -> Search | None:
    if search is None:
        return None

    def unmapped(document: Document, names: Collection[str]) -> list[Unmapped]:
        return [Unmapped((told,))] if is_large(document) else search(document, names)

    return unmapped
