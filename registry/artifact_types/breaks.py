"""What is found in the reader's schema when two are compared, with its path there."""

from dataclasses import dataclass

from registry.artifact_types.checks import Severity
from registry.artifact_types.syntax.json_places import pointer

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Break:
    """`path` leads to it in the reader's schema."""

    message: str
    why: str
    path: Path
    severity: Severity = Severity.ERROR

    @property
    def place(self) -> str:
        return pointer(self.path)


class TooIntricate(Exception):
    """The comparison would take more steps than are allowed."""
