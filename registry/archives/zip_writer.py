"""Writes a zip as a stream, without memory growing with the entries.

PKZIP's APPNOTE 6.3 has the layout; the directory is kept in a file until all entries are written.
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
_MAX_16, _MAX_32 = 0xFFFF, 0xFFFFFFFF
#: 4.3.7: signature, version, flags, method, time, date, crc, sizes, lengths.
_HEADER = struct.Struct("<4s5H3L2H")
#: 4.3.12: the same with the version of the maker, lengths, disk, attributes, offset.
_RECORD = struct.Struct("<4s6H3L5H2L")
#: 4.5.3: an offset of 64 bits.
_OFFSET64 = struct.Struct("<2HQ")
#: 4.3.14 and 4.3.15: where the directory is, in 64 bits.
_END64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR = struct.Struct("<4sLQL")
#: 4.3.16: disks, entries here and in all, size, offset, length of the comment.
_END = struct.Struct("<4s4H2LH")


def zip_chunks(entries: Iterable[tuple[str, bytes]]) -> Iterator[bytes]:
    """Yield the zip of these paths and contents in chunks of about 64 KiB.

    Each content is below 4 GiB.
    """
    with TemporaryFile() as directory:
        writer = ZipWriter(directory)
        pending = bytearray()
        for path, content in entries:
            pending += writer.entry(path.encode(), content)
            if len(pending) >= _CHUNK:
                yield bytes(pending)
                pending.clear()
        yield bytes(pending)
        directory.seek(0)
        while chunk := directory.read(_CHUNK):
            yield chunk
        yield writer.end()


@dataclass(slots=True)
class ZipWriter:
    """Makes the parts of a zip: the entries, then the directory from its file, then the end.

    `offset` is the length of the zip so far, `count` the number of its entries.
    """

    directory: IO[bytes]
    offset: int = 0
    count: int = 0

    def entry(self, name: bytes, content: bytes) -> bytes:
        compressor = zlib.compressobj(wbits=-zlib.MAX_WBITS)
        packed, method = compressor.compress(content) + compressor.flush(), _DEFLATED
        if len(packed) >= len(content):
            packed, method = content, _STORED
        # 4.4.6: time and date of now, in UTC.
        now = time.gmtime()
        dos_time = now.tm_hour << 11 | now.tm_min << 5 | now.tm_sec // 2
        dos_date = (now.tm_year - 1980) << 9 | now.tm_mon << 5 | now.tm_mday
        fields = (
            *(_UTF8, method, dos_time, dos_date),
            *(zlib.crc32(content), len(packed), len(content), len(name)),
        )
        entry = b"".join((_HEADER.pack(b"PK\x03\x04", _PLAIN, *fields, 0), name, packed))
        extra = b"" if self.offset < _MAX_32 else _OFFSET64.pack(1, 8, self.offset)
        version = _ZIP64 if extra else _PLAIN
        offset = _MAX_32 if extra else self.offset
        # Neither a comment nor a disk nor attributes.
        rest = (len(extra), 0, 0, 0, 0, offset)
        record = _RECORD.pack(b"PK\x01\x02", version, version, *fields, *rest)
        self.directory.write(record + name + extra)
        self.offset += len(entry)
        self.count += 1
        return entry

    def end(self) -> bytes:
        size = self.directory.tell()
        end = b""
        if self.count >= _MAX_16 or self.offset >= _MAX_32 or size >= _MAX_32:
            counts = (self.count, self.count, size, self.offset)
            end = _END64.pack(b"PK\x06\x06", _END64.size - 12, _ZIP64, _ZIP64, 0, 0, *counts)
            end += _LOCATOR.pack(b"PK\x06\x07", 0, self.offset + size, 1)
        count = min(self.count, _MAX_16)
        position = (min(size, _MAX_32), min(self.offset, _MAX_32))
        return end + _END.pack(b"PK\x05\x06", 0, 0, count, count, *position, 0)
