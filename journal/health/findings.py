"""A finding: a single problem, with its evidence, its consequence and its remedy."""

from collections.abc import Iterable
from typing import Literal

from msgspec import Struct

from journal.projection.tally import RecordPosition

Severity = Literal["error", "warning", "info"]

#: The gravest first.
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")


class JournalPosition(Struct, frozen=True, rename={"timestamp": "at"}):
    """A record, or the end of the journal at some time; `timestamp` is in epoch ms."""

    partition: int
    offset: int
    timestamp: int


def to_positions(records: Iterable[RecordPosition]) -> tuple[JournalPosition, ...]:
    return tuple(
        JournalPosition(record.partition, record.offset, record.timestamp) for record in records
    )


class Acknowledgment(Struct, frozen=True, rename={"timestamp": "at"}):
    """An operator's reason to accept a finding; `timestamp` is in epoch ms."""

    reason: str
    timestamp: int


class Finding(
    Struct,
    frozen=True,
    kw_only=True,
    rename={"since": "began", "acknowledgment": "acknowledged", "repair": "mend"},
):
    """docs/findings has a page for each code.

    `evidence` is sentences, `records` some of the records that they are about. `remedy` is a
    sentence or a command a line; commands are indented by two spaces. `since` is the end of the
    journal when the finding was first made, None in a single diagnosis. `repair` resolves it, by
    `manage.py repair` or /ui/health/mend: `reset`, `content`, `settings`, or empty. The other names
    in JSON are those of the REST API.
    """

    code: str
    severity: Severity
    summary: str
    evidence: tuple[str, ...]
    consequence: str
    remedy: str
    records: tuple[JournalPosition, ...] = ()
    since: JournalPosition | None = None
    acknowledgment: Acknowledgment | None = None
    repair: str = ""
