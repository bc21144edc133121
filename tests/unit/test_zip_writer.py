"""Zips written while they are read, opened by a reader that we did not write."""

import io
import tracemalloc
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from registry.archives.zip_writer import ZipWriter, zip_chunks


def written(entries: list[tuple[str, bytes]]) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(b"".join(zip_chunks(entries))))


@pytest.mark.parametrize(
    "count", [0, 1, 3, 0xFFFF, 0x10000, pytest.param(70_000, marks=pytest.mark.soak)]
)
def test_every_entry_is_there(count: int) -> None:
    """From 65,535 on the end of a zip has no room for the count."""
    archive = written([(f"groups/g/{at}.json", b"%d" % at) for at in range(count)])
    assert len(archive.infolist()) == count
    for at in {0, count // 2, count - 1} if count else set():
        assert archive.read(f"groups/g/{at}.json") == b"%d" % at


def test_contents_come_back_byte_for_byte_whether_they_can_be_packed_or_not() -> None:
    entries = [
        ("empty", b""),
        ("größer/ü\u2603", b"a" * 300_000),
        ("noise", bytes((at * 7919 % 251) ^ (at >> 3 & 0xFF) for at in range(5000))),
    ]
    archive = written(entries)
    assert [(item.filename, archive.read(item)) for item in archive.infolist()] == entries
    assert archive.testzip() is None
    assert archive.getinfo("empty").compress_type == zipfile.ZIP_STORED
    assert archive.getinfo("größer/ü\u2603").compress_type == zipfile.ZIP_DEFLATED


def test_entries_beyond_four_gigabytes_are_found(tmp_path: Path) -> None:
    """In a file with a hole in the place of what came before them."""
    before = 5 * 1024**3
    with (
        (tmp_path / "far.zip").open("w+b") as file,
        (tmp_path / "directory").open("w+b") as directory,
    ):
        writing = ZipWriter(directory, before)
        file.seek(before)
        for at in range(9):
            file.write(writing.entry(b"%d" % at, b"content %d" % at))
        directory.seek(0)
        file.write(directory.read())
        file.write(writing.end())
        archive = zipfile.ZipFile(file)
        assert [archive.read(str(at)) for at in range(9)] == [b"content %d" % at for at in range(9)]


def test_memory_does_not_grow_with_the_entries() -> None:
    def entries() -> Iterator[tuple[str, bytes]]:
        for at in range(20_000):
            yield f"groups/of-some-length/artifacts/{at}/versions/1.ArtifactVersion.json", b"{}"

    tracemalloc.start()
    size = sum(map(len, zip_chunks(entries())))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert size > 4_000_000
    assert peak < 2_000_000
