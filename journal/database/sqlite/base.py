"""Reads the tables of a SQLite file that the worker may replace by a new one."""

from contextlib import suppress
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Any

from django.db.backends.sqlite3 import base
from django.db.utils import DatabaseError, DatabaseErrorWrapper

from journal.database.errors import is_damage
from journal.database.sqlite_file import FileId, file_id, mark_spoilt, read_only_uri


class DatabaseWrapper(base.DatabaseWrapper):
    """A read-only connection to the current file at the path NAME."""

    _opened: FileId | None = None

    @property
    def file(self) -> Path:
        return Path(self.settings_dict["NAME"])

    @property
    def is_current(self) -> bool:
        """Check if the opened file is the one at the path."""
        return self._opened == file_id(self.file)

    def get_connection_params(self) -> dict[str, Any]:
        parameters: dict[str, Any] = super().get_connection_params()
        return {**parameters, "database": read_only_uri(self.file)}

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        self._opened = file_id(self.file)
        return super().get_new_connection(conn_params)

    def ensure_connection(self) -> None:
        """Open the file at the path, unless it is open or a transaction reads another one."""
        if self.connection is not None and not (self.in_atomic_block or self.is_current):
            self.close()
        super().ensure_connection()

    def close_if_unusable_or_obsolete(self) -> None:
        # Django asks an open connection before and after a request, where nothing handles errors.
        # A connection that can't be reopened is closed.
        with suppress(DatabaseError):
            super().close_if_unusable_or_obsolete()

    @cached_property
    def wrap_database_errors(self) -> DatabaseErrorWrapper:
        return _DamageReporter(self)


class _DamageReporter(DatabaseErrorWrapper):
    """Wraps errors as Django does, and reports a spoilt file to the worker."""

    def __init__(self, reader: DatabaseWrapper) -> None:
        super().__init__(reader)
        self._reader = reader

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if exc_value is not None and is_damage(exc_value) and self._reader.is_current:
            mark_spoilt(self._reader.file, str(exc_value))
        super().__exit__(exc_type, exc_value, traceback)
