"""One worker to a database: the others stand by until its session, or its process, has ended."""

import fcntl
import logging
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, BinaryIO

import psycopg
from django.db import InterfaceError, OperationalError

from journal.database.writer import Writer

log = logging.getLogger(__name__)

#: What a database raises that can't be reached or written for the moment: as Django wraps it, and
#: as the drivers raise it.
DATABASE_UNAVAILABLE = (
    OperationalError,
    InterfaceError,
    sqlite3.OperationalError,
    psycopg.OperationalError,
    psycopg.InterfaceError,
)

#: Any number will do, as long as nothing else in this database locks it.
_LOCK = 6_171_943_205
_LOOK_EVERY = 0.25


@contextmanager
def hold_worker_lock(
    writer: Writer,
    database: dict[str, Any],
    stop: threading.Event,
    on_standby: Callable[[], None] = lambda: None,
) -> Iterator[bool]:
    """Waits for the database's only claim; gives False if `stop` was set before.

    `on_standby` is called at every look, as long as somebody else has it.

    PostgreSQL keeps it for the writer's own session: who loses that can't write any more either.
    """
    with _lock(writer, database) as try_lock:
        is_mine = try_lock()
        if not is_mine:
            log.info("Another worker applies the journal to this database; standing by")
        while not is_mine:
            on_standby()
            if stop.wait(_LOOK_EVERY):
                break
            is_mine = try_lock()
        yield is_mine


@contextmanager
def hold_worker_lock_within(
    writer: Writer, database: dict[str, Any], seconds: float
) -> Iterator[bool]:
    """Gives False if somebody else has it for so long."""
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
def _lock(writer: Writer, database: dict[str, Any]) -> Iterator[Any]:
    if not writer.is_sqlite:
        try:
            yield lambda: writer.read("SELECT pg_try_advisory_lock(%s)", _LOCK)[0]
        finally:
            _let_go(writer)
        return
    with open(f"{database['NAME']}-worker", "wb") as file:
        yield lambda: _try_flock(file)


def _let_go(writer: Writer) -> None:
    """For the session goes on where somebody else may be waiting for an operator's rebuild."""
    with suppress(*DATABASE_UNAVAILABLE):
        writer.read("SELECT pg_advisory_unlock_all()")


def _try_flock(file: BinaryIO) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
