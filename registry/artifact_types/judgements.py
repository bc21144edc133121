"""What is found wrong with content, and with a change from one content to another."""

from dataclasses import dataclass
from enum import StrEnum


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

    @property
    def words(self) -> str:
        """The whole of it as one sentence for a person."""
        where = f" at {self.path}" if self.path else ""
        line = f" (line {self.line}, column {self.column})" if self.line else ""
        mend = f" {self.mend}" if self.mend else ""
        return f"{self.message}{where}{line}.{mend}"


class Side(StrEnum):
    """Who is broken by a change: those who read with the new content, or with the old one."""

    NEW_READER = "backward"
    OLD_READER = "forward"


@dataclass(frozen=True, slots=True)
class Incompatibility:
    """One change that breaks somebody.

    `path` leads to it in the content of the reader, `line` counts from 1 and is 0 where nobody
    knows. `message` says what changed, `why` what happens to whom.
    """

    message: str
    why: str
    path: str = ""
    line: int = 0
    side: Side = Side.NEW_READER
