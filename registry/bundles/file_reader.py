"""Files of a bundle, read within limits; zips are unpacked in memory, and paths never opened."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import IO

from registry.archives.zip_reader import ArchiveDamaged, ArchiveLimits, ZipReader, quote_path

#: More remarks on what was left out are dropped.
_MAX_REMARKS = 50
_MAX_PATH_LENGTH = 200
_ZIP_SIGNATURES = (b"PK\x03\x04", b"PK\x05\x06")


class BundleRejected(Exception):
    """There is too much, or nothing, or an unreadable zip; the message has the reason."""


@dataclass(frozen=True, slots=True)
class BundleLimits:
    """`file` and `total` are bytes, once unpacked."""

    files: int = 300
    file: int = 10 * 1024 * 1024
    total: int = 50 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class BundleFile:
    """`path` is for people, and for references by path among the files."""

    path: str
    content: bytes


@dataclass(slots=True)
class BundleContents:
    """`remarks` are sentences about files left out, with the reasons."""

    files: list[BundleFile] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def is_zip(start: bytes) -> bool:
    """Return whether a file is a zip, by its first bytes and regardless of its name."""
    return start.startswith(_ZIP_SIGNATURES)


def read_bundle(files: Iterable[tuple[str, IO[bytes]]], limits: BundleLimits) -> BundleContents:
    """Read all files in their order, those of zips in place of the zip; raises BundleRejected."""
    reader = _BundleReader(limits)
    for name, file in files:
        start = file.read(4)
        file.seek(0)
        if is_zip(start):
            reader.unpack(name, file)
        else:
            # One byte more shows that it is too large.
            reader.add(name, file.read(limits.file + 1))
    if not reader.contents.files:
        remarks = " ".join(reader.contents.remarks[:3])
        raise BundleRejected(f"There is no file in it that could be uploaded. {remarks}".strip())
    return reader.contents


class _BundleReader:
    def __init__(self, limits: BundleLimits) -> None:
        self.contents = BundleContents()
        self._limits = limits
        self._size = 0
        self._paths: set[str] = set()

    def unpack(self, name: str, file: IO[bytes]) -> None:
        remaining = self._limits.total - self._size
        limits = ArchiveLimits(self._limits.files * 4, self._limits.file, remaining)
        zip_reader = ZipReader(limits, lambda damage: self._leave_out(str(damage)))
        try:
            for path, content in zip_reader.members(file):
                if content is None or path.endswith("/"):
                    continue
                if is_zip(content):
                    self._leave_out(f"{quote_path(path)} is a zip within the zip.")
                else:
                    self.add(path, content)
        except ArchiveDamaged as error:
            raise BundleRejected(f"{quote_path(name)}: {error}") from error

    def add(self, name: str, content: bytes) -> None:
        # As an address has it: without steps that lead up or to a root, and printable.
        steps = (
            "".join(sign if sign.isprintable() else "�" for sign in step)
            for step in name.replace("\\", "/").split("/")
            if step not in {"", ".", ".."}
        )
        path = "/".join(steps)[-_MAX_PATH_LENGTH:] or "file"
        file_name = path.rpartition("/")[2]
        reason = ""
        if file_name.startswith(".") or "__MACOSX/" in path:
            reason = "is no content, by its name."
        elif not content:
            reason = "is empty."
        elif path in self._paths:
            reason = "is there twice; the first one counts."
        if reason:
            self._leave_out(f"{quote_path(path)} {reason}")
            return
        if len(content) > self._limits.file:
            limit = f"{self._limits.file:,} bytes that a content may have"
            raise BundleRejected(f"{quote_path(path)} has more than the {limit}.")
        self._size += len(content)
        if self._size > self._limits.total:
            raise BundleRejected(f"All files together have more than {self._limits.total:,} bytes.")
        if len(self.contents.files) == self._limits.files:
            raise BundleRejected(f"There are more than {self._limits.files:,} files.")
        self._paths.add(path)
        self.contents.files.append(BundleFile(path, content))

    def _leave_out(self, remark: str) -> None:
        if len(self.contents.remarks) < _MAX_REMARKS:
            self.contents.remarks.append(remark)
