"""What is wrong now, for pages, REST and readiness: kept by the worker, read in one look."""

from journal.doctor.findings import Finding
from journal.doctor.keeping import stored_diagnosis


def current_findings() -> tuple[Finding, ...]:
    """Of this node's own tables and topic; raises django.db.DatabaseError without tables."""
    return stored_diagnosis().findings
