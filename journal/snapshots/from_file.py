"""Snapshots of uploaded dumps and exports: read as far as possible, replayed, diagnosed."""

import os
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import IO
from uuid import uuid4

import msgspec
from django.conf import settings

from journal.database.scratch import scratch_database
from journal.dumps.export_entries import import_messages
from journal.dumps.reading import DumpError, DumpReader, read_lines
from journal.dumps.sources import RecordSource
from journal.kafka.records import Record
from journal.kafka.topic_description import TopicDescription
from journal.projection.content_view import NEWER_TYPES, choose_view
from journal.projection.positions import Origin
from journal.snapshots.builder import BuildRequest, Progress, build_snapshot
from journal.snapshots.record_store import RecordWriter, read_stored_records
from journal.snapshots.store import Damage, Snapshot, SnapshotStore
from journal.wire.codec import encode
from journal.wire.dialects import Dialect
from journal.wire.messages import Action, Message, UpgraderKey, UpgraderValue
from registry.archives.export_reader import read_archive
from registry.archives.zip_reader import ArchiveDamaged

_BATCH_SIZE = 1000
#: The first bytes of a zip.
_ZIP = b"PK"
#: Damages beyond these are only counted.
_MAX_DAMAGES = 100
#: The progress, roughly, after reading.
_READ = 0.3


class UnreadableFile(Exception):
    """A file without any readable record; the text has the first reasons."""


@dataclass(frozen=True, slots=True)
class UploadedFile:
    """`topic_description` has the topic's settings, if they were uploaded, too."""

    name: str
    file: IO[bytes]
    topic_description: TopicDescription | None = None


@dataclass(slots=True)
class ReadReport:
    """The result of reading a file; `rebuilt` counts records with restored length bytes."""

    records: int = 0
    rebuilt: int = 0
    topic: str = ""
    has_newer_types: bool = False
    ends: dict[int, int] = field(default_factory=dict)
    damage: list[Damage] = field(default_factory=list)
    damage_count: int = 0

    def add_damage(self, where: str, reason: str) -> None:
        self.damage_count += 1
        if len(self.damage) < _MAX_DAMAGES:
            self.damage.append(Damage(where, reason))

    def unreadable_reason(self, name: str, is_export: bool) -> str:
        """Return why a file without records could not be read, by its first damage."""
        if not self.damage:
            return f"{name} is empty."
        first = self.damage[0]
        if is_export:
            return f"Nothing of {name} can be read. {first.reason}"
        return (
            f"{name} is no dump: none of its {self.damage_count:,} lines holds a record. "
            f"{first.where.capitalize()}: {first.reason}."
        )


def snapshot_from_file(
    store: SnapshotStore, uploaded: UploadedFile, on_progress: Progress
) -> Snapshot:
    """Replay all readable lines or entries; raises UnreadableFile, ArchiveDamaged, OSError."""
    name, file = uploaded.name, uploaded.file
    is_export = file.read(len(_ZIP)) == _ZIP
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    report = ReadReport()
    records = (_read_export if is_export else _read_dump)(file, report)
    with store.draft() as draft:
        with closing(RecordWriter(draft.records)) as writer:
            while batch := list(islice(records, _BATCH_SIZE)):
                writer.write(batch)
                progress = _READ * file.tell() / max(size, 1)
                on_progress(f"Reading, {report.records:,} records", progress)
        if not report.records:
            raise UnreadableFile(report.unreadable_reason(name, is_export))
        view = choose_view("auto", lambda: report.has_newer_types)
        with scratch_database(draft.tables) as scratch:
            snapshot = build_snapshot(
                BuildRequest(
                    draft,
                    "export" if is_export else "dump",
                    name,
                    report.ends,
                    on_progress,
                    uploaded.topic_description,
                    _READ,
                ),
                Origin(report.topic or settings.JOURNAL_TOPIC, view),
                RecordSource(report.records, lambda: read_stored_records(draft.records)),
                scratch,
            )
        return draft.finish(
            msgspec.structs.replace(
                snapshot,
                damage=tuple(report.damage),
                damage_count=report.damage_count,
                rebuilt=report.rebuilt,
            )
        )


def _read_dump(file: IO[bytes], report: ReadReport) -> Iterator[Record]:
    def on_damage(error: DumpError) -> None:
        report.add_damage(f"line {error.line_number}", error.reason)

    reader = DumpReader(read_lines(file), on_damage)
    for record in reader:
        end = report.ends.get(record.partition, 0)
        if record.offset < end:
            # No topic can hold a record behind one with a higher offset.
            where = f"offset {record.offset} of partition {record.partition}"
            report.add_damage(where, f"it comes after offset {end - 1}; it is left out")
            continue
        report.ends[record.partition] = record.offset + 1
        report.records += 1
        report.topic, report.rebuilt = reader.topic, reader.rebuilt
        if record.key and record.key[0] in NEWER_TYPES:
            report.has_newer_types = True
        yield record


def _read_export(file: IO[bytes], report: ReadReport) -> Iterator[Record]:
    """Yield the records of a 2.6 node for an import of the file into a new topic."""
    now = int(time.time() * 1000)
    report.has_newer_types = True

    def on_damage(error: ArchiveDamaged) -> None:
        report.add_damage("export", str(error))

    entries = read_archive(file, on_damage=on_damage)
    first = next(entries, None)
    if first is None:
        return
    bootstrap = UpgraderValue(Action.UPGRADE_BOOTSTRAP, str(uuid4()))
    imports = import_messages(chain([first], entries), Dialect.V2_6, on_damage)
    for message in chain([Message(UpgraderKey("compact"), bootstrap)], imports):
        key, value = encode(message)
        headers = (("req", str(uuid4()).encode()),)
        yield Record(0, report.records, now, "CreateTime", headers, key, value)
        report.records += 1
        report.ends[0] = report.records
