"""Acknowledgments of findings by an operator, valid until the finding ends."""

import time
from pathlib import Path

import msgspec
from msgspec import Struct

from journal.durable_files import read_json, write_json
from journal.health.findings import Acknowledgment, Finding, JournalPosition


# They are in a file because they concern this node alone: the journal has no record for them, and
# the web process can't write tables.
class _Entry(Struct, frozen=True, rename={"since": "began"}):
    acknowledgment: Acknowledgment
    #: The finding's own: one that comes again is not acknowledged any more.
    since: JournalPosition | None


_decoder = msgspec.json.Decoder(dict[str, _Entry])


class Acknowledgments:
    """A file of acknowledgments in the node's home, absent before the first one.

    Every method raises OSError, and ValueError if the file is damaged.
    """

    def __init__(self, file: Path) -> None:
        self._file = file

    def apply(self, findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
        """Return the findings with their acknowledgments."""
        entries = self._read()
        return tuple(
            msgspec.structs.replace(finding, acknowledgment=entry.acknowledgment)
            if (entry := entries.get(finding.code)) and entry.since == finding.since
            else finding
            for finding in findings
        )

    def add(self, finding: Finding, reason: str) -> None:
        entry = _Entry(Acknowledgment(reason, int(time.time() * 1000)), finding.since)
        write_json(self._file, {**self._read(), finding.code: entry})

    def remove(self, code: str) -> None:
        entries = self._read()
        entries.pop(code, None)
        write_json(self._file, entries)

    def _read(self) -> dict[str, _Entry]:
        return read_json(self._file, _decoder) or {}
