"""The gate that refuses writes while a finding named by the operator lasts."""

import time
from functools import lru_cache

from django.conf import settings
from django.db import DatabaseError

from journal.health.current import blocking_finding, current_findings
from journal.health.findings import Finding
from journal.outcomes.errors import NotReady


class JournalUnwell(NotReady):
    """A write was refused because of `finding`; nothing was published."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(
            f"writes are refused while finding {finding.code} lasts: "
            f"{finding.summary.rstrip('.')} (see /ui/health#{finding.code})"
        )
        self.finding = finding


def check_write_gate() -> None:
    """Raise JournalUnwell while a finding of ANNALS_REFUSE_WRITES_ON lasts."""
    if not settings.ANNALS_REFUSE_WRITES_ON:
        return
    finding = _blocking_finding(settings.JOURNAL_TOPIC, int(time.monotonic()))
    if finding is not None:
        raise JournalUnwell(finding)


@lru_cache(maxsize=1)
def _blocking_finding(topic: str, second: int) -> Finding | None:
    """Look for it once a second."""
    try:
        return blocking_finding(current_findings())
    except DatabaseError:
        # The write itself meets the same trouble, and reports it better.
        return None
