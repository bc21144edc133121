"""The database of the queries: the node's own, or within a block a snapshot's."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import count
from pathlib import Path
from urllib.parse import quote

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import ConnectionHandler, load_backend

_ENGINE = "django.db.backends.sqlite3"
_SNAPSHOT = "snapshot"
_numbers = count(1)
_alias: ContextVar[str] = ContextVar("reading", default=DEFAULT_DB_ALIAS)


def reading_alias() -> str:
    """Return the alias for Django's router and transactions."""
    return _alias.get()


def reading_connection() -> BaseDatabaseWrapper:
    return connections[_alias.get()]


def is_reading_snapshot() -> bool:
    """Return whether a block of `read_from` is active; nothing may be published inside."""
    return _alias.get() != DEFAULT_DB_ALIAS


@contextmanager
def read_from(file: Path) -> Iterator[None]:
    """Let all queries of this context read a SQLite file; the file must no longer be written."""
    # Not one for all: a request that waits inside leaves its thread to others.
    alias = f"{_SNAPSHOT}-{next(_numbers)}"
    with open_read_only(file) as database:
        # Set on this thread alone: other threads go through the handler's settings meanwhile.
        connections[alias] = database
        token = _alias.set(alias)
        try:
            yield
        finally:
            _alias.reset(token)
            del connections[alias]


@contextmanager
def open_read_only(file: Path) -> Iterator[BaseDatabaseWrapper]:
    """Open a SQLite file; the file must no longer be written."""
    name = f"file:{quote(str(file.resolve()))}?mode=ro&immutable=1"
    database = {"ENGINE": _ENGINE, "NAME": name}
    settings = ConnectionHandler({DEFAULT_DB_ALIAS: database}).settings[DEFAULT_DB_ALIAS]
    wrapper: BaseDatabaseWrapper = load_backend(_ENGINE).DatabaseWrapper(settings, _SNAPSHOT)
    try:
        yield wrapper
    finally:
        wrapper.close()
