"""A lock for one worker per database; other workers stand by until it is free."""

import fcntl
import logging
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import psycopg
from django.db import InterfaceError, OperationalError

from journal.database.writer import Writer

log = logging.getLogger(__name__)

#: Errors of a database that can't be reached or written for the moment: as Django wraps them, and
#: as the drivers raise them.
DATABASE_UNAVAILABLE = (
    OperationalError,
    InterfaceError,
    sqlite3.OperationalError,
    psycopg.OperationalError,
    psycopg.InterfaceError,
)

#: Any number will do, as long as nothing else in this database locks it.
_LOCK_ID = 6_171_943_205
_POLL_INTERVAL = 0.25


@contextmanager
def hold_worker_lock(
    writer: Writer,
    database: dict[str, Any],
    stop: threading.Event,
    on_standby: Callable[[], None] = lambda: None,
) -> Iterator[bool]:
    """Wait for the lock and hold it in the block; yields False if `stop` was set before.

    `on_standby` is called at each attempt that fails. The lock of PostgreSQL belongs to the
    writer's session: a worker that loses it can't write any more either.
    """
    with _open_lock(writer, database) as try_lock:
        is_mine = try_lock()
        if not is_mine:
            log.info("Another worker applies the journal to this database; standing by")
        while not is_mine:
            on_standby()
            if stop.wait(_POLL_INTERVAL):
                break
            is_mine = try_lock()
        yield is_mine


@contextmanager
def hold_worker_lock_within(
    writer: Writer, database: dict[str, Any], seconds: float
) -> Iterator[bool]:
    """Hold the lock in the block; yields False if it is not free within `seconds`."""
    stop = threading.Event()
    timer = threading.Timer(seconds, stop.set)
    timer.start()
    try:
        with hold_worker_lock(writer, database, stop) as is_mine:
            timer.cancel()
            yield is_mine
    finally:
        timer.cancel()


@contextmanager
def _open_lock(writer: Writer, database: dict[str, Any]) -> Iterator[Callable[[], bool]]:
    """Yield a function to try the lock with; release the lock at the end."""
    if not writer.is_sqlite:
        try:
            yield lambda: bool(writer.read("SELECT pg_try_advisory_lock(%s)", _LOCK_ID)[0])
        finally:
            # The session goes on, and another one may be waiting for the lock, as a rebuild does.
            with suppress(*DATABASE_UNAVAILABLE):
                writer.read("SELECT pg_advisory_unlock_all()")
        return
    with open(f"{database['NAME']}-worker", "wb") as file:

        def try_lock() -> bool:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            return True

        yield try_lock
