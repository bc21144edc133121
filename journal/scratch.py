"""A database for one look: the node's tables in a SQLite file, apart from the node's own."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState
from django.db.utils import ConnectionHandler

# A power cut may spoil what is made anew in seconds; a rollback is needed all the same.
_PRAGMAS = "PRAGMA journal_mode=MEMORY; PRAGMA synchronous=OFF; PRAGMA cache_size=-65536;"


@dataclass(frozen=True)
class Scratch:
    """`settings` are for a Writer, `connection` is for reading."""

    settings: dict[str, Any]
    connection: BaseDatabaseWrapper


@contextmanager
def scratch_database(file: Path | None = None) -> Iterator[Scratch]:
    """With empty tables; `file` must not exist, and is kept if the block ends well."""
    with TemporaryDirectory(prefix="annals-") as directory:
        database = {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(file or Path(directory) / "scratch.sqlite3"),
            "OPTIONS": {"init_command": _PRAGMAS},
        }
        # Both aliases, since only `journal` may be migrated.
        connections = ConnectionHandler({"default": database, "journal": database})
        try:
            _make_tables(connections["journal"])
            yield Scratch(connections.settings["journal"], connections["default"])
        except BaseException:
            if file is not None:
                file.unlink(missing_ok=True)
            raise
        finally:
            connections.close_all()


def _make_tables(connection: BaseDatabaseWrapper) -> None:
    """By the migrations, but without their log: Django would write that to the node's database."""
    graph = MigrationLoader(None).graph
    plan = dict.fromkeys(node for leaf in graph.leaf_nodes() for node in graph.forwards_plan(leaf))
    state = ProjectState()
    for node in plan:
        with connection.schema_editor() as editor:
            state = graph.nodes[node].apply(state, editor)
