"""A backup of a topic that grows by what was said since: segments, and the manifest of them.

Segments are written once; the manifest takes the place of the former one when they are on disk.
"""

import fcntl
import gzip
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from journal.dumps.backup_manifest import (
    BackupDamaged,
    BackupGap,
    Manifest,
    Segment,
    check_segment,
    file_hash,
    read_manifest,
    record_verification,
    segment_path,
    write_manifest,
)
from journal.dumps.reading import DumpError, DumpRecord, read_dump
from journal.dumps.renumbering import Renumbering
from journal.dumps.writing import json_line
from journal.durable_files import durable_file, sync_directory
from journal.kafka.consumer import RecordConsumer
from journal.kafka.errors import BrokerError
from journal.kafka.ranges import read_range
from journal.kafka.records import Record
from journal.kafka.topics import TopicAdmin

log = logging.getLogger(__name__)

#: A segment ends after so many records or bytes.
_RECORDS = 20_000
_BYTES = 32 * 1024 * 1024
_LEVEL = 6

_Offsets = Mapping[int, tuple[int, int]]
_Progress = Callable[[int, int], None]


class BackupImpossible(Exception):
    """What is asked would spoil the backup or leave something out; nothing was changed."""


@dataclass(frozen=True, slots=True)
class BackupMode:
    """`full` begins anew with what the topic has; `allows_gap` goes on behind missing offsets."""

    full: bool = False
    allows_gap: bool = False


@dataclass(frozen=True, slots=True)
class BackupIncrement:
    """What one run added, and the backup as it is now."""

    records: int
    manifest: Manifest


def take_backup(
    directory: Path,
    topic: TopicAdmin,
    reader: RecordConsumer,
    mode: BackupMode,
    on_progress: _Progress,
) -> BackupIncrement:
    """Adds what the topic holds now and the backup does not.

    Raises BackupImpossible, BackupDamaged, BrokerError, OSError. However it ends, the backup is
    what it was or more.
    """
    with _locked(directory):
        found = read_manifest(directory)
        offsets = reader.offsets()
        begun = _begun(found, topic, offsets, mode)
        # A full one takes the old one's place at its end.
        keeps_each = found is None or not mode.full
        _remove_all_but(directory, found)
        number = 1 + _highest(found)
        manifest = _grown(
            directory, begun, _Source(reader, offsets, on_progress), number, keeps_each
        )
        _remove_all_but(directory, manifest)
        return BackupIncrement(manifest.records - begun.records, manifest)


@dataclass(frozen=True)
class _Source:
    reader: RecordConsumer
    offsets: _Offsets
    on_progress: _Progress

    def batches(self, starts: Mapping[int, int]) -> Iterator[list[Record]]:
        ends = {partition: end for partition, (_, end) in self.offsets.items()}
        total, done = sum(ends[each] - starts[each] for each in ends), 0
        for records in read_range(self.reader, starts, ends):
            done += len(records)
            yield records
            self.on_progress(done, total)


@contextmanager
def _locked(directory: Path) -> Iterator[None]:
    (directory / "segments").mkdir(parents=True, exist_ok=True)
    with (directory / "lock").open("wb") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BackupImpossible(f"Another backup is being taken into {directory}") from None
        yield


def _begun(
    found: Manifest | None, topic: TopicAdmin, offsets: _Offsets, mode: BackupMode
) -> Manifest:
    """The manifest to go on from."""
    topic_id, config = topic.topic_id(), _config(topic)
    new = Manifest(topic.name, topic_id, config)
    if found is None:
        return replace(new, gaps=_gaps(dict.fromkeys(offsets, 0), offsets))
    _compare(found, topic.name, topic_id, offsets)
    if mode.full:
        return replace(new, gaps=_gaps(dict.fromkeys(offsets, 0), offsets))
    following = {each: found.next_offsets.get(each, 0) for each in offsets}
    gaps = _gaps(following, offsets)
    if gaps and not mode.allows_gap:
        raise BackupImpossible(
            f"{_places(gaps)}: gone from the topic and not in this backup. --allow-gap goes on "
            "without them, --full begins anew with what the topic still has"
        )
    return replace(found, topic_id=topic_id or found.topic_id, config=config or found.config,
                   gaps=(*found.gaps, *gaps))  # fmt: skip


def _config(topic: TopicAdmin) -> dict[str, str]:
    try:
        return topic.config()
    except BrokerError:
        # Reading the settings may not be allowed to whoever may read the records.
        return {}


def _compare(found: Manifest, name: str, topic_id: str, offsets: _Offsets) -> None:
    if found.topic != name:
        raise BackupImpossible(f"This is a backup of {found.topic}, not of {name}")
    if topic_id and found.topic_id and topic_id != found.topic_id:
        raise BackupImpossible(
            f"The topic {name} was deleted and made again since (its id was {found.topic_id}, now "
            f"it is {topic_id}): back it up into another directory"
        )
    for partition, following in found.next_offsets.items():
        end = offsets.get(partition, (0, 0))[1]
        if end < following:
            raise BackupImpossible(
                f"The backup holds partition {partition} up to offset {following}, but the topic "
                f"ends at {end}: it was deleted or truncated; back it up into another directory"
            )


def _gaps(following: Mapping[int, int], offsets: _Offsets) -> tuple[BackupGap, ...]:
    return tuple(
        BackupGap(partition, following[partition], start - 1)
        for partition, (start, _) in offsets.items()
        if start > following[partition]
    )


def _places(gaps: Sequence[BackupGap]) -> str:
    return ", ".join(
        f"partition {gap.partition}, offsets {gap.first} to {gap.last}" for gap in gaps
    )


def _highest(found: Manifest | None) -> int:
    """The number of the newest segment."""
    files = () if found is None else (segment.file for segment in found.segments)
    return max((int(file.partition(".")[0]) for file in files), default=0)


def _remove_all_but(directory: Path, manifest: Manifest | None) -> None:
    """What a run that was ended before its time has left, or a former full backup."""
    kept = set() if manifest is None else {segment.file for segment in manifest.segments}
    for path in (directory / "segments").iterdir():
        if path.name not in kept:
            path.unlink()


def _grown(
    directory: Path, manifest: Manifest, source: _Source, number: int, keeps_each: bool
) -> Manifest:
    starts = {
        partition: max(start, manifest.next_offsets.get(partition, 0))
        for partition, (start, _) in source.offsets.items()
    }
    manifest = replace(manifest, next_offsets=starts)
    for records in _chunks(source.batches(starts)):
        segment = _written(directory, manifest, records, f"{number:08}.jsonl.gz")
        following = {
            **manifest.next_offsets,
            **{at: end for at, (_, end) in segment.offsets.items()},
        }
        manifest = replace(manifest, next_offsets=following, segments=(*manifest.segments, segment))
        if keeps_each:
            write_manifest(directory, manifest)
        number += 1
    # The last offsets may hold no record.
    ends = {partition: end for partition, (_, end) in source.offsets.items()}
    manifest = replace(manifest, next_offsets={**manifest.next_offsets, **ends})
    write_manifest(directory, manifest)
    return manifest


def _chunks(batches: Iterable[Sequence[Record]]) -> Iterator[list[Record]]:
    chunk: list[Record] = []
    size = 0
    for records in batches:
        chunk += records
        size += sum(record.size for record in records)
        if len(chunk) >= _RECORDS or size >= _BYTES:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


def _written(directory: Path, manifest: Manifest, records: list[Record], name: str) -> Segment:
    path = segment_path(directory, name)
    offsets: dict[int, tuple[int, int]] = {}
    with (
        durable_file(path) as file,
        # No time and no name inside: the same records make the same file.
        gzip.GzipFile(filename="", mode="wb", compresslevel=_LEVEL, fileobj=file, mtime=0) as lines,
    ):
        for record in records:
            lines.write(json_line(manifest.topic, record))
            first = offsets.get(record.partition, (record.offset, 0))[0]
            offsets[record.partition] = (first, record.offset + 1)
    sync_directory(path.parent)
    return Segment(name, file_hash(path), len(records), offsets)


def check_backup(directory: Path, on_progress: _Progress) -> Manifest:
    """Reads every segment, and notes that all are well.

    Raises BackupDamaged if there is no backup, or one that was changed.
    """
    manifest = read_manifest(directory)
    if manifest is None:
        raise BackupDamaged(f"{directory} holds no backup")
    for number, segment in enumerate(manifest.segments, 1):
        check_segment(directory, segment)
        on_progress(number, len(manifest.segments))
    try:
        record_verification(directory, manifest)
    except OSError as error:
        # A backup may be kept where nobody can write.
        log.warning("It can't be noted that the backup is well: %s", error)
    return manifest


class BackupRecords:
    """The records of a checked backup in their order, to load; notes their old offsets."""

    def __init__(self, directory: Path, manifest: Manifest, renumbering: Renumbering) -> None:
        self._directory = directory
        self._manifest = manifest
        self._renumbering = renumbering

    def __len__(self) -> int:
        return self._manifest.records

    def __iter__(self) -> Iterator[DumpRecord]:
        for segment in self._manifest.segments:
            path = segment_path(self._directory, segment.file)
            try:
                with gzip.open(path) as lines:
                    yield from self._noted(read_dump(lines))
            except (OSError, EOFError, DumpError) as error:
                raise BackupDamaged(f"{path}: {error}") from error

    def _noted(self, records: Iterable[DumpRecord]) -> Iterator[DumpRecord]:
        for record in records:
            self._renumbering.note(record.partition, record.offset)
            yield record
