"""Which database the queries read: the node's own, or within a block one that is like it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from urllib.parse import quote

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import ConnectionHandler, load_backend

_ENGINE = "django.db.backends.sqlite3"
_OTHER = "snapshot"
_alias: ContextVar[str] = ContextVar("reading", default=DEFAULT_DB_ALIAS)


def reading_alias() -> str:
    """For Django's router and transactions."""
    return _alias.get()


def reading_connection() -> BaseDatabaseWrapper:
    return connections[_alias.get()]


def is_reading_snapshot() -> bool:
    """Whether this is within a block of `reading`, where nothing may be said."""
    return _alias.get() != DEFAULT_DB_ALIAS


@contextmanager
def read_from(file: Path) -> Iterator[None]:
    """All queries of this thread read the tables of this SQLite file, which nobody writes."""
    with open_read_only(file) as database:
        # Set on this thread alone: other threads go through the handler's settings meanwhile.
        connections[_OTHER] = database
        token = _alias.set(_OTHER)
        try:
            yield
        finally:
            _alias.reset(token)
            del connections[_OTHER]


@contextmanager
def open_read_only(file: Path) -> Iterator[BaseDatabaseWrapper]:
    """A connection to this SQLite file, which nobody writes."""
    name = f"file:{quote(str(file.resolve()))}?mode=ro&immutable=1"
    database = {"ENGINE": _ENGINE, "NAME": name}
    settings = ConnectionHandler({DEFAULT_DB_ALIAS: database}).settings[DEFAULT_DB_ALIAS]
    wrapper: BaseDatabaseWrapper = load_backend(_ENGINE).DatabaseWrapper(settings, _OTHER)
    try:
        yield wrapper
    finally:
        wrapper.close()
