"""Incremental backups of a topic: segment files, and a manifest with their names.

Segments are written once; the manifest is replaced when they are on disk.
"""

import fcntl
import gzip
import logging
from collections.abc import Callable, Iterator, Mapping
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
from journal.dumps.reading import DumpError, DumpReader
from journal.dumps.writing import json_line
from journal.durable_files import durable_file, sync_directory
from journal.kafka.consumer import RecordConsumer
from journal.kafka.errors import BrokerError
from journal.kafka.ranges import read_range
from journal.kafka.records import Record
from journal.kafka.topics import TopicAdmin

log = logging.getLogger(__name__)

#: Records or bytes after which a segment ends.
_MAX_RECORDS = 20_000
_MAX_BYTES = 32 * 1024 * 1024
_COMPRESSION_LEVEL = 6

#: First and next offset by partition.
_Offsets = Mapping[int, tuple[int, int]]
_Progress = Callable[[int, int], None]


class BackupImpossible(Exception):
    """A refused run, harmful to the backup or incomplete; nothing was changed."""


@dataclass(frozen=True, slots=True)
class BackupMode:
    """The mode of a run.

    `full` replaces the backup by the topic's present records; `allows_gap` continues an incremental
    one although offsets are missing.
    """

    full: bool = False
    allows_gap: bool = False


@dataclass(frozen=True, slots=True)
class BackupIncrement:
    """The number of records added by one run, and the backup's present manifest."""

    records: int
    manifest: Manifest


def take_backup(
    directory: Path,
    topic: TopicAdmin,
    consumer: RecordConsumer,
    mode: BackupMode,
    on_progress: _Progress,
) -> BackupIncrement:
    """Add the records missing in the backup.

    Raises BackupImpossible, BackupDamaged, BrokerError, OSError. However it ends, the backup keeps
    all its earlier records.
    """
    (directory / "segments").mkdir(parents=True, exist_ok=True)
    with (directory / "lock").open("wb") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BackupImpossible(f"Another backup is being taken into {directory}") from None
        previous = read_manifest(directory)
        offsets = consumer.offsets()
        base = _start_manifest(previous, topic, offsets, mode)
        _remove_other_segments(directory, previous)
        source = _Source(consumer, offsets, on_progress)
        starts = {
            partition: max(start, base.next_offsets.get(partition, 0))
            for partition, (start, _) in offsets.items()
        }
        manifest = replace(base, next_offsets=starts)
        names = [] if previous is None else [segment.file for segment in previous.segments]
        first_number = 1 + max((int(name.partition(".")[0]) for name in names), default=0)
        for number, records in enumerate(source.chunks(starts), first_number):
            segment = _write_segment(directory, topic.name, records, f"{number:08}.jsonl.gz")
            ends = {partition: end for partition, (_, end) in segment.offsets.items()}
            manifest = replace(
                manifest,
                next_offsets={**manifest.next_offsets, **ends},
                segments=(*manifest.segments, segment),
            )
            # A full backup takes the previous one's place only when it is complete.
            if previous is None or not mode.full:
                write_manifest(directory, manifest)
        # The last offsets may hold no record.
        manifest = replace(manifest, next_offsets={**manifest.next_offsets, **source.ends})
        write_manifest(directory, manifest)
        _remove_other_segments(directory, manifest)
        return BackupIncrement(manifest.records - base.records, manifest)


@dataclass(frozen=True)
class _Source:
    consumer: RecordConsumer
    offsets: _Offsets
    on_progress: _Progress

    @property
    def ends(self) -> dict[int, int]:
        return {partition: end for partition, (_, end) in self.offsets.items()}

    def chunks(self, starts: Mapping[int, int]) -> Iterator[list[Record]]:
        """Yield the records from `starts` on, in chunks of a segment each."""
        total, done = sum(end - starts[partition] for partition, end in self.ends.items()), 0
        chunk: list[Record] = []
        size = 0
        for records in read_range(self.consumer, starts, self.ends):
            chunk += records
            size += sum(record.size for record in records)
            done += len(records)
            if len(chunk) >= _MAX_RECORDS or size >= _MAX_BYTES:
                yield chunk
                chunk, size = [], 0
            self.on_progress(done, total)
        if chunk:
            yield chunk


def _start_manifest(
    previous: Manifest | None, topic: TopicAdmin, offsets: _Offsets, mode: BackupMode
) -> Manifest:
    """Return the manifest for this run to extend; raises BackupImpossible."""
    topic_id = topic.topic_id()
    try:
        config = topic.config()
    except BrokerError:
        # The ACLs may allow reading the records, but not the configuration.
        config = {}
    if previous is not None:
        _check_same_topic(previous, topic.name, topic_id, offsets)
    if previous is None or mode.full:
        gaps = _find_gaps(dict.fromkeys(offsets, 0), offsets)
        return Manifest(topic.name, topic_id, config, gaps=gaps)
    following = {partition: previous.next_offsets.get(partition, 0) for partition in offsets}
    gaps = _find_gaps(following, offsets)
    if gaps and not mode.allows_gap:
        places = ", ".join(
            f"partition {gap.partition}, offsets {gap.first} to {gap.last}" for gap in gaps
        )
        raise BackupImpossible(
            f"{places}: gone from the topic and not in this backup. --allow-gap goes on "
            "without them, --full begins anew with what the topic still has"
        )
    return replace(
        previous,
        topic_id=topic_id or previous.topic_id,
        config=config or previous.config,
        gaps=(*previous.gaps, *gaps),
    )


def _check_same_topic(previous: Manifest, name: str, topic_id: str, offsets: _Offsets) -> None:
    if previous.topic != name:
        raise BackupImpossible(f"This is a backup of {previous.topic}, not of {name}")
    if topic_id and previous.topic_id and topic_id != previous.topic_id:
        raise BackupImpossible(
            f"The topic {name} was deleted and made again since (its id was {previous.topic_id}, "
            f"now it is {topic_id}): back it up into another directory"
        )
    for partition, following in previous.next_offsets.items():
        end = offsets.get(partition, (0, 0))[1]
        if end < following:
            raise BackupImpossible(
                f"The backup holds partition {partition} up to offset {following}, but the topic "
                f"ends at {end}: it was deleted or truncated; back it up into another directory"
            )


def _find_gaps(following: Mapping[int, int], offsets: _Offsets) -> tuple[BackupGap, ...]:
    return tuple(
        BackupGap(partition, following[partition], start - 1)
        for partition, (start, _) in offsets.items()
        if start > following[partition]
    )


def _remove_other_segments(directory: Path, manifest: Manifest | None) -> None:
    """Remove the files of an interrupted run or of a previous full backup."""
    names = set() if manifest is None else {segment.file for segment in manifest.segments}
    for path in (directory / "segments").iterdir():
        if path.name not in names:
            path.unlink()


def _write_segment(directory: Path, topic: str, records: list[Record], name: str) -> Segment:
    path = segment_path(directory, name)
    offsets: dict[int, tuple[int, int]] = {}
    with (
        durable_file(path) as file,
        # No time and no name inside: the same records make the same file.
        gzip.GzipFile(
            filename="", mode="wb", compresslevel=_COMPRESSION_LEVEL, fileobj=file, mtime=0
        ) as lines,
    ):
        for record in records:
            lines.write(json_line(topic, record))
            first = offsets.get(record.partition, (record.offset, 0))[0]
            offsets[record.partition] = (first, record.offset + 1)
    sync_directory(path.parent)
    return Segment(name, file_hash(path), len(records), offsets)


def check_backup(directory: Path, on_progress: _Progress) -> Manifest:
    """Read every segment, and record a successful check.

    Raises BackupDamaged if there is no backup, or a changed one.
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
        # A backup may be kept on a read-only disk.
        log.warning("It can't be noted that the backup is well: %s", error)
    return manifest


def read_backup(directory: Path, manifest: Manifest) -> Iterator[Record]:
    """Yield the records of a checked backup in their order; raises BackupDamaged."""
    for segment in manifest.segments:
        path = segment_path(directory, segment.file)
        try:
            with gzip.open(path) as lines:
                yield from DumpReader(lines)
        except (OSError, EOFError, DumpError) as error:
            raise BackupDamaged(f"{path}: {error}") from error
