"""The files within a zip, unpacked within limits.

They are found by the directory or, if truncated, by the headers in front of each file.
"""

import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO

from registry.archives.export_paths import leads_elsewhere

_MAX_PATH_LENGTH = 4096
#: The reason for leaving out an entry.
ODD_PATH = "is no path that an export has."
_CHUNK = 64 * 1024
#: What zipfile raises over damage, of which BadZipFile is but one.
UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    OverflowError,
    RuntimeError,
    ValueError,
)
_SUPPORTED_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
#: PKZIP's APPNOTE 4.3.7: signature, version, flags, method, time, date, crc, sizes, lengths.
_HEADER = struct.Struct("<4s5H3L2H")
_SIGNATURE = b"PK\x03\x04"
#: APPNOTE 4.3.16: signature, disks, entries here and in all, size, offset, length of the comment.
_END = struct.Struct("<4s4H2LH")
_END_SIGNATURE = b"PK\x05\x06"
#: The count of entries is in the zip64 record.
_ZIP64_COUNT = 0xFFFF
_DESCRIPTOR_SIGNATURE = b"PK\x07\x08"
_ENCRYPTED, _SIZES_FOLLOW, _UTF8 = 0x1, 0x8, 0x800


class ArchiveDamaged(Exception):
    """The zip is no export, or damaged or hostile; the message names the fault and its place."""


class ArchiveLimitExceeded(ArchiveDamaged):
    """A limit is exceeded; nothing further is read."""


@dataclass(frozen=True, slots=True)
class ArchiveLimits:
    """`entries` is a count; `entry` and `total` are bytes once unpacked."""

    entries: int = 1_000_000
    entry: int = 32 * 1024 * 1024
    total: int = 4 * 1024 * 1024 * 1024


#: Is called with what is wrong with an entry, after which the next entries are read all the same.
OnDamage = Callable[[ArchiveDamaged], None]
#: A path and its bytes, None where they can't be unpacked.
Member = tuple[str, bytes | None]
#: Returns paths in the order to read them in; gets a function to read one of them beforehand.
Arrange = Callable[[list[str], Callable[[str], bytes | None]], list[str]]


class ZipReader:
    """Counts unpacked bytes; without `on_damage` the first damage is raised.

    Where the caller judges paths by itself, `checks_paths` is false.
    """

    def __init__(
        self, limits: ArchiveLimits, on_damage: OnDamage | None, checks_paths: bool = True
    ) -> None:
        self._limits = limits
        self._on_damage = on_damage
        self._checks_paths = checks_paths
        self._unpacked = 0

    def report_damage(self, description: str) -> None:
        error = ArchiveDamaged(description)
        if self._on_damage is None:
            raise error
        self._on_damage(error)

    def members(
        self, file: IO[bytes], arrange: Arrange = lambda paths, read: paths
    ) -> Iterator[Member]:
        """Yield the members; raises ArchiveDamaged, also in between.

        Those of a zip that is cut off come in their order, all others as `arrange` has it.
        """
        try:
            archive = _open_with_whole_directory(file)
        except UNREADABLE as error:
            self.report_damage(f"It is no zip that can be read: {error}")
            file.seek(0)
            yield from self._members_by_headers(file)
            return
        with archive:
            yield from self._members_by_directory(archive, arrange)

    def _members_by_directory(self, archive: zipfile.ZipFile, arrange: Arrange) -> Iterator[Member]:
        infos = archive.infolist()
        if len(infos) > self._limits.entries:
            raise ArchiveLimitExceeded(
                f"It holds {len(infos):,} entries; {self._limits.entries:,} are the limit."
            )
        paths: set[str] = set()
        accepted: dict[str, zipfile.ZipInfo] = {}
        # By what the directory says of them, before any is unpacked.
        for info in infos:
            path = info.filename
            reason = self._rejection(path, info.orig_filename, info.flag_bits, info.compress_type)
            if not reason and path in paths:
                reason = "is there twice."
            paths.add(path)
            if reason:
                self.report_damage(f"{quote_path(path)} {reason}")
            else:
                accepted[path] = info
        unreadable: set[str] = set()

        def read(path: str) -> bytes | None:
            content = None if path in unreadable else self._unpack(archive, accepted[path])
            if content is None:
                unreadable.add(path)
            return content

        for path in arrange(list(accepted), read):
            yield path, read(path)

    def _rejection(self, path: str, stored_path: str, flags: int, method: int) -> str:
        """Return the reason for skipping a member; empty if it is readable."""
        is_odd = len(path) > _MAX_PATH_LENGTH or "\0" in stored_path
        if is_odd or (self._checks_paths and leads_elsewhere(path)):
            return ODD_PATH
        if flags & _ENCRYPTED:
            return "is encrypted."
        return "" if method in _SUPPORTED_METHODS else "is packed in a way that no export is."

    def _unpack(self, archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes | None:
        # The size that an entry claims is not trusted.
        chunks: list[bytes] = []
        size = 0
        try:
            with archive.open(info) as stream:
                while chunk := stream.read(_CHUNK):
                    size += len(chunk)
                    self._check_size(info.filename, size)
                    chunks.append(chunk)
        except UNREADABLE as error:
            self.report_damage(f"{quote_path(info.filename)} can't be unpacked: {error}")
            return None
        self._unpacked += size
        return b"".join(chunks)

    def _check_size(self, path: str, size: int) -> None:
        limit = min(self._limits.entry, self._limits.total - self._unpacked)
        if size > limit:
            raise ArchiveLimitExceeded(
                f"{quote_path(path)} unpacks to more than the {limit:,} bytes that are "
                "allowed here."
            )

    def _members_by_headers(self, file: IO[bytes]) -> Iterator[Member]:
        """Yield members up to a truncation, or the end of the headers."""
        count = 0
        while (header := file.read(_HEADER.size)).startswith(_SIGNATURE):
            count += 1
            if count > self._limits.entries:
                raise ArchiveLimitExceeded(f"It holds more than {self._limits.entries:,} entries.")
            if len(header) < _HEADER.size:
                return
            member = self._read_member(file, header)
            if member is None:
                return
            yield member

    def _read_member(self, file: IO[bytes], header: bytes) -> Member | None:
        """Return a member; None if it is truncated or unreadable, after reporting it."""
        _, _, flags, method, _, _, crc, packed_size, _, *lengths = _HEADER.unpack(header)
        raw_path = file.read(lengths[0])
        file.read(lengths[1])
        path = raw_path.decode("utf-8" if flags & _UTF8 else "cp437", "replace")
        has_sizes = not flags & _SIZES_FOLLOW
        reason = self._rejection(path, path, flags, method)
        if not reason and method == zipfile.ZIP_STORED and not has_sizes:
            reason = "does not tell where it ends."
        if reason:
            self.report_damage(f"{quote_path(path)} {reason}")
            return None
        if method:
            content = self._inflate(file, path)
        else:
            self._check_size(path, packed_size)
            content = file.read(packed_size)
            content = content if len(content) == packed_size else None
        if content is None:
            self.report_damage(f"{quote_path(path)} is cut off.")
            return None
        if not has_sizes:
            # The checksum and the sizes stand after the content, with or without a signature.
            descriptor = file.read(4)
            if descriptor == _DESCRIPTOR_SIGNATURE:
                descriptor = file.read(4)
            file.read(8)
            crc = int.from_bytes(descriptor, "little")
        if crc != zlib.crc32(content):
            self.report_damage(f"{quote_path(path)} has another checksum than it should.")
            return path, None
        self._unpacked += len(content)
        return path, content

    def _inflate(self, file: IO[bytes], path: str) -> bytes | None:
        """Leave the file at the end of the content; return None if it has no end."""
        inflate = zlib.decompressobj(-zlib.MAX_WBITS)
        chunks: list[bytes] = []
        size = 0
        while not inflate.eof:
            packed = inflate.unconsumed_tail or file.read(_CHUNK)
            if not packed:
                return None
            try:
                chunks.append(inflate.decompress(packed, _CHUNK))
            except zlib.error:
                return None
            size += len(chunks[-1])
            self._check_size(path, size)
        file.seek(-len(inflate.unused_data), 1)
        return b"".join(chunks)


def _open_with_whole_directory(file: IO[bytes]) -> zipfile.ZipFile:
    # A length that is spoilt in the directory hides entries from zipfile.
    archive = zipfile.ZipFile(file)
    file.seek(-_END.size - len(archive.comment), 2)
    signature, _, _, _, count, *_ = _END.unpack(file.read(_END.size))
    if signature != _END_SIGNATURE or count not in {len(archive.infolist()), _ZIP64_COUNT}:
        archive.close()
        raise zipfile.BadZipFile("its directory is spoilt")
    return archive


def quote_path(path: str) -> str:
    """Return a path for a message: in quotes, printable, at most 200 characters."""
    short = path if len(path) <= 200 else f"{path[:200]}…"
    return f"'{''.join(sign if sign.isprintable() else '�' for sign in short)}'"
