"""Reads an export as Apicurio writes it: a zip of JSON documents, checked before it is believed.

Paths only name entries and are never opened as files; what is in an entry counts.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import IO, Any

import orjson

from registry.archives.zip_reader import (
    UNREADABLE,
    ArchiveLimits,
    Member,
    OnDamage,
    ZipReader,
    quote_path,
)

_DATA_SUFFIX = ".Content.data"
_NO_ENTRY = "is no entry of an export"


class ExportEntryKind(StrEnum):
    """What an entry tells of, as the second last part of its path names it."""

    MANIFEST = "Manifest"
    CONTENT = "Content"
    GROUP = "Group"
    ARTIFACT_VERSION = "ArtifactVersion"
    COMMENT = "Comment"
    ARTIFACT_RULE = "ArtifactRule"
    GLOBAL_RULE = "GlobalRule"


@dataclass(frozen=True, slots=True)
class ExportEntry:
    """One document, and of a content its bytes."""

    kind: ExportEntryKind
    path: str
    document: dict[str, Any]
    data: bytes | None = None


_LIMITS = ArchiveLimits()


def read_archive(
    file: IO[bytes], limits: ArchiveLimits = _LIMITS, on_damage: OnDamage | None = None
) -> Iterator[ExportEntry]:
    """The entries in their order, the manifest first; raises ArchiveDamaged, also in between.

    With `on_damage`, what is spoilt or hostile is told and left out, and a zip whose end is cut off
    is read up to there; then only what is too large or too much raises.
    """
    unpacking = ZipReader(limits, on_damage)
    try:
        yield from _Reading(unpacking).entries(unpacking.members(file))
    except UNREADABLE as error:
        unpacking.damaged(f"It is no zip that can be read: {error}")


class _Reading:
    def __init__(self, unpacking: ZipReader) -> None:
        self._damaged = unpacking.damaged

    def entries(self, members: Iterator[Member]) -> Iterator[ExportEntry]:
        content: ExportEntry | None = None
        is_first = True
        for path, held in members:
            if content is not None and path == _data_path(content):
                if held is not None:
                    yield ExportEntry(content.kind, content.path, content.document, held)
                content = None
                continue
            self._tell_missing(content)
            content = None
            if is_first and _kind(path) is not ExportEntryKind.MANIFEST:
                self._damaged(
                    f"{quote_path(path)} comes first; an export begins with its manifest."
                )
            is_first = False
            entry = self._entry(path, held)
            if entry is not None and entry.kind is ExportEntryKind.CONTENT:
                content = entry
            elif entry is not None:
                yield entry
        self._tell_missing(content)
        if is_first:
            self._damaged("It holds nothing, not even the manifest of an export.")

    def _tell_missing(self, content: ExportEntry | None) -> None:
        if content is not None:
            self._damaged(
                f"{quote_path(content.path)} is not followed by its bytes, "
                f"{quote_path(_data_path(content))}."
            )

    def _entry(self, path: str, held: bytes | None) -> ExportEntry | None:
        """None if it is told to be damaged."""
        kind = _kind(path)
        if kind is None:
            is_data = path.endswith(_DATA_SUFFIX)
            why = "does not follow the document of its content" if is_data else _NO_ENTRY
            self._damaged(f"{quote_path(path)} {why}.")
        elif held is not None:
            return self._with_document(kind, path, held)
        return None

    def _with_document(self, kind: ExportEntryKind, path: str, held: bytes) -> ExportEntry | None:
        try:
            document = orjson.loads(held)
        except orjson.JSONDecodeError as error:
            self._damaged(f"{quote_path(path)} is not JSON: {error}")
            return None
        if not isinstance(document, dict):
            self._damaged(f"{quote_path(path)} is not a JSON object.")
            return None
        return ExportEntry(kind, path, document)


def _data_path(content: ExportEntry) -> str:
    return content.path.removesuffix(".json") + ".data"


def _kind(path: str) -> ExportEntryKind | None:
    parts = path.rsplit(".", 2)
    known = {kind.value: kind for kind in ExportEntryKind}
    return known.get(parts[1]) if len(parts) == 3 and parts[2] == "json" else None
