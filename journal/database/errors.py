"""Errors of a database that can't be used, and why, in words that anybody may read."""

import sqlite3

import psycopg
from django.db import InterfaceError, OperationalError
from django.db.utils import Error


class TablesUnusable(Exception):
    """The tables can't be used before an operator has decided; the message has the reason."""


class TablesSpoilt(Exception):
    """The file of the tables is unusable, and must be rebuilt from the journal."""


class TablesIncomplete(Exception):
    """The tables are being rebuilt from the journal, and may lack records."""

    def __init__(self) -> None:
        super().__init__("the tables are derived anew from the journal, and not complete yet")


#: Errors of a database that can't be reached, read or written for the moment, or lacks its tables:
#: as Django wraps them, and as the drivers raise them.
DATABASE_UNAVAILABLE = (
    OperationalError,
    InterfaceError,
    sqlite3.OperationalError,
    psycopg.OperationalError,
    psycopg.InterfaceError,
    psycopg.errors.DataCorrupted,
    psycopg.errors.IndexCorrupted,
    psycopg.errors.InsufficientPrivilege,
    psycopg.errors.InvalidSchemaName,
    psycopg.errors.UndefinedTable,
)
#: What PostgreSQL's codes mean; its own words may name hosts, users and files.
_POSTGRESQL_REASONS = {
    "25006": "the database is read-only",
    "3F000": "the schema of the tables is missing",
    "42501": "rights on the tables are missing",
    "42P01": "tables are missing",
    "53100": "the disk of the database is full",
    "53300": "the database takes no more connections",
    "57P03": "the database is starting or stopping",
    "XX001": "the database is damaged",
    "XX002": "an index of the database is damaged",
}


def is_damage(error: BaseException) -> bool:
    """Check for SQLite's error of a spoilt file, also if Django wraps it."""
    # The lowest byte is the primary code.
    code = getattr(_driver_error(error), "sqlite_errorcode", 0) & 0xFF
    return code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


def is_unavailable(error: BaseException) -> bool:
    """Check whether the database is at fault, and not the statement."""
    return (
        isinstance(error, TablesIncomplete)
        or is_damage(error)
        or isinstance(error, DATABASE_UNAVAILABLE)
        or isinstance(_driver_error(error), DATABASE_UNAVAILABLE)
    )


def describe_unavailability(error: BaseException) -> str:
    """Return the reason, without names of files, hosts and users."""
    cause = _driver_error(error)
    if isinstance(cause, sqlite3.Error | TablesIncomplete):
        return str(cause)
    if isinstance(cause, OSError):
        return cause.strerror or "an error of the system"
    code = getattr(cause, "sqlstate", None) or ""
    return _POSTGRESQL_REASONS.get(code, "the database can't be reached")


def _driver_error(error: BaseException) -> BaseException:
    is_wrapped = isinstance(error, Error) and error.__cause__ is not None
    return error.__cause__ or error if is_wrapped else error
