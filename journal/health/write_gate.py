"""Refuses to write on a journal with a finding that the operator named for it."""

import time
from functools import lru_cache

from django.conf import settings
from django.db import DatabaseError

from journal.health.current import blocking_finding, current_findings
from journal.health.findings import Finding
from journal.outcomes.errors import NotReady


class JournalUnwell(NotReady):
    """Nothing was said, because of `finding`."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(
            f"writes are refused while finding {finding.code} lasts: "
            f"{finding.summary.rstrip('.')} (see /ui/health#{finding.code})"
        )
        self.finding = finding


def check_write_gate() -> None:
    """Raises JournalUnwell."""
    if not settings.ANNALS_REFUSE_WRITES_ON:
        return
    finding = _look(settings.JOURNAL_TOPIC, int(time.monotonic()))
    if finding is not None:
        raise JournalUnwell(finding)


@lru_cache(maxsize=1)
def _look(topic: str, second: int) -> Finding | None:
    """Looked up once a second."""
    try:
        return blocking_finding(current_findings())
    except DatabaseError:
        # Whoever writes meets the database's trouble anyway, and tells it better.
        return None
