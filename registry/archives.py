"""Reads an export as Apicurio writes it: a zip of JSON documents, checked before it is believed.

Paths only name entries and are never opened as files; what is in an entry counts.
"""

import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import IO, Any

import orjson

_DATA_SUFFIX = ".Content.data"
_LONGEST_PATH = 4096
_CHUNK = 64 * 1024
#: What zipfile raises over damage, of which BadZipFile is but one.
_UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    OverflowError,
    RuntimeError,
    ValueError,
)
_PLAIN = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


class ArchiveDamaged(Exception):
    """It is no export, or a spoilt or hostile one; the text says what is wrong and where."""


class EntryKind(StrEnum):
    """What an entry tells of, as the second last part of its path names it."""

    MANIFEST = "Manifest"
    CONTENT = "Content"
    GROUP = "Group"
    ARTIFACT_VERSION = "ArtifactVersion"
    COMMENT = "Comment"
    ARTIFACT_RULE = "ArtifactRule"
    GLOBAL_RULE = "GlobalRule"


@dataclass(frozen=True, slots=True)
class ArchiveLimits:
    """`entries` is a count; `entry` and `total` are bytes once unpacked."""

    entries: int = 1_000_000
    entry: int = 32 * 1024 * 1024
    total: int = 4 * 1024 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Entry:
    """One document, and of a content its bytes."""

    kind: EntryKind
    path: str
    document: dict[str, Any]
    data: bytes | None = None


_LIMITS = ArchiveLimits()


def read_archive(file: IO[bytes], limits: ArchiveLimits = _LIMITS) -> Iterator[Entry]:
    """The entries in their order, the manifest first; raises ArchiveDamaged, also in between."""
    try:
        with zipfile.ZipFile(file) as archive:
            yield from _Archive(archive, limits).entries()
    except _UNREADABLE as error:
        raise ArchiveDamaged(f"It is no zip that can be read: {error}") from error


class _Archive:
    def __init__(self, archive: zipfile.ZipFile, limits: ArchiveLimits) -> None:
        self._archive = archive
        self._limits = limits
        self._unpacked = 0
        self._infos = archive.infolist()

    def entries(self) -> Iterator[Entry]:
        self._check()
        found = iter(self._infos)
        is_first = True
        for info in found:
            kind = _kind(info.filename)
            if is_first and kind is not EntryKind.MANIFEST:
                raise ArchiveDamaged(
                    f"{_shown(info.filename)} comes first; an export begins with its manifest."
                )
            is_first = False
            document = self._document(info)
            data = self._data(info, next(found, None)) if kind is EntryKind.CONTENT else None
            yield Entry(kind, info.filename, document, data)
        if is_first:
            raise ArchiveDamaged("It holds nothing, not even the manifest of an export.")

    def _check(self) -> None:
        """By what the directory of the zip says, before anything is unpacked."""
        if len(self._infos) > self._limits.entries:
            raise ArchiveDamaged(
                f"It holds {len(self._infos):,} entries; {self._limits.entries:,} are the limit."
            )
        seen: set[str] = set()
        for info in self._infos:
            _check_path(info)
            if info.filename in seen:
                raise ArchiveDamaged(f"{_shown(info.filename)} is there twice.")
            seen.add(info.filename)

    def _read(self, info: zipfile.ZipInfo) -> bytes:
        """What an entry claims of its size is not believed."""
        limit = min(self._limits.entry, self._limits.total - self._unpacked)
        chunks, size = [], 0
        with self._archive.open(info) as stream:
            while chunk := stream.read(_CHUNK):
                size += len(chunk)
                if size > limit:
                    raise ArchiveDamaged(
                        f"{_shown(info.filename)} unpacks to more than the {limit:,} bytes that "
                        "are allowed here."
                    )
                chunks.append(chunk)
        self._unpacked += size
        return b"".join(chunks)

    def _document(self, info: zipfile.ZipInfo) -> dict[str, Any]:
        try:
            document = orjson.loads(self._read(info))
        except orjson.JSONDecodeError as error:
            raise ArchiveDamaged(f"{_shown(info.filename)} is not JSON: {error}") from error
        if not isinstance(document, dict):
            raise ArchiveDamaged(f"{_shown(info.filename)} is not a JSON object.")
        return document

    def _data(self, content: zipfile.ZipInfo, following: zipfile.ZipInfo | None) -> bytes:
        expected = content.filename.removesuffix(".json") + ".data"
        if following is None or following.filename != expected:
            raise ArchiveDamaged(
                f"{_shown(content.filename)} is not followed by its bytes, {_shown(expected)}."
            )
        return self._read(following)


def _kind(path: str) -> EntryKind:
    parts = path.rsplit(".", 2)
    known = {kind.value: kind for kind in EntryKind}
    if len(parts) == 3 and parts[2] == "json" and parts[1] in known:
        return known[parts[1]]
    if path.endswith(_DATA_SUFFIX):
        raise ArchiveDamaged(f"{_shown(path)} does not follow the document of its content.")
    raise ArchiveDamaged(f"{_shown(path)} is no entry of an export.")


def _check_path(info: zipfile.ZipInfo) -> None:
    path = info.filename
    is_odd = (
        len(path) > _LONGEST_PATH
        or path.startswith("/")
        or "\0" in info.orig_filename
        or ".." in path.replace("\\", "/").split("/")
    )
    if is_odd:
        raise ArchiveDamaged(f"{_shown(path)} is no path that an export has.")
    if info.flag_bits & 0x1:
        raise ArchiveDamaged(f"{_shown(path)} is encrypted.")
    if info.compress_type not in _PLAIN:
        raise ArchiveDamaged(f"{_shown(path)} is packed in a way that no export is.")


def _shown(path: str) -> str:
    short = path if len(path) <= 200 else f"{path[:200]}…"
    return f"'{''.join(sign if sign.isprintable() else '�' for sign in short)}'"
