"""The folder in which snapshots are kept, each whole or not at all."""

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

from journal.health.findings import Finding
from journal.projection.apply import PROJECTION_VERSION

Kind = Literal["moment", "dump", "export"]

_ID = re.compile(r"[0-9a-f]{12}")
_TABLES, _RECORDS, _ABOUT = "tables.sqlite3", "records.sqlite3", "snapshot.json"
_DRAFT = ".draft-"
#: Moments that are kept; of an older one a replay makes another.
_MOMENTS_KEPT = 12


class Damage(Struct, frozen=True):
    """What of a file could not be read: `where` is a line, an entry or a position."""

    where: str
    reason: str


class Snapshot(Struct, frozen=True, kw_only=True):
    """`offsets` are the next ones by partition; `size` is in bytes.

    `made_at` and `newest`, the time of the newest record, are in epoch ms; 0 without a record.

    `damage` names the first of the `damage_count` places that could not be read.
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

    @property
    def records(self) -> int:
        return sum(self.outcomes.values())

    @property
    def place(self) -> str:
        """`offsets` as journal.kafka.ranges.parse_offset_spec reads them."""
        return ",".join(f"{partition}:{at}" for partition, at in sorted(self.offsets.items()))

    @property
    def partitions(self) -> int:
        """That a topic needs for its records."""
        return 1 + max(self.offsets, default=0)

    @property
    def has_gaps(self) -> bool:
        """Whether a topic that is loaded with the records gives them other offsets."""
        return sum(self.offsets.values()) != self.records

    @property
    def is_moment(self) -> bool:
        """Of this node's own journal, whose topic has the records' bytes."""
        return self.kind == "moment"


class SnapshotDraft:
    """A snapshot that is being made; `finish` puts it among the others."""

    def __init__(self, folder: Path) -> None:
        self.id = uuid4().hex[:12]
        self.folder = folder / f"{_DRAFT}{self.id}"
        self.tables = self.folder / _TABLES
        self.records = self.folder / _RECORDS

    def finish(self, snapshot: Snapshot) -> Snapshot:
        size = sum(file.stat().st_size for file in self.folder.iterdir())
        finished = msgspec.structs.replace(snapshot, size=size)
        (self.folder / _ABOUT).write_bytes(msgspec.json.encode(finished))
        self.folder.rename(self.folder.with_name(self.id))
        return finished


class SnapshotStore:
    """All snapshots below a folder, which is made when the first one is."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def all(self) -> tuple[Snapshot, ...]:
        """The newest first."""
        folders = self._folder.iterdir() if self._folder.is_dir() else ()
        found = [self.find(each.name) for each in folders]
        return tuple(sorted(filter(None, found), key=lambda each: each.made_at, reverse=True))

    def find(self, snapshot_id: str) -> Snapshot | None:
        """None also for one that another release made, whose tables may be others."""
        if not _ID.fullmatch(snapshot_id):
            return None
        try:
            told = (self._folder / snapshot_id / _ABOUT).read_bytes()
            found = msgspec.json.decode(told, type=Snapshot)
        except (OSError, msgspec.MsgspecError):
            return None
        return found if found.projection == PROJECTION_VERSION else None

    def tables(self, snapshot: Snapshot) -> Path:
        return self._folder / snapshot.id / _TABLES

    def records(self, snapshot: Snapshot) -> Path:
        """Of a moment there is no such file."""
        return self._folder / snapshot.id / _RECORDS

    def discard(self, snapshot: Snapshot) -> None:
        """Whoever reads it meanwhile reads it to the end."""
        shutil.rmtree(self._folder / snapshot.id, ignore_errors=True)

    @contextmanager
    def draft(self) -> Iterator[SnapshotDraft]:
        """Gone without a trace if it is not finished; one at a time."""
        self._clear()
        draft = SnapshotDraft(self._folder)
        draft.folder.mkdir(mode=0o700, parents=True)
        try:
            yield draft
        finally:
            shutil.rmtree(draft.folder, ignore_errors=True)
        self._let_go()

    def _clear(self) -> None:
        """What a process left that was killed over it, or made by another release."""
        for folder in self._folder.iterdir() if self._folder.is_dir() else ():
            is_draft = folder.name.startswith(_DRAFT)
            if is_draft or (_ID.fullmatch(folder.name) and self.find(folder.name) is None):
                shutil.rmtree(folder, ignore_errors=True)

    def _let_go(self) -> None:
        moments = [each for each in self.all() if each.is_moment]
        for old in moments[_MOMENTS_KEPT:]:
            self.discard(old)


def snapshot_store() -> SnapshotStore:
    """Of this node's home."""
    return SnapshotStore(settings.ANNALS_HOME.snapshots)
