"""A file is there in whole or not at all, at whatever step the writing is interrupted."""

import os
from pathlib import Path

import pytest

from journal.durable_files import durable_file


def write(path: Path, content: bytes = b"whole") -> None:
    with durable_file(path) as file:
        file.write(content)


def contents(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def test_it_takes_its_name_when_whole(tmp_path: Path) -> None:
    write(tmp_path / "file")
    assert contents(tmp_path) == {"file": b"whole"}


def test_ctrl_c_just_after_the_file_was_created_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(path: Path, _mode: str) -> None:
        path.touch()
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "open", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write(tmp_path / "file")
    monkeypatch.undo()
    assert contents(tmp_path) == {}


def test_a_full_disk_at_the_end_leaves_an_older_file_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError("full")

    write(tmp_path / "file", b"older")
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="full"):
        write(tmp_path / "file")
    assert contents(tmp_path) == {"file": b"older"}
