"""The number of findings by severity, for the header of every page."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from journal.health.findings import SEVERITIES, Finding

_TONES = {"error": "bad", "warning": "warn"}


@dataclass(frozen=True, slots=True)
class FindingSummary:
    """`tone` is the tone of the gravest finding: bad or warn."""

    tone: str
    words: str


def summarize_findings(findings: Iterable[Finding]) -> FindingSummary | None:
    """Count unacknowledged errors and warnings; None without any."""
    counts = Counter(finding.severity for finding in findings if finding.acknowledgment is None)
    severities = [severity for severity in SEVERITIES if severity in _TONES and counts[severity]]
    if not severities:
        return None
    words = ", ".join(
        f"{counts[severity]} {severity}{'s' if counts[severity] > 1 else ''}"
        for severity in severities
    )
    return FindingSummary(_TONES[severities[0]], words)
