"""A lock for one worker per database; other workers stand by until it is free."""

import fcntl
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from journal.database.errors import (
    DATABASE_UNAVAILABLE,
    TablesSpoilt,
    TablesUnusable,
    is_damage,
)
from journal.database.preparation import prepare_file, sqlite_file
from journal.database.sqlite_file import FileWatch, mark_spoilt
from journal.database.writer import Writer

log = logging.getLogger(__name__)

#: Any number will do, as long as nothing else in this database locks it.
_LOCK_ID = 6_171_943_205
_POLL_INTERVAL = 0.25


@contextmanager
def hold_worker_lock(
    database: dict[str, Any],
    stop: threading.Event,
    on_standby: Callable[[], None] = lambda: None,
) -> Iterator[Writer | None]:
    """Wait for the lock and hold it in the block; yields None if `stop` was set before.

    `on_standby` is called at each attempt that fails. A spoilt SQLite file is replaced before it is
    opened. Raises TablesUnusable, and TablesSpoilt if the block fails for such a file: the next
    holder replaces it.
    """
    file = sqlite_file(database)
    if file is None:
        with closing(Writer(database)) as writer, _session_lock(writer) as try_lock:
            yield writer if _acquire(try_lock, stop, on_standby) else None
        return
    with _file_lock(file) as try_lock:
        if not _acquire(try_lock, stop, on_standby):
            yield None
            return
        watch = FileWatch(file)
        try:
            prepare_file(file, is_thorough=False)
            with closing(Writer(database, watch)) as writer:
                yield writer
        except Exception as error:
            damage = _describe_damage(error, watch)
            if not damage:
                raise
            mark_spoilt(file, damage)
            raise TablesSpoilt(damage) from error


def _describe_damage(error: Exception, watch: FileWatch) -> str:
    """Describe the damage of the file; empty if the error has another reason."""
    if isinstance(error, TablesSpoilt) or is_damage(error):
        return str(error)
    try:
        # SQLite may report a file that was deleted as an error of input and output.
        watch.check()
    except TablesSpoilt as spoilt:
        return str(spoilt)
    return ""


@contextmanager
def hold_worker_lock_within(database: dict[str, Any], seconds: float) -> Iterator[Writer | None]:
    """Hold the lock in the block; yields None if it is not free within `seconds`."""
    with _stop_after(seconds) as stop, hold_worker_lock(database, stop) as writer:
        yield writer


@contextmanager
def hold_file_lock(file: Path, seconds: float = 0) -> Iterator[bool]:
    """Hold the lock of a SQLite file without opening it; yields False if it is not free in time.

    Raises TablesUnusable.
    """
    with _stop_after(seconds) as stop, _file_lock(file) as try_lock:
        yield _acquire(try_lock, stop, lambda: None)


def check_file(database: dict[str, Any]) -> None:
    """Read SQLite's file as a whole, if it is not in use; a spoilt one is replaced.

    Raises TablesUnusable.
    """
    file = sqlite_file(database)
    if file is not None:
        with hold_file_lock(file) as is_mine:
            if is_mine:
                prepare_file(file, is_thorough=True)


@contextmanager
def _stop_after(seconds: float) -> Iterator[threading.Event]:
    stop = threading.Event()
    timer = threading.Timer(seconds, stop.set)
    timer.start()
    try:
        yield stop
    finally:
        timer.cancel()


def _acquire(
    try_lock: Callable[[], bool], stop: threading.Event, on_standby: Callable[[], None]
) -> bool:
    if try_lock():
        return True
    log.info("Another worker applies the journal to this database; standing by")
    while True:
        on_standby()
        if stop.wait(_POLL_INTERVAL):
            return False
        if try_lock():
            return True


@contextmanager
def _session_lock(writer: Writer) -> Iterator[Callable[[], bool]]:
    """Yield a function to try PostgreSQL's lock with; release the lock at the end.

    It belongs to the writer's session: a worker that loses it can't write any more either.
    """
    try:
        yield lambda: bool(writer.read("SELECT pg_try_advisory_lock(%s)", _LOCK_ID)[0])
    finally:
        # The session goes on for a moment, and another one may be waiting for the lock.
        with suppress(*DATABASE_UNAVAILABLE):
            writer.read("SELECT pg_advisory_unlock_all()")


@contextmanager
def _file_lock(file: Path) -> Iterator[Callable[[], bool]]:
    """Yield a function to try the lock of a SQLite file with; release the lock at the end."""
    with ExitStack() as stack:
        try:
            lock = stack.enter_context(open(f"{file}-worker", "wb"))
        except OSError as error:
            raise TablesUnusable(f"{file.name} can't be locked: {error.strerror}") from error

        def try_lock() -> bool:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            return True

        yield try_lock
