"""The manifest of a topic's backup, with the name and hash of every segment.

A file missing in the manifest is no part of the backup.
"""

import hashlib
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import orjson

from journal.durable_files import durable_file

FORMAT = "annals-backup"
VERSION = 1
_NAME = "manifest.json"
_VERIFIED = "verified.json"


class BackupDamaged(Exception):
    """A change to a backup since it was written; the text has the file's name."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A gzip file of `jsonl` lines; `offsets` are (first, next) by partition."""

    file: str
    sha256: str
    records: int
    offsets: Mapping[int, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class BackupGap:
    """Offsets `first` to `last`; their records were gone before the backup."""

    partition: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """`next_offsets` is the start of the next increment; `config` is the topic's configuration."""

    topic: str
    topic_id: str
    config: Mapping[str, str] = field(default_factory=dict)
    next_offsets: Mapping[int, int] = field(default_factory=dict)
    gaps: tuple[BackupGap, ...] = ()
    segments: tuple[Segment, ...] = ()

    @property
    def records(self) -> int:
        return sum(segment.records for segment in self.segments)


def segment_path(directory: Path, name: str) -> Path:
    return directory / "segments" / name


def write_manifest(directory: Path, manifest: Manifest) -> None:
    """Replace the manifest's file atomically."""
    document: dict[str, Any] = {
        "format": FORMAT,
        "version": VERSION,
        "topic": manifest.topic,
        "topicId": manifest.topic_id,
        "config": dict(manifest.config),
        "nextOffsets": _to_text_keys(manifest.next_offsets),
        "gaps": [asdict(gap) for gap in manifest.gaps],
        "segments": [
            {**asdict(segment), "offsets": _to_text_keys(segment.offsets)}
            for segment in manifest.segments
        ],
    }
    document["sha256"] = _compute_hash(document)
    with durable_file(directory / _NAME) as file:
        file.write(orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))


@dataclass(frozen=True, slots=True)
class BackupVerification:
    """The last check of all segments; `at` is in epoch ms, `next_offsets` ended the backup then."""

    at: int
    next_offsets: Mapping[int, int]


def record_verification(directory: Path, manifest: Manifest) -> None:
    """Record a successful check of all segments, made just now; raises OSError."""
    offsets = _to_text_keys(manifest.next_offsets)
    with durable_file(directory / _VERIFIED) as file:
        file.write(orjson.dumps({"at": int(time.time() * 1000), "nextOffsets": offsets}))


def read_verification(directory: Path) -> BackupVerification | None:
    """Return the last check, or None if none can be read."""
    try:
        document = orjson.loads((directory / _VERIFIED).read_bytes())
        return BackupVerification(int(document["at"]), _to_int_keys(document["nextOffsets"]))
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None


def read_manifest(directory: Path) -> Manifest | None:
    """Read the manifest, None if there is no backup; raises BackupDamaged, OSError."""
    path = directory / _NAME
    if not path.exists():
        return None
    try:
        document = orjson.loads(path.read_bytes())
        recorded_hash = document.pop("sha256")
        kind = document["format"], document["version"]
    except (ValueError, TypeError, AttributeError, KeyError) as error:
        raise BackupDamaged(f"{path} is no manifest of a backup") from error
    if kind != (FORMAT, VERSION):
        raise BackupDamaged(f"{path} is of another format: {kind[0]} {kind[1]}")
    if recorded_hash != _compute_hash(document):
        raise BackupDamaged(f"{path} was changed since it was written: its checksum is another")
    return Manifest(
        topic=document["topic"],
        topic_id=document["topicId"],
        config=document["config"],
        next_offsets=_to_int_keys(document["nextOffsets"]),
        gaps=tuple(BackupGap(**gap) for gap in document["gaps"]),
        segments=tuple(
            Segment(
                file=segment["file"],
                sha256=segment["sha256"],
                records=segment["records"],
                offsets={
                    partition: (first, end)
                    for partition, (first, end) in _to_int_keys(segment["offsets"]).items()
                },
            )
            for segment in document["segments"]
        ),
    )


def check_segment(directory: Path, segment: Segment) -> None:
    """Compare a segment's file with its hash; raises BackupDamaged."""
    path = segment_path(directory, segment.file)
    try:
        actual_hash = file_hash(path)
    except OSError as error:
        raise BackupDamaged(f"{path}: {error.strerror}") from error
    if actual_hash != segment.sha256:
        raise BackupDamaged(
            f"{path} was changed since it was written: its SHA-256 is {actual_hash}, "
            f"the manifest says {segment.sha256}"
        )


def file_hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _compute_hash(document: Mapping[str, Any]) -> str:
    return hashlib.sha256(orjson.dumps(document, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _to_text_keys(by_partition: Mapping[int, Any]) -> dict[str, Any]:
    return {str(partition): value for partition, value in by_partition.items()}


def _to_int_keys(by_text: Mapping[str, Any]) -> dict[int, Any]:
    return {int(partition): value for partition, value in by_text.items()}
