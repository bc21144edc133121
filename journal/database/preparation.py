"""Makes the tables of a node in its SQLite file: a new file, or one that was spoilt."""

import logging
import pkgutil
import sqlite3
from importlib import import_module
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.management import call_command
from django.db import connections

from journal.database.errors import TablesIncomplete, TablesUnusable, describe_unavailability
from journal.database.sqlite_file import (
    find_damage,
    is_incomplete,
    mark_complete,
    mark_incomplete,
    read_schema,
    set_aside,
)

log = logging.getLogger(__name__)

_APPS = ("registry", "journal")


def sqlite_file(database: dict[str, Any]) -> Path | None:
    """Return the file of Django's settings of a database; None if it is no SQLite."""
    return Path(database["NAME"]) if "sqlite" in database["ENGINE"] else None


def require_complete_tables() -> None:
    """Raise TablesIncomplete while a new SQLite file lacks records applied before."""
    file = sqlite_file(connections.settings["default"])
    if file is not None and is_incomplete(file):
        raise TablesIncomplete


def note_complete_tables(database: dict[str, Any]) -> None:
    """Mark SQLite's tables as complete: `require_complete_tables` raises nothing from now on."""
    file = sqlite_file(database)
    if file is not None:
        mark_complete(file)


def prepare_file(file: Path, *, is_thorough: bool) -> None:
    """Make missing tables, in a new file if the file is missing or spoilt.

    A spoilt file is set aside.

    The caller holds the worker lock. `is_thorough` is that of `find_damage`.
    Raises TablesUnusable, also for tables of a newer release or of another application.
    """
    damage = find_table_damage(file, is_thorough=is_thorough)
    if damage:
        replace_file(file, damage)
    elif not file.exists():
        log.info("There is no %s: it is made, and derived from the journal", file.name)
        # What is left of one that was deleted would be taken for the new one's.
        set_aside(file)
        mark_incomplete(file)
        make_tables()
    elif not _own_tables() <= read_schema(file)[0]:
        # Whoever made the tables was interrupted.
        make_tables()


def replace_file(file: Path, damage: str) -> Path:
    """Set a spoilt file aside and make empty tables in a new one; returns the old one's new path.

    Raises TablesUnusable.
    """
    mark_incomplete(file)
    target = set_aside(file)
    log.error(
        "%s is spoilt: %s. It is kept as %s, and the tables are derived anew from the journal; "
        "what the topic no longer has is lost",
        *(file, damage, target.name),
    )
    make_tables()
    return target


def make_tables() -> None:
    """Migrate the database through the alias for writing, `journal`."""
    connections["journal"].close()
    try:
        call_command("migrate", database="journal", verbosity=0)
    finally:
        connections["journal"].close()


def find_table_damage(file: Path, *, is_thorough: bool) -> str:
    """Describe damage found by `find_damage`, or missing tables; empty if there is none.

    Raises TablesUnusable.
    """
    try:
        damage = find_damage(file, is_thorough=is_thorough)
        if damage or not file.exists():
            return damage
        tables, applied = read_schema(file)
    except (sqlite3.OperationalError, OSError) as error:
        reason = describe_unavailability(error)
        raise TablesUnusable(f"{file.name} can't be read: {reason}") from error
    return _judge_schema(file, tables, applied)


def _judge_schema(file: Path, tables: set[str], applied: set[tuple[str, str]]) -> str:
    """Describe the missing tables, empty for none; raises TablesUnusable."""
    own = _own_tables()
    known = {
        (app, module.name)
        for app in _APPS
        for module in pkgutil.iter_modules(import_module(f"{app}.migrations").__path__)
    }
    if newer := sorted(name for app, name in applied - known if app in _APPS):
        raise TablesUnusable(
            f"the tables in {file.name} were made by a newer release, with {', '.join(newer)}: "
            "start that release, or move the file away to derive them anew"
        )
    if tables - {"django_migrations", "sqlite_sequence"} and not tables & own:
        raise TablesUnusable(
            f"{file.name} holds tables of another application: set DATABASE_URL to another file"
        )
    missing = sorted(own - tables) if known <= applied else []
    return f"tables are missing: {', '.join(missing)}" if missing else ""


def _own_tables() -> set[str]:
    return {
        model._meta.db_table for app in _APPS for model in apps.get_app_config(app).get_models()
    }
