"""Files of a bundle, read within limits; zips are unpacked in memory, names are words only."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import IO

from registry.archives.zip_reader import ArchiveDamaged, ArchiveLimits, ZipReader, quote_path

#: Told at most of what was left out.
_MOST_REMARKS = 50
_LONGEST_PATH = 200
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")


class BundleRejected(Exception):
    """There is too much, or nothing, or a zip that can't be read; the text says which."""


@dataclass(frozen=True, slots=True)
class BundleLimits:
    """`file` and `total` are bytes, once unpacked."""

    files: int = 300
    file: int = 10 * 1024 * 1024
    total: int = 50 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class BundleFile:
    """`path` is for people, and tells files apart that refer to each other by paths."""

    path: str
    content: bytes


@dataclass(slots=True)
class BundleContents:
    """`remarks` say what was left out and why."""

    files: list[BundleFile] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def is_zip(start: bytes) -> bool:
    """By its first bytes, whatever it is called."""
    return start.startswith(_ZIP)


def read_bundle(given: Iterable[tuple[str, IO[bytes]]], limits: BundleLimits) -> BundleContents:
    """All files in their order, those of zips in their place; raises BundleRefused."""
    reading = _Reading(limits)
    for name, file in given:
        start = file.read(4)
        file.seek(0)
        if is_zip(start):
            reading.unpack(name, file)
        else:
            # One byte more tells that it is too large.
            reading.take(name, file.read(limits.file + 1))
    if not reading.read.files:
        told = " ".join(reading.read.remarks[:3])
        raise BundleRejected(f"There is no file in it that could be uploaded. {told}".strip())
    return reading.read


class _Reading:
    def __init__(self, limits: BundleLimits) -> None:
        self.read = BundleContents()
        self._limits = limits
        self._size = 0
        self._paths: set[str] = set()

    def unpack(self, name: str, file: IO[bytes]) -> None:
        left = self._limits.total - self._size
        limits = ArchiveLimits(self._limits.files * 4, self._limits.file, left)
        unpacking = ZipReader(limits, lambda damage: self._leave_out(str(damage)))
        try:
            for path, content in unpacking.members(file):
                if content is None or path.endswith("/"):
                    continue
                if is_zip(content):
                    self._leave_out(f"{quote_path(path)} is a zip within the zip.")
                else:
                    self.take(path, content)
        except ArchiveDamaged as error:
            raise BundleRejected(f"{quote_path(name)}: {error}") from error

    def take(self, name: str, content: bytes) -> None:
        path = _plain(name)
        last = path.rpartition("/")[2]
        if last.startswith(".") or "__MACOSX/" in path:
            self._leave_out(f"{quote_path(path)} is no content, by its name.")
        elif not content:
            self._leave_out(f"{quote_path(path)} is empty.")
        elif path in self._paths:
            self._leave_out(f"{quote_path(path)} is there twice; the first one counts.")
        else:
            self._add(path, content)

    def _add(self, path: str, content: bytes) -> None:
        if len(content) > self._limits.file:
            most = f"{self._limits.file:,} bytes that a content may have"
            raise BundleRejected(f"{quote_path(path)} has more than the {most}.")
        self._size += len(content)
        if self._size > self._limits.total:
            raise BundleRejected(f"All files together have more than {self._limits.total:,} bytes.")
        if len(self.read.files) == self._limits.files:
            raise BundleRejected(f"There are more than {self._limits.files:,} files.")
        self._paths.add(path)
        self.read.files.append(BundleFile(path, content))

    def _leave_out(self, why: str) -> None:
        if len(self.read.remarks) < _MOST_REMARKS:
            self.read.remarks.append(why)


def _plain(name: str) -> str:
    """Steps as an address has them; what leads up or to a root is cut off."""
    steps = (
        "".join(sign if sign.isprintable() else "�" for sign in step)
        for step in name.replace("\\", "/").split("/")
    )
    kept = [each for each in steps if each not in {"", ".", ".."}]
    return "/".join(kept)[-_LONGEST_PATH:] or "file"
