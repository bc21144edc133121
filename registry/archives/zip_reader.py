"""The files within a zip, unpacked within limits: by its directory, or where that is cut off,
by the headers that stand before each.
"""

import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO

_LONGEST_PATH = 4096
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
_PLAIN = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
#: PKZIP's APPNOTE 4.3.7: signature, version, flags, method, time, date, crc, sizes, lengths.
_HEADER = struct.Struct("<4s5H3L2H")
_SIGNATURE = b"PK\x03\x04"
#: APPNOTE 4.3.16: signature, disks, entries here and in all, size, offset, length of the comment.
_END = struct.Struct("<4s4H2LH")
_END_SIGNATURE = b"PK\x05\x06"
#: In zip64, which is told before the end.
_COUNT_ELSEWHERE = 0xFFFF
_DESCRIPTOR = b"PK\x07\x08"
_ENCRYPTED, _SIZES_FOLLOW, _UTF8 = 0x1, 0x8, 0x800


class ArchiveDamaged(Exception):
    """It is no export, or a spoilt or hostile one; the text says what is wrong and where."""


@dataclass(frozen=True, slots=True)
class ArchiveLimits:
    """`entries` is a count; `entry` and `total` are bytes once unpacked."""

    entries: int = 1_000_000
    entry: int = 32 * 1024 * 1024
    total: int = 4 * 1024 * 1024 * 1024


#: Hears of an entry what is wrong with it, where the others are to be read all the same.
OnDamage = Callable[[ArchiveDamaged], None]
#: A path and its bytes, None where they can't be had.
Member = tuple[str, bytes | None]


class ArchiveLimitExceeded(ArchiveDamaged):
    """More than the limits allow: nothing further is read."""


class ZipReader:
    """Counts what is unpacked; without `on_damage` the first damage is raised."""

    def __init__(self, limits: ArchiveLimits, on_damage: OnDamage | None) -> None:
        self._limits = limits
        self._on_damage = on_damage
        self._unpacked = 0

    def damaged(self, why: str) -> None:
        error = ArchiveDamaged(why)
        if self._on_damage is None:
            raise error
        self._on_damage(error)

    def members(self, file: IO[bytes]) -> Iterator[Member]:
        """In their order; raises ArchiveDamaged also in between."""
        try:
            archive = _with_whole_directory(file)
        except UNREADABLE as error:
            self.damaged(f"It is no zip that can be read: {error}")
            file.seek(0)
            yield from self._without_directory(file)
            return
        with archive:
            yield from self._by_directory(archive)

    def _by_directory(self, archive: zipfile.ZipFile) -> Iterator[Member]:
        infos = archive.infolist()
        if len(infos) > self._limits.entries:
            raise ArchiveLimitExceeded(
                f"It holds {len(infos):,} entries; {self._limits.entries:,} are the limit."
            )
        seen: set[str] = set()
        fitting = [info for info in infos if self._fits(info, seen)]
        for info in fitting:
            yield info.filename, self._unpacked_whole(archive, info)

    def _fits(self, info: zipfile.ZipInfo, seen: set[str]) -> bool:
        """By what the directory says of it, before anything is unpacked."""
        why = _why_not(info.filename, info.orig_filename, info.flag_bits, info.compress_type)
        if not why and info.filename in seen:
            why = "is there twice."
        seen.add(info.filename)
        if why:
            self.damaged(f"{quote_path(info.filename)} {why}")
        return not why

    def _unpacked_whole(self, archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes | None:
        """What an entry claims of its size is not believed."""
        chunks: list[bytes] = []
        size = 0
        try:
            with archive.open(info) as stream:
                while chunk := stream.read(_CHUNK):
                    size += len(chunk)
                    self._limit(info.filename, size)
                    chunks.append(chunk)
        except UNREADABLE as error:
            self.damaged(f"{quote_path(info.filename)} can't be unpacked: {error}")
            return None
        self._unpacked += size
        return b"".join(chunks)

    def _limit(self, path: str, size: int) -> None:
        limit = min(self._limits.entry, self._limits.total - self._unpacked)
        if size > limit:
            raise ArchiveLimitExceeded(
                f"{quote_path(path)} unpacks to more than the {limit:,} bytes that are "
                "allowed here."
            )

    def _without_directory(self, file: IO[bytes]) -> Iterator[Member]:
        """Up to where the file was cut off, or its headers end."""
        count = 0
        while (head := file.read(_HEADER.size)).startswith(_SIGNATURE):
            count += 1
            if count > self._limits.entries:
                raise ArchiveLimitExceeded(f"It holds more than {self._limits.entries:,} entries.")
            if len(head) < _HEADER.size:
                return
            member = self._next_member(file, head)
            if member is None:
                return
            yield member

    def _next_member(self, file: IO[bytes], head: bytes) -> Member | None:
        """None where the file ends within it, which was told."""
        _, _, flags, method, _, _, crc, packed, _, *lengths = _HEADER.unpack(head)
        raw = file.read(lengths[0])
        file.read(lengths[1])
        path = raw.decode("utf-8" if flags & _UTF8 else "cp437", "replace")
        if why := _why_not(path, path, flags, method):
            self.damaged(f"{quote_path(path)} {why}")
            return None
        has_sizes = not flags & _SIZES_FOLLOW
        if method == zipfile.ZIP_STORED and not has_sizes:
            self.damaged(f"{quote_path(path)} does not tell where it ends.")
            return None
        content = self._inflated(file, path) if method else self._stored(file, path, packed)
        if content is None:
            self.damaged(f"{quote_path(path)} is cut off.")
            return None
        if (crc if has_sizes else _descriptor_crc(file)) != zlib.crc32(content):
            self.damaged(f"{quote_path(path)} has another checksum than it should.")
            return path, None
        self._unpacked += len(content)
        return path, content

    def _stored(self, file: IO[bytes], path: str, size: int) -> bytes | None:
        self._limit(path, size)
        content = file.read(size)
        return content if len(content) == size else None

    def _inflated(self, file: IO[bytes], path: str) -> bytes | None:
        """`file` stands at the end of it afterwards; None if it has none."""
        inflate = zlib.decompressobj(-zlib.MAX_WBITS)
        chunks: list[bytes] = []
        size = 0
        packed = b""
        while not inflate.eof:
            packed = inflate.unconsumed_tail or file.read(_CHUNK)
            if not packed:
                return None
            try:
                chunks.append(inflate.decompress(packed, _CHUNK))
            except zlib.error:
                return None
            size += len(chunks[-1])
            self._limit(path, size)
        file.seek(-len(inflate.unused_data), 1)
        return b"".join(chunks)


def _with_whole_directory(file: IO[bytes]) -> zipfile.ZipFile:
    """A length that is spoilt in the directory hides entries from zipfile; raises UNREADABLE."""
    archive = zipfile.ZipFile(file)
    file.seek(-_END.size - len(archive.comment), 2)
    signature, _, _, _, count, *_ = _END.unpack(file.read(_END.size))
    if signature != _END_SIGNATURE or count not in {len(archive.infolist()), _COUNT_ELSEWHERE}:
        archive.close()
        raise zipfile.BadZipFile("its directory is spoilt")
    return archive


def _descriptor_crc(file: IO[bytes]) -> int:
    """Of what stands after an entry whose sizes were not known before it."""
    head = file.read(4)
    if head == _DESCRIPTOR:
        head = file.read(4)
    file.read(8)
    return int.from_bytes(head, "little")


def _why_not(path: str, written: str, flags: int, method: int) -> str:
    is_odd = (
        len(path) > _LONGEST_PATH
        or path.startswith("/")
        or "\0" in written
        or ".." in path.replace("\\", "/").split("/")
    )
    if is_odd:
        return "is no path that an export has."
    if flags & _ENCRYPTED:
        return "is encrypted."
    return "" if method in _PLAIN else "is packed in a way that no export is."


def quote_path(path: str) -> str:
    """As it may stand in a message."""
    short = path if len(path) <= 200 else f"{path[:200]}…"
    return f"'{''.join(sign if sign.isprintable() else '�' for sign in short)}'"
