"""Writes a zip while it is read: what memory holds does not grow with the entries.

PKZIP's APPNOTE 6.3 has the layout; the directory waits in a file until the entries are through.
"""

import struct
import time
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import IO

_CHUNK = 64 * 1024
_STORED, _DEFLATED = 0, 8
#: Names are UTF-8; what is behind them needs PKZIP 2.0, or 4.5 where 32 bits are too few.
_UTF8, _PLAIN, _ZIP64 = 0x800, 20, 45
_MOST_16, _MOST_32 = 0xFFFF, 0xFFFFFFFF
#: 4.3.7: signature, version, flags, method, time, date, crc, sizes, lengths.
_HEADER = struct.Struct("<4s5H3L2H")
#: 4.3.12: the same with the version of the maker, lengths, disk, attributes, offset.
_RECORD = struct.Struct("<4s6H3L5H2L")
#: 4.5.3: an offset of 64 bits.
_FAR = struct.Struct("<2HQ")
#: 4.3.14 and 4.3.15: where the directory is, in 64 bits.
_END64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR = struct.Struct("<4sLQL")
#: 4.3.16: disks, entries here and in all, size, offset, length of the comment.
_END = struct.Struct("<4s4H2LH")


def zip_chunks(entries: Iterable[tuple[str, bytes]]) -> Iterator[bytes]:
    """The zip of these paths and contents in pieces of some 64 KiB; each content below 4 GiB."""
    with TemporaryFile() as directory:
        writing = ZipWriter(directory)
        pending = bytearray()
        for path, content in entries:
            pending += writing.entry(path.encode(), content)
            if len(pending) >= _CHUNK:
                yield bytes(pending)
                pending.clear()
        yield bytes(pending)
        directory.seek(0)
        while chunk := directory.read(_CHUNK):
            yield chunk
        yield writing.end()


@dataclass(slots=True)
class ZipWriter:
    """`offset` is how long the zip is so far, `count` how many entries it has.

    What it returns is to be written there; the directory comes between the entries and the end.
    """

    directory: IO[bytes]
    offset: int = 0
    count: int = 0

    def entry(self, name: bytes, content: bytes) -> bytes:
        packed, method = _packed(content)
        facts = (
            *(_UTF8, method, *_dos_time()),
            *(zlib.crc32(content), len(packed), len(content), len(name)),
        )
        written = b"".join((_HEADER.pack(b"PK\x03\x04", _PLAIN, *facts, 0), name, packed))
        far = b"" if self.offset < _MOST_32 else _FAR.pack(1, 8, self.offset)
        version = _ZIP64 if far else _PLAIN
        near = _MOST_32 if far else self.offset
        record = _RECORD.pack(b"PK\x01\x02", version, version, *facts, len(far), 0, 0, 0, 0, near)
        self.directory.write(record + name + far)
        self.offset += len(written)
        self.count += 1
        return written

    def end(self) -> bytes:
        size = self.directory.tell()
        end = b""
        if self.count >= _MOST_16 or self.offset >= _MOST_32 or size >= _MOST_32:
            at = self.offset + size
            counts = (self.count, self.count, size, self.offset)
            end = _END64.pack(b"PK\x06\x06", _END64.size - 12, _ZIP64, _ZIP64, 0, 0, *counts)
            end += _LOCATOR.pack(b"PK\x06\x07", 0, at, 1)
        count = min(self.count, _MOST_16)
        place = (min(size, _MOST_32), min(self.offset, _MOST_32))
        return end + _END.pack(b"PK\x05\x06", 0, 0, count, count, *place, 0)


def _packed(content: bytes) -> tuple[bytes, int]:
    packing = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    packed = packing.compress(content) + packing.flush()
    return (packed, _DEFLATED) if len(packed) < len(content) else (content, _STORED)


def _dos_time() -> tuple[int, int]:
    """4.4.6: time and date of now, in UTC."""
    now = time.gmtime()
    return (
        now.tm_hour << 11 | now.tm_min << 5 | now.tm_sec // 2,
        (now.tm_year - 1980) << 9 | now.tm_mon << 5 | now.tm_mday,
    )
