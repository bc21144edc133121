"""Scratch databases: the node's tables in a SQLite file, apart from the node's own."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.apps import apps
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import ConnectionHandler

# A power cut may spoil tables that are built again in seconds; a rollback is needed all the same.
_PRAGMAS = "PRAGMA journal_mode=MEMORY; PRAGMA synchronous=OFF; PRAGMA cache_size=-65536;"
_APPS = ("registry", "journal")


@dataclass(frozen=True)
class ScratchDatabase:
    """`settings` are for a Writer, `connection` is for reading."""

    settings: dict[str, Any]
    connection: BaseDatabaseWrapper


@contextmanager
def scratch_database(
    file: Path | None = None, copy_of: Path | None = None
) -> Iterator[ScratchDatabase]:
    """Make a database with empty tables, or a copy of the file `copy_of`.

    `copy_of` must not be open. `file` must not exist, and is kept if the block ends well.
    """
    with TemporaryDirectory(prefix="annals-") as directory:
        database: dict[str, Any] = {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(file or Path(directory) / "scratch.sqlite3"),
            "OPTIONS": {"init_command": _PRAGMAS},
        }
        connections = ConnectionHandler({"default": database})
        try:
            if copy_of is None:
                _create_tables(connections["default"])
            else:
                shutil.copyfile(copy_of, database["NAME"])
            yield ScratchDatabase(connections.settings["default"], connections["default"])
        except BaseException:
            if file is not None:
                file.unlink(missing_ok=True)
            raise
        finally:
            connections.close_all()


def _create_tables(connection: BaseDatabaseWrapper) -> None:
    # By the models: migrations would use the node's own connection of this name.
    with connection.schema_editor(atomic=False) as editor:
        for app in _APPS:
            for model in apps.get_app_config(app).get_models():
                editor.create_model(model)


def copy_database(source: ScratchDatabase, target: ScratchDatabase) -> None:
    """Replace the tables of `target` by everything committed in `source`."""
    with (
        closing(sqlite3.connect(source.settings["NAME"])) as original,
        closing(sqlite3.connect(target.settings["NAME"])) as copy,
    ):
        original.backup(copy)
