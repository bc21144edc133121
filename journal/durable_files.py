"""Writes files atomically: complete or absent, even if the write is interrupted."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, TypeVar

import msgspec

_T = TypeVar("_T")

#: The suffix of a file that is not whole yet.
PART = ".part"


@contextmanager
def durable_file(path: Path) -> Iterator[BinaryIO]:
    """Write a file and rename it to `path` when the block succeeds and the data is on disk.

    If the block raises, the file is removed and `path` stays as it was.
    """
    part = path.with_name(path.name + PART)
    try:
        with part.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except BaseException:
        # Around all of it: Ctrl-C may come between any two steps, even before the file is open.
        part.unlink(missing_ok=True)
        raise
    sync_directory(path.parent)


def write_json(path: Path, document: object) -> None:
    with durable_file(path) as file:
        file.write(msgspec.json.encode(document))


def read_json(path: Path, decoder: msgspec.json.Decoder[_T]) -> _T | None:
    """Return the structs of a file, None if it is missing; raises OSError, ValueError."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return None
    return decoder.decode(content)


def sync_directory(path: Path) -> None:
    """Sync a directory: its entries then survive a power failure."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
