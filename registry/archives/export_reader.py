"""Reads an export in Apicurio's format: a zip of JSON documents, validated before use.

Paths only name entries and are never opened as files; the content of an entry counts.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import IO, Any

import msgspec
import orjson

from registry.archives.export_paths import is_java_path, leads_elsewhere
from registry.archives.zip_reader import (
    ODD_PATH,
    UNREADABLE,
    ArchiveLimits,
    Member,
    OnDamage,
    ZipReader,
    quote_path,
)

_DATA_SUFFIX = ".Content.data"


class ExportEntryKind(StrEnum):
    """The kind of an entry, the second last part of its path; in the order of an export."""

    MANIFEST = "Manifest"
    CONTENT = "Content"
    GROUP = "Group"
    ARTIFACT_VERSION = "ArtifactVersion"
    COMMENT = "Comment"
    ARTIFACT_RULE = "ArtifactRule"
    GLOBAL_RULE = "GlobalRule"


_KINDS = {kind.value: kind for kind in ExportEntryKind}
#: Of the entries of an export.
_ORDER = tuple(ExportEntryKind)
#: What file managers leave in folders.
_CLUTTER = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})
#: How a file of attributes begins that macOS puts beside another one: RFC 1740, appendix A.
_APPLE_DOUBLE = b"\x00\x05\x16\x07"


@dataclass(frozen=True, slots=True)
class ExportEntry:
    """A JSON document, with the bytes if it describes a content."""

    kind: ExportEntryKind
    path: str
    document: dict[str, Any]
    data: bytes | None = None


class _VersionAge(msgspec.Struct, rename="camel"):
    """What orders the versions of an artifact."""

    created_on: int = 0
    global_id: int = 0

    @property
    def key(self) -> tuple[int, int]:
        return self.created_on, self.global_id


_decode_age = msgspec.json.Decoder(_VersionAge).decode
_LIMITS = ArchiveLimits()


def read_archive(
    file: IO[bytes], limits: ArchiveLimits = _LIMITS, on_damage: OnDamage | None = None
) -> Iterator[ExportEntry]:
    """Yield the entries, in the order of an export; raises ArchiveDamaged, also in between.

    With `on_damage`, damaged or hostile entries are reported and left out, and a truncated zip is
    read up to its end; then only ArchiveLimitExceeded is raised.
    """
    zip_reader = ZipReader(limits, on_damage, checks_paths=False)
    members = (
        (path, data)
        for path, data in zip_reader.members(file, _arrange)
        if not _is_clutter(path, data)
    )
    try:
        for entry in _read_entries(members, zip_reader.report_damage):
            if _is_of_registry_3(entry):
                version = _text(entry, "systemVersion")
                zip_reader.report_damage(
                    f"It is an export of Apicurio Registry {version}, which has another form than"
                    " those of 2, which are read here."
                )
                return
            yield entry
    except UNREADABLE as error:
        zip_reader.report_damage(f"It is no zip that can be read: {error}")


def _arrange(paths: list[str], read: Callable[[str], bytes | None]) -> list[str]:
    """Restore the order of an export, lost if its zip was unpacked and packed again."""
    first: dict[str, int] = {}
    for path in paths:
        first.setdefault(_without_suffix(path), len(first))

    def rank(path: str) -> tuple[int, int, bool]:
        kind = _kind(path)
        order = len(_ORDER) if kind is None else _ORDER.index(kind)
        return order, first[_without_suffix(path)], path.endswith(_DATA_SUFFIX)

    arranged = sorted(paths, key=rank)
    if arranged == paths:
        return paths
    # An artifact is made with its first version, as old as that is.
    ages = {
        path: _age(read(path)) for path in paths if _kind(path) is ExportEntryKind.ARTIFACT_VERSION
    }
    return sorted(arranged, key=lambda path: (rank(path)[0], ages.get(path, (0, 0))))


def _age(data: bytes | None) -> tuple[int, int]:
    """Return time and global id of a version; zeros for an invalid one, to be rejected."""
    try:
        return _decode_age(data or b"").key
    except msgspec.MsgspecError:
        return 0, 0


def _kind(path: str) -> ExportEntryKind | None:
    parts = path.rsplit(".", 2)
    return _KINDS.get(parts[1]) if len(parts) == 3 and parts[2] in {"json", "data"} else None


def _without_suffix(path: str) -> str:
    return path.rpartition(".")[0]


def _read_entries(
    members: Iterator[Member], report_damage: Callable[[str], None]
) -> Iterator[ExportEntry]:
    #: The document of a content, whose bytes come next.
    content: ExportEntry | None = None
    is_first = True
    for path, data in members:
        if content is not None and path == _data_path(content):
            if data is not None:
                yield ExportEntry(content.kind, content.path, content.document, data)
            content = None
            continue
        if content is not None:
            report_damage(_missing_data(content))
        content = None
        kind = _kind(path) if path.endswith(".json") else None
        if is_first and kind is not ExportEntryKind.MANIFEST:
            report_damage(f"{quote_path(path)} comes first; an export begins with its manifest.")
        is_first = False
        entry = _parse_entry(kind, path, data, report_damage)
        if entry is not None and entry.kind is ExportEntryKind.CONTENT:
            content = entry
        elif entry is not None:
            yield entry
    if content is not None:
        report_damage(_missing_data(content))
    if is_first:
        report_damage("It holds nothing, not even the manifest of an export.")


def _is_clutter(path: str, data: bytes | None) -> bool:
    """Return whether the packing program has added the entry: a folder, or its own notes."""
    path = path.replace("\\", "/")
    name = path.rpartition("/")[2]
    return (
        (not name and not data)
        or name in _CLUTTER
        or path.startswith("__MACOSX/")
        or (name.startswith("._") and (data or b"").startswith(_APPLE_DOUBLE))
    )


def _parse_entry(
    kind: ExportEntryKind | None,
    path: str,
    data: bytes | None,
    report_damage: Callable[[str], None],
) -> ExportEntry | None:
    """Return the entry; None for a damaged one, after reporting it."""
    if kind is None:
        reason = "is no entry of an export."
        if path.endswith(_DATA_SUFFIX):
            reason = "does not follow the document of its content."
        report_damage(f"{quote_path(path)} {ODD_PATH if leads_elsewhere(path) else reason}")
        return None
    if data is None:
        return None
    try:
        document = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        report_damage(f"{quote_path(path)} is not JSON: {error}")
        return None
    if not isinstance(document, dict):
        report_damage(f"{quote_path(path)} is not a JSON object.")
        return None
    # Java nodes put ids into paths as they are.
    if leads_elsewhere(path) and not is_java_path(path, kind, document):
        report_damage(f"{quote_path(path)} {ODD_PATH}")
        return None
    return ExportEntry(kind, path, document)


def _is_of_registry_3(entry: ExportEntry) -> bool:
    """Tell by the manifest; the first releases of 3 call their form 1.0, too."""
    is_apicurio = "apicurio" in _text(entry, "systemName").lower()
    return entry.kind is ExportEntryKind.MANIFEST and (
        _text(entry, "exportVersion").startswith("3.")
        or (is_apicurio and _text(entry, "systemVersion").startswith("3."))
    )


def _text(entry: ExportEntry, key: str) -> str:
    """Return a short text of a document, or an empty one."""
    value = entry.document.get(key)
    return value[:40] if isinstance(value, str) else ""


def _data_path(content: ExportEntry) -> str:
    return content.path.removesuffix(".json") + ".data"


def _missing_data(content: ExportEntry) -> str:
    return (
        f"{quote_path(content.path)} is not followed by its bytes, "
        f"{quote_path(_data_path(content))}."
    )
