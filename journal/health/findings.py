"""What a finding is: one thing that is wrong, with its proof, what it leads to, and the cure."""

from typing import Literal

from msgspec import Struct

from journal.projection.tally import RecordPosition

Severity = Literal["error", "warning", "info"]


class JournalPosition(Struct, frozen=True):
    """A record, or where the journal stood; `at` is in epoch ms."""

    partition: int
    offset: int
    at: int


def to_positions(marks: list[RecordPosition]) -> tuple[JournalPosition, ...]:
    return tuple(JournalPosition(mark.partition, mark.offset, mark.timestamp) for mark in marks)


class Acknowledgment(Struct, frozen=True):
    """Somebody answers for a finding; `at` is in epoch ms."""

    reason: str
    at: int


class Finding(Struct, frozen=True, kw_only=True):
    """docs/findings tells of each code.

    `evidence` are sentences, `records` some of the records that they speak of. `remedy` is a
    sentence or a command a line; commands are indented by two spaces. `began` is where the journal
    stood when the finding was first made, None where nobody followed it. `mend` is what cures it,
    empty where nothing here does: `reset`, `content` or `settings`, by `manage.py mend` or
    /ui/health/mend.
    """

    code: str
    severity: Severity
    summary: str
    evidence: tuple[str, ...]
    consequence: str
    remedy: str
    records: tuple[JournalPosition, ...] = ()
    began: JournalPosition | None = None
    acknowledged: Acknowledgment | None = None
    mend: str = ""


#: From the gravest to the least.
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")
