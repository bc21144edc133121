"""How many findings there are, as the header of every page tells it."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from journal.health.findings import SEVERITIES, Finding

_TONES = {"error": "bad", "warning": "warn"}


@dataclass(frozen=True, slots=True)
class Alarms:
    """`tone` is the gravest: bad or warn."""

    tone: str
    words: str


def alarms_of(findings: Iterable[Finding]) -> Alarms | None:
    """None unless there are errors or warnings that nobody has acknowledged."""
    counts = Counter(each.severity for each in findings if each.acknowledged is None)
    told = [each for each in SEVERITIES if each in _TONES and counts[each]]
    if not told:
        return None
    words = ", ".join(f"{counts[each]} {each}{'s' if counts[each] > 1 else ''}" for each in told)
    return Alarms(_TONES[told[0]], words)
