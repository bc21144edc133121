"""What a backup of a topic consists of: its manifest, which names every segment and its hash.

A file that the manifest does not name is no part of the backup.
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
    """A backup that is not what was written; the text says which file and how."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A gzip file of `jsonl` lines; `offsets` are (first, following) by partition."""

    file: str
    sha256: str
    records: int
    offsets: Mapping[int, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class BackupGap:
    """Offsets `first` to `last` that were gone from the topic before they were backed up."""

    partition: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """`next_offsets` is where the next increment begins; `config` are the topic's settings."""

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
    """In one step: whoever looks finds the old one or the new one."""
    document = _as_document(manifest)
    document["sha256"] = _hash(document)
    with durable_file(directory / _NAME) as file:
        file.write(orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))


@dataclass(frozen=True, slots=True)
class Verification:
    """When all segments were compared with their checksums last, in epoch ms, and up to where."""

    at: int
    next_offsets: Mapping[int, int]


def record_verification(directory: Path, manifest: Manifest) -> None:
    """The backup is what its checksums say, at this moment; raises OSError."""
    offsets = {str(partition): end for partition, end in manifest.next_offsets.items()}
    with durable_file(directory / _VERIFIED) as file:
        file.write(orjson.dumps({"at": int(time.time() * 1000), "nextOffsets": offsets}))


def read_verification(directory: Path) -> Verification | None:
    """None where nothing readable tells of it."""
    try:
        document = orjson.loads((directory / _VERIFIED).read_bytes())
        return Verification(int(document["at"]), _by_number(document["nextOffsets"]))
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None


def read_manifest(directory: Path) -> Manifest | None:
    """None if there is no backup; raises BackupDamaged, OSError."""
    path = directory / _NAME
    if not path.exists():
        return None
    try:
        document = orjson.loads(path.read_bytes())
        said = document.pop("sha256")
        kind = document["format"], document["version"]
    except (ValueError, TypeError, AttributeError, KeyError) as error:
        raise BackupDamaged(f"{path} is no manifest of a backup") from error
    if kind != (FORMAT, VERSION):
        raise BackupDamaged(f"{path} is of another format: {kind[0]} {kind[1]}")
    if said != _hash(document):
        raise BackupDamaged(f"{path} was changed since it was written: its checksum is another")
    return _of_document(document)


def check_segment(directory: Path, segment: Segment) -> None:
    """Raises BackupDamaged if the file is missing or not the one that was written."""
    path = segment_path(directory, segment.file)
    try:
        found = file_hash(path)
    except OSError as error:
        raise BackupDamaged(f"{path}: {error.strerror}") from error
    if found != segment.sha256:
        raise BackupDamaged(
            f"{path} was changed since it was written: its SHA-256 is {found}, "
            f"the manifest says {segment.sha256}"
        )


def file_hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _hash(document: Mapping[str, Any]) -> str:
    return hashlib.sha256(orjson.dumps(document, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _as_document(manifest: Manifest) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "version": VERSION,
        "topic": manifest.topic,
        "topicId": manifest.topic_id,
        "config": dict(manifest.config),
        "nextOffsets": _by_text(manifest.next_offsets),
        "gaps": [asdict(gap) for gap in manifest.gaps],
        "segments": [
            {**asdict(segment), "offsets": _by_text(segment.offsets)}
            for segment in manifest.segments
        ],
    }


def _by_text(by_partition: Mapping[int, Any]) -> dict[str, Any]:
    return {str(partition): held for partition, held in by_partition.items()}


def _of_document(document: Mapping[str, Any]) -> Manifest:
    return Manifest(
        topic=document["topic"],
        topic_id=document["topicId"],
        config=document["config"],
        next_offsets=_by_number(document["nextOffsets"]),
        gaps=tuple(BackupGap(**gap) for gap in document["gaps"]),
        segments=tuple(
            Segment(
                file=each["file"],
                sha256=each["sha256"],
                records=each["records"],
                offsets={at: (low, end) for at, (low, end) in _by_number(each["offsets"]).items()},
            )
            for each in document["segments"]
        ),
    )


def _by_number(by_text: Mapping[str, Any]) -> dict[int, Any]:
    return {int(partition): held for partition, held in by_text.items()}
