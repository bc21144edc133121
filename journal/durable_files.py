"""Writes files that are there in whole or not at all, whatever stops the writing."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

#: The suffix of a file that is not whole yet.
PART = ".part"


@contextmanager
def durable_file(path: Path) -> Iterator[BinaryIO]:
    """Write a file that gets the name `path` when the block ends well and all is on the disk."""
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


def sync_directory(path: Path) -> None:
    """Make the names in a directory outlast a power cut."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
