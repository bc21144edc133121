"""What a rule says about a proposal, and the error that a refusal is."""

from dataclasses import dataclass

from registry.errors import RegistryError


@dataclass(frozen=True, slots=True)
class Cause:
    """One reason: `description` is a sentence for a person, `context` a place in the content.

    `line` and `column` are of the proposed content and count from 1; 0 is unknown.
    """

    description: str
    context: str
    line: int = 0
    column: int = 0


@dataclass(frozen=True, slots=True)
class Verdict:
    """A rule's verdict: `causes` refuse the proposal, `remarks` don't; `summary` is one line.

    A rule that has nothing to check of this type `does_nothing`.
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
