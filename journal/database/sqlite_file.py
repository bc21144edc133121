"""The SQLite file of the tables: what is wrong with it, and how it is set aside."""

import os
import sqlite3
from collections.abc import Iterable
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

from journal.database.errors import TablesSpoilt, TablesUnusable, is_damage

#: Files beside the database that belong to it.
_COMPANIONS = ("", "-wal", "-shm")
#: Spoilt files that are kept. A disk that spoils one file after the other is not filled with them.
_MOST_SPOILT = 3
#: Larger files are not checked as a whole: it takes a second for each quarter of a gigabyte.
_MOST_CHECKED_BYTES = 512 * 1024 * 1024
#: Device and inode: the same path leads to another file where they differ.
FileId = tuple[int, int]


def read_only_uri(file: Path) -> str:
    return f"file:{quote(str(file))}?mode=ro"


def file_id(file: Path) -> FileId | None:
    """Return None if there is no file."""
    try:
        status = os.stat(file)
    except OSError:
        return None
    return status.st_dev, status.st_ino


class FileWatch:
    """Notices changes by other programs to the files of an open database."""

    # By their directory entries alone: to open and close a database takes SQLite's locks from all
    # connections of the process (https://sqlite.org/howtocorrupt.html, 2.2).

    def __init__(self, file: Path) -> None:
        self._file = file
        self._seen: dict[str, os.stat_result] = {}
        self._tables: set[str] = set()

    def check(self) -> None:
        """Raise TablesSpoilt if a file was deleted, replaced or cut short, or a reader failed."""
        for companion in _COMPANIONS:
            path = f"{self._file}{companion}"
            before = self._seen.get(companion)
            try:
                now = os.stat(path)
            except FileNotFoundError:
                if before is not None:
                    raise TablesSpoilt(f"{os.path.basename(path)} was deleted") from None
                continue
            if before is not None and not os.path.samestat(before, now):
                raise TablesSpoilt(f"{os.path.basename(path)} was replaced by another file")
            # Nothing shortens the database: it is never vacuumed.
            if before is not None and not companion and now.st_size < before.st_size:
                raise TablesSpoilt(f"{os.path.basename(path)} was cut short")
            self._seen[companion] = now
        if damage := marked_damage(self._file):
            raise TablesSpoilt(damage)

    def check_readable(self) -> None:
        """Do the same, and reopen the file: open connections go on with pages of their cache.

        Raises TablesSpoilt for missing tables, too, and sqlite3.DatabaseError.
        """
        self.check()
        with closing(_open(self._file)) as connection:
            tables = _table_names(connection)
        if missing := sorted(self._tables - tables):
            raise TablesSpoilt(f"tables are missing: {', '.join(missing)}")
        self._tables = tables


def mark_spoilt(file: Path, damage: str) -> None:
    """Mark the file as spoilt, for the worker to set aside.

    The worker may be another process.
    """
    identity = file_id(file)
    # On a full disk the next reader tries again.
    if identity is not None and not marked_damage(file):
        with suppress(OSError):
            _mark_of(file).write_text(f"{identity}\n{damage}", encoding="utf-8")


def marked_damage(file: Path) -> str:
    """Return the damage marked by a reader for this very file; empty if there is none."""
    try:
        identity, _, damage = _mark_of(file).read_text(encoding="utf-8").partition("\n")
    except OSError:
        return ""
    return damage if identity == str(file_id(file)) else ""


def _mark_of(file: Path) -> Path:
    return file.with_name(f"{file.name}-spoilt")


def mark_incomplete(file: Path) -> None:
    """Mark the file as new and incomplete, until `mark_complete`; raises TablesUnusable."""
    try:
        _incomplete_mark_of(file).touch()
    except OSError as error:
        raise TablesUnusable(f"{file.name} can't be made: {error.strerror}") from error


def mark_complete(file: Path) -> None:
    """Mark the file as complete: the whole journal was applied to it."""
    _incomplete_mark_of(file).unlink(missing_ok=True)


def is_incomplete(file: Path) -> bool:
    return _incomplete_mark_of(file).exists()


def _incomplete_mark_of(file: Path) -> Path:
    return file.with_name(f"{file.name}-replaying")


def find_damage(file: Path, *, is_thorough: bool) -> str:
    """Describe the damage of the file; empty for a sound file or a missing one.

    With `is_thorough`, files of up to half a gigabyte are read as a whole.
    Raises TablesUnusable, and sqlite3.OperationalError if it can't be read for the moment.
    """
    if not file.exists():
        return ""
    if not file.is_file():
        raise TablesUnusable(f"{file.name} is no file, and can't hold the tables: move it away")
    if damage := marked_damage(file):
        return damage
    try:
        with closing(_open(file)) as connection:
            _table_names(connection)
            if is_thorough and file.stat().st_size <= _MOST_CHECKED_BYTES:
                (result,) = connection.execute("PRAGMA quick_check(1)").fetchone()
                return "" if result == "ok" else " ".join(result.split())
    except sqlite3.DatabaseError as error:
        if not is_damage(error):
            raise
        return str(error)
    return ""


def read_schema(file: Path) -> tuple[set[str], set[tuple[str, str]]]:
    """Return the names of the tables, and the applied migrations as pairs of app and name."""
    with closing(_open(file)) as connection:
        tables = _table_names(connection)
        if "django_migrations" not in tables:
            return tables, set()
        return tables, set(connection.execute("SELECT app, name FROM django_migrations"))


def set_aside(file: Path) -> Path:
    """Rename the file and SQLite's files beside it, if they exist; returns the new path.

    Raises TablesUnusable if that is impossible, or several spoilt files are kept already.
    """
    kept = sorted(file.parent.glob(f"{file.name}.spoilt-*Z"))
    if file.exists() and len(kept) >= _MOST_SPOILT:
        raise TablesUnusable(
            f"{file.name} was spoilt {len(kept)} times: the disk or the memory may be failing. "
            f"Move {', '.join(path.name for path in kept)} away to go on"
        )
    now = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
    target = file.with_name(f"{file.name}.spoilt-{now}")
    try:
        # The database first: where only the rest is there, SQLite makes a new one.
        for companion in _COMPANIONS:
            with suppress(FileNotFoundError):
                os.rename(f"{file}{companion}", f"{target}{companion}")
        _mark_of(file).unlink(missing_ok=True)
    except OSError as error:
        raise TablesUnusable(
            f"{file.name} is spoilt, and can't be set aside: {error.strerror}"
        ) from error
    return target


def _open(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(read_only_uri(file), uri=True)


def _table_names(connection: sqlite3.Connection) -> set[str]:
    rows: Iterable[tuple[str]] = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table'"
    )
    return {name for (name,) in rows}
