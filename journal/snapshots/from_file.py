"""A dump or an export that somebody brought: read as far as it can be, replayed, and judged."""

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import IO
from uuid import uuid4

import msgspec
from django.conf import settings

from journal.database.scratch import scratch_database
from journal.dumps.export_entries import import_messages
from journal.dumps.reading import DumpError, DumpRecord, read_dump, read_lines
from journal.dumps.sources import RecordSource
from journal.kafka.records import Record
from journal.kafka.topic_description import TopicDescription
from journal.projection.content_view import NEWER_TYPES, choose_view
from journal.projection.positions import Origin
from journal.snapshots.builder import BuildRequest, Progress, build_snapshot
from journal.snapshots.record_store import RecordWriter, read_stored_records
from journal.snapshots.store import Damage, Kind, Snapshot, SnapshotDraft, SnapshotStore
from journal.wire.codec import encode
from journal.wire.dialects import Dialect
from journal.wire.messages import Action, Message, UpgraderKey, UpgraderValue
from registry.archives.export_reader import read_archive
from registry.archives.zip_reader import ArchiveDamaged

_BATCH = 1000
#: What a zip begins with.
_ZIP = b"PK"
#: So many places that can't be read are named; the others are counted.
_NAMED = 100
#: The part of the time that decoding takes, roughly.
_DECODED = 0.3


class UnreadableFile(Exception):
    """No record could be read of a file; the text tells the first reasons."""


@dataclass(frozen=True, slots=True)
class UploadedFile:
    """`file` is read from its start; `facts` are the topic's settings, if they came with it."""

    name: str
    file: IO[bytes]
    facts: TopicDescription | None = None


@dataclass(slots=True)
class ReadReport:
    """What was read of a file."""

    records: int = 0
    rebuilt: int = 0
    topic: str = ""
    holds_newer_types: bool = False
    ends: dict[int, int] = field(default_factory=dict)
    damage: list[Damage] = field(default_factory=list)
    damage_count: int = 0

    def note_damage(self, where: str, reason: str) -> None:
        self.damage_count += 1
        if len(self.damage) < _NAMED:
            self.damage.append(Damage(where, reason))

    def take(self, each: DumpRecord) -> Record | None:
        """None for one that a topic can't hold behind those that came before it."""
        end = self.ends.get(each.partition, 0)
        if each.offset < end:
            where = f"offset {each.offset} of partition {each.partition}"
            self.note_damage(where, f"it comes after offset {end - 1}; it is left out")
            return None
        self.ends[each.partition] = each.offset + 1
        self.records += 1
        self.topic = self.topic or each.topic
        self.rebuilt += each.rebuilt
        if each.key and each.key[0] in NEWER_TYPES:
            self.holds_newer_types = True
        return Record(
            each.partition,
            each.offset,
            each.timestamp_ms,
            each.timestamp_type,
            each.headers,
            each.key,
            each.value,
        )


def snapshot_from_file(
    shelf: SnapshotStore, brought: UploadedFile, on_progress: Progress
) -> Snapshot:
    """Of all lines or entries that can be read; raises UnreadableFile, ArchiveDamaged, OSError."""
    is_export = brought.file.read(len(_ZIP)) == _ZIP
    brought.file.seek(0)
    with shelf.draft() as draft:
        decoded = _decode(draft, brought, is_export, on_progress)
        if not decoded.records:
            raise UnreadableFile(_nothing(brought.name, decoded, is_export))
        view = choose_view("auto", lambda: decoded.holds_newer_types)
        records = RecordSource(decoded.records, lambda: read_stored_records(draft.records))
        kind: Kind = "export" if is_export else "dump"
        about = BuildRequest(
            draft, kind, brought.name, decoded.ends, on_progress, brought.facts, _DECODED
        )
        with scratch_database(draft.tables) as scratch:
            snapshot = build_snapshot(
                about, Origin(decoded.topic or settings.JOURNAL_TOPIC, view), records, scratch
            )
        return draft.finish(
            msgspec.structs.replace(
                snapshot,
                damage=tuple(decoded.damage),
                damage_count=decoded.damage_count,
                rebuilt=decoded.rebuilt,
            )
        )


def _decode(
    draft: SnapshotDraft, brought: UploadedFile, is_export: bool, on_progress: Progress
) -> ReadReport:
    decoded = ReadReport()
    records = (_of_export if is_export else _of_dump)(brought.file, decoded)
    keeper = RecordWriter(draft.records)
    try:
        while batch := list(islice(records, _BATCH)):
            keeper.keep(batch)
            on_progress(
                f"Reading, {decoded.records:,} records", _DECODED * _part_read(brought.file)
            )
    finally:
        keeper.close()
    return decoded


def _of_dump(file: IO[bytes], decoded: ReadReport) -> Iterator[Record]:
    def damaged(error: DumpError) -> None:
        decoded.note_damage(f"line {error.line_number}", error.reason)

    found = read_dump(read_lines(file), damaged)
    return (record for each in found if (record := decoded.take(each)) is not None)


def _of_export(file: IO[bytes], decoded: ReadReport) -> Iterator[Record]:
    """What a node of 2.6 would write on a new topic that imports it."""
    now = int(time.time() * 1000)
    decoded.holds_newer_types = True

    def damaged(error: ArchiveDamaged) -> None:
        decoded.note_damage("export", str(error))

    entries = read_archive(file, on_damage=damaged)
    first = next(entries, None)
    if first is None:
        return
    bootstrap = UpgraderValue(Action.UPGRADE_BOOTSTRAP, str(uuid4()))
    said = import_messages(chain([first], entries), Dialect.V2_6, damaged)
    for message in chain([Message(UpgraderKey("compact"), bootstrap)], said):
        key, value = encode(message)
        headers = (("req", str(uuid4()).encode()),)
        yield Record(0, decoded.records, now, "CreateTime", headers, key, value)
        decoded.records += 1
        decoded.ends[0] = decoded.records


def _part_read(file: IO[bytes]) -> float:
    at = file.tell()
    end = file.seek(0, os.SEEK_END)
    file.seek(at)
    return at / max(end, 1)


def _nothing(name: str, decoded: ReadReport, is_export: bool) -> str:
    if not decoded.damage:
        return f"{name} is empty."
    first = decoded.damage[0]
    if is_export:
        return f"Nothing of {name} can be read. {first.reason}"
    return (
        f"{name} is no dump: none of its {decoded.damage_count:,} lines holds a record. "
        f"{first.where.capitalize()}: {first.reason}."
    )
