"""What a rule says about a proposal, and the refusal that comes of it."""

from dataclasses import dataclass

from registry.errors import RegistryError


@dataclass(frozen=True, slots=True)
class Cause:
    """`description` is a sentence for a person, `context` the place in the content.

    `line` and `column` are of the proposed content, from 1, and 0 where nobody knows.
    """

    description: str
    context: str
    line: int = 0
    column: int = 0


@dataclass(frozen=True, slots=True)
class Verdict:
    """`causes` refuse the proposal; `remarks` are only told. `summary` is one line of it all.

    A rule that has nothing to look with at this type `does_nothing`.
    """

    rule: str
    level: str
    summary: str = ""
    causes: tuple[Cause, ...] = ()
    remarks: tuple[Cause, ...] = ()
    does_nothing: bool = False


class RuleViolation(RegistryError):
    """A rule refuses a content (HTTP 409)."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(verdict.summary)
        self.verdict = verdict
