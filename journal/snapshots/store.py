"""The folder of snapshots; each is complete or absent."""

import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Literal
from uuid import uuid4

import msgspec
from django.conf import settings
from msgspec import Struct

from journal.durable_files import read_json, write_json
from journal.health.findings import Finding
from journal.projection.apply import PROJECTION_VERSION

#: Grows with every release that stores something else in the ledger, which no migration of a
#: snapshot carries over.
_LEDGER_VERSION = 2

Kind = Literal["moment", "dump", "export"]

_ID = re.compile(r"[0-9a-f]{12}")
_TABLES, _RECORDS, _DOCUMENT = "tables.sqlite3", "records.sqlite3", "snapshot.json"
_DRAFT_PREFIX = ".draft-"
#: Point-in-time snapshots that are kept; a replay makes older ones again.
_MAX_POINT_IN_TIME = 12


class Damage(Struct, frozen=True):
    """An unreadable part of a file, located by its line, entry or position."""

    where: str
    reason: str


class Snapshot(Struct, frozen=True, kw_only=True):
    """`offsets` are the next ones by partition; `size` is in bytes.

    `made_at` and `newest`, the time of the newest record or 0, are in epoch ms. `damage` names the
    first of the `damage_count` unreadable parts.
    """

    id: str
    title: str
    kind: Kind
    topic: str
    made_at: int
    offsets: Mapping[int, int]
    content_view: str
    digest: str
    outcomes: Mapping[str, int]
    newest: int = 0
    size: int = 0
    topic_id: str = ""
    findings: tuple[Finding, ...] = ()
    damage: tuple[Damage, ...] = ()
    damage_count: int = 0
    rebuilt: int = 0
    projection: int = PROJECTION_VERSION
    ledger: int = 1

    @property
    def records(self) -> int:
        return sum(self.outcomes.values())

    @property
    def offset_spec(self) -> str:
        """Format `offsets` for journal.kafka.ranges.parse_offset_spec."""
        positions = sorted(self.offsets.items())
        return ",".join(f"{partition}:{offset}" for partition, offset in positions)

    @property
    def partitions(self) -> int:
        """Return the number of partitions needed on a topic for the records."""
        return 1 + max(self.offsets, default=0)

    @property
    def has_gaps(self) -> bool:
        """Check if the records get other offsets when loaded to a topic."""
        return sum(self.offsets.values()) != self.records

    @property
    def is_point_in_time(self) -> bool:
        """Check if it is of this node's own journal; its records are on the topic only."""
        return self.kind == "moment"


_decoder = msgspec.json.Decoder(Snapshot)


class SnapshotDraft:
    """A snapshot in the making; `finish` adds it to the store."""

    def __init__(self, folder: Path) -> None:
        self.id = uuid4().hex[:12]
        self.folder = folder / f"{_DRAFT_PREFIX}{self.id}"
        self.tables = self.folder / _TABLES
        self.records = self.folder / _RECORDS

    def finish(self, snapshot: Snapshot) -> Snapshot:
        size = sum(file.stat().st_size for file in self.folder.iterdir())
        finished = msgspec.structs.replace(snapshot, size=size, ledger=_LEDGER_VERSION)
        write_json(self.folder / _DOCUMENT, finished)
        self.folder.rename(self.folder.with_name(self.id))
        return finished


class SnapshotStore:
    """The snapshots below a folder; the folder is made with the first one."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def all(self) -> tuple[Snapshot, ...]:
        """Return all snapshots, the newest first."""
        folders = self._folder.iterdir() if self._folder.is_dir() else ()
        snapshots = [self.find(folder.name) for folder in folders]
        return tuple(
            sorted(filter(None, snapshots), key=lambda snapshot: snapshot.made_at, reverse=True)
        )

    def find(self, snapshot_id: str) -> Snapshot | None:
        """Return a snapshot, None also for one of another release, since its tables may differ."""
        if not _ID.fullmatch(snapshot_id):
            return None
        try:
            snapshot = read_json(self._folder / snapshot_id / _DOCUMENT, _decoder)
        except (OSError, ValueError):
            return None
        current = (PROJECTION_VERSION, _LEDGER_VERSION)
        return snapshot if snapshot and (snapshot.projection, snapshot.ledger) == current else None

    def tables(self, snapshot: Snapshot) -> Path:
        return self._folder / snapshot.id / _TABLES

    def records(self, snapshot: Snapshot) -> Path:
        """Return the path of the records' file; point-in-time snapshots have none."""
        return self._folder / snapshot.id / _RECORDS

    def discard(self, snapshot: Snapshot) -> None:
        """Delete a snapshot; open readers can still read to the end."""
        shutil.rmtree(self._folder / snapshot.id, ignore_errors=True)

    @contextmanager
    def draft(self) -> Iterator[SnapshotDraft]:
        """Make one snapshot at a time; an unfinished draft is deleted."""
        # Left by a process that was killed, or by another release.
        for folder in self._folder.iterdir() if self._folder.is_dir() else ():
            is_draft = folder.name.startswith(_DRAFT_PREFIX)
            if is_draft or (_ID.fullmatch(folder.name) and self.find(folder.name) is None):
                shutil.rmtree(folder, ignore_errors=True)
        draft = SnapshotDraft(self._folder)
        draft.folder.mkdir(mode=0o700, parents=True)
        try:
            yield draft
        finally:
            shutil.rmtree(draft.folder, ignore_errors=True)
        point_in_time = [snapshot for snapshot in self.all() if snapshot.is_point_in_time]
        for old in point_in_time[_MAX_POINT_IN_TIME:]:
            self.discard(old)


def snapshot_store() -> SnapshotStore:
    """Return the store in this node's home."""
    return SnapshotStore(settings.ANNALS_HOME.snapshots)
