"""Findings that an operator answers for: each with a reason, for as long as it lasts.

A file in the node's home, since it is this node's own business and no record of the journal.
"""

import time
from collections.abc import Mapping
from pathlib import Path

import msgspec
from msgspec import Struct

from journal.durable_files import durable_file
from journal.health.findings import Acknowledgment, Finding, JournalPosition


class _Entry(Struct, frozen=True):
    acknowledgment: Acknowledgment
    #: The finding's own beginning: when it comes again, it is another one.
    began: JournalPosition | None


_Entries = dict[str, _Entry]


class Acknowledgments:
    """Those in `file`, which need not exist; raises OSError, and ValueError if it is spoilt."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def told(self, findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
        """The findings, each with its acknowledgment if it has one."""
        entries = self._read()
        return tuple(_with_entry(finding, entries) for finding in findings)

    def add(self, finding: Finding, reason: str) -> None:
        entry = _Entry(Acknowledgment(reason, int(time.time() * 1000)), finding.began)
        self._write({**self._read(), finding.code: entry})

    def remove(self, code: str) -> None:
        self._write({kept: entry for kept, entry in self._read().items() if kept != code})

    def _read(self) -> _Entries:
        try:
            content = self._file.read_bytes()
        except FileNotFoundError:
            return {}
        return msgspec.json.decode(content, type=_Entries)

    def _write(self, entries: Mapping[str, _Entry]) -> None:
        with durable_file(self._file) as file:
            file.write(msgspec.json.encode(entries))


def _with_entry(finding: Finding, entries: Mapping[str, _Entry]) -> Finding:
    entry = entries.get(finding.code)
    if entry is None or entry.began != finding.began:
        return finding
    return msgspec.structs.replace(finding, acknowledged=entry.acknowledgment)
