"""A SQLite file that somebody else spoils, deletes or replaces: noticed, told, and made anew."""

import os
import re
import shutil
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connections, transaction

from journal.database.errors import TablesSpoilt, TablesUnusable
from journal.database.preparation import find_table_damage
from journal.database.worker_lock import check_file, hold_file_lock, hold_worker_lock
from journal.database.writer import Writer
from journal.journal import Journal
from journal.models import LedgerRow, Position
from node.management.commands import rebuild
from tests.databases import pointed_at
from tests.own_node import Client
from tests.tools import call
from tests.waiting import until

ARTIFACTS = "/apis/registry/v2/groups/shop/artifacts"
CONTENT = '{"type":"record","name":"Order","fields":[]}'
#: Of SQLite's pages.
PAGE = 4096


def file_of(database: str) -> Path:
    return Path(database.removeprefix("sqlite://"))


def overwrite(file: Path, start: int, end: int | None = None) -> None:
    with file.open("r+b") as stream:
        size = file.stat().st_size if end is None else end
        stream.seek(start)
        stream.write(b"\xde\xad" * ((size - start) // 2))


def spoil_header(file: Path) -> None:
    overwrite(file, 0, PAGE)


def spoil_pages(file: Path) -> None:
    overwrite(file, PAGE)


def spoil_positions(file: Path) -> None:
    """Spoil one table, which the next reader has not in its cache."""
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as reader:
        (page,) = reader.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'journal_position'"
        ).fetchone()
    overwrite(file, (page - 1) * PAGE, page * PAGE)


def cut_short(file: Path) -> None:
    os.truncate(file, file.stat().st_size // 2)


def empty(file: Path) -> None:
    os.truncate(file, 0)


def delete(file: Path) -> None:
    file.unlink()


def delete_all(file: Path) -> None:
    for companion in ("", "-wal", "-shm"):
        Path(f"{file}{companion}").unlink()


def delete_log(file: Path) -> None:
    Path(f"{file}-wal").unlink()


def delete_index(file: Path) -> None:
    Path(f"{file}-shm").unlink()


def replace(file: Path) -> None:
    other = file.with_name("other")
    shutil.copyfile(file, other)
    other.rename(file)


def drop_table(file: Path) -> None:
    with closing(sqlite3.connect(file)) as other:
        other.execute("DROP TABLE journal_position")


def aside(file: Path) -> list[Path]:
    return sorted(file.parent.glob(f"{file.name}.spoilt-*Z"))


def apply_something(writer: Writer) -> None:
    with writer.transaction():
        writer.write(
            "INSERT INTO registry_sequence (tenant_id, name, value) VALUES ('', 'x', 1) "
            "ON CONFLICT DO UPDATE SET value = value + 1"
        )


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (delete, "annals.sqlite3 was deleted"),
        (delete_all, "annals.sqlite3 was deleted"),
        (delete_log, "annals.sqlite3-wal was deleted"),
        (delete_index, "annals.sqlite3-shm was deleted"),
        (replace, "annals.sqlite3 was replaced by another file"),
        (cut_short, "annals.sqlite3 was cut short"),
        (empty, "annals.sqlite3 was cut short"),
    ],
)
def test_nothing_is_committed_to_a_file_that_was_taken_away(
    spoil: Callable[[Path], None], told: str, sqlite_database: str
) -> None:
    file = file_of(sqlite_database)
    with hold_worker_lock(connections.settings["journal"], threading.Event()) as writer:
        assert writer is not None
        apply_something(writer)
        writer.check_file()
        spoil(file)
        with pytest.raises(TablesSpoilt, match=told):
            apply_something(writer)
        with pytest.raises(TablesSpoilt, match=told):
            writer.check_file()


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (spoil_header, "file is not a database"),
        (spoil_pages, "malformed|page|Page"),
        (cut_short, "malformed"),
        (drop_table, "tables are missing: journal_position"),
    ],
)
def test_a_start_finds_what_is_wrong_with_a_file(
    spoil: Callable[[Path], None], told: str, sqlite_database: str
) -> None:
    file = file_of(sqlite_database)
    assert find_table_damage(file, is_thorough=True) == ""
    spoil(file)
    assert re.search(told, find_table_damage(file, is_thorough=True))


def test_a_table_that_goes_is_missed(sqlite_database: str) -> None:
    file = file_of(sqlite_database)
    with hold_worker_lock(connections.settings["journal"], threading.Event()) as writer:
        assert writer is not None
        writer.check_file()
        drop_table(file)
        with pytest.raises(TablesSpoilt, match="tables are missing: journal_position"):
            writer.check_file()


def test_a_spoilt_page_is_found_by_a_reader_and_the_file_set_aside_by_the_worker(
    sqlite_database: str,
) -> None:
    file = file_of(sqlite_database)
    database = connections.settings["journal"]
    with hold_worker_lock(database, threading.Event()) as writer:
        assert writer is not None
        apply_something(writer)
        writer.checkpoint()
        spoil_positions(file)
        writer.check_file()
        with pytest.raises(DatabaseError, match="malformed"):
            list(Position.objects.all())
        with pytest.raises(TablesSpoilt, match="malformed"):
            writer.check_file()
    spoilt = file.read_bytes()

    with hold_worker_lock(database, threading.Event()) as writer:
        assert writer is not None
        assert writer.read("SELECT COUNT(*) FROM registry_sequence") == (0,)
        writer.check_file()

    assert [kept.read_bytes() for kept in aside(file)] == [spoilt]
    # What the new file lacks so far is not missing.
    answer = Client().get(f"{ARTIFACTS}/x")
    assert answer.status_code == 503
    assert "derived anew from the journal" in answer.json()["message"]
    assert Client().get("/apis/ccompat/v7/subjects").status_code == 503
    # The connection of the reader goes to the new file by itself.
    assert not Position.objects.exists()


def test_what_a_reader_of_an_old_file_meets_does_not_condemn_the_new_one(
    sqlite_database: str, sqlite_template: Path
) -> None:
    file = file_of(sqlite_database)

    @transaction.atomic
    def read_while_the_file_is_replaced() -> None:
        assert not LedgerRow.objects.exists()
        spoil_positions(file)
        shutil.copyfile(sqlite_template, file.with_name("new"))
        file.with_name("new").rename(file)
        list(Position.objects.all())

    with pytest.raises(DatabaseError, match="malformed"):
        read_while_the_file_is_replaced()
    check_file(connections.settings["journal"])
    assert not aside(file)


def test_a_disk_that_spoils_one_file_after_the_other_is_not_filled(sqlite_database: str) -> None:
    file = file_of(sqlite_database)
    for number in range(3):
        file.with_name(f"{file.name}.spoilt-{number}Z").touch()
    spoil_header(file)
    with pytest.raises(TablesUnusable, match="disk or the memory may be failing"):
        check_file(connections.settings["journal"])
    assert find_table_damage(file, is_thorough=False) == "file is not a database"


def make_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


def make_foreign(file: Path) -> None:
    file.unlink()
    with closing(sqlite3.connect(file)) as other:
        other.execute("CREATE TABLE bookmarks (id INTEGER)")


def migrate_further(file: Path) -> None:
    with closing(sqlite3.connect(file)) as newer, newer:
        newer.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('journal', '0999_x', '')"
        )


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (make_folder, "annals.sqlite3 is no file"),
        (make_foreign, "tables of another application"),
        (migrate_further, "made by a newer release, with 0999_x"),
    ],
)
def test_what_is_not_spoilt_is_left_to_its_owner(
    change: Callable[[Path], None], told: str, sqlite_database: str
) -> None:
    change(file_of(sqlite_database))
    with pytest.raises(TablesUnusable, match=told):
        check_file(connections.settings["journal"])
    with pytest.raises(CommandError, match=told):
        call("rebuild", "--yes")
    assert not aside(file_of(sqlite_database))


def test_a_start_makes_the_tables_that_an_interrupted_one_did_not(
    tmp_path: Path, django_db_blocker: Any
) -> None:
    with django_db_blocker.unblock(), pointed_at(f"sqlite://{tmp_path / 'new.sqlite3'}"):
        call_command("migrate", "registry", database="journal", verbosity=0)
        check_file(connections.settings["journal"])
        assert not Position.objects.exists()


def test_a_rebuild_sets_a_spoilt_file_aside(
    sqlite_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = file_of(sqlite_database)
    spoil_header(file)
    with pytest.raises(CommandError, match="Nothing was changed"):
        call("rebuild")
    monkeypatch.setattr(rebuild, "_LOCK_TIMEOUT", 0.0)
    with hold_file_lock(file), pytest.raises(CommandError, match="stop the node first"):
        call("rebuild", "--yes")
    assert not aside(file)

    output = call("rebuild", "--yes")

    assert f"{file} is spoilt: file is not a database" in output
    assert aside(file)[0].name in output
    assert not Position.objects.exists()


@pytest.mark.parametrize("path", ["/ui/artifacts", "/ui/journal", "/ui/nowhere", ARTIFACTS])
def test_pages_and_apis_tell_why_they_cannot_be_answered(
    path: str, sqlite_database: str, caplog: pytest.LogCaptureFixture
) -> None:
    file_of(sqlite_database).unlink()
    answer = Client().get(path)
    assert answer.status_code == (404 if path.endswith("nowhere") else 503)
    if answer.status_code == 503:
        assert "unable to open database file" in answer.content.decode()
    assert str(file_of(sqlite_database)) not in answer.content.decode()
    assert "Traceback" not in caplog.text


def test_missing_tables_of_postgresql_are_told(
    postgresql_url: str, django_db_blocker: Any, caplog: pytest.LogCaptureFixture
) -> None:
    with django_db_blocker.unblock(), pointed_at(postgresql_url):
        with psycopg.connect(postgresql_url, autocommit=True) as other:
            other.execute("DROP TABLE journal_workerstatus, registry_artifact CASCADE")
        for path in ("/ui/artifacts", ARTIFACTS, "/health/ready"):
            answer = Client().get(path)
            assert answer.status_code == 503
            assert "tables are missing" in answer.content.decode()
    assert "Traceback" not in caplog.text


def test_a_running_node_derives_its_tables_anew(
    node: Journal, sqlite_database: str, caplog: pytest.LogCaptureFixture
) -> None:
    is_derived_anew(delete_all, file_of(sqlite_database), caplog)


@pytest.mark.soak
@pytest.mark.parametrize(
    "spoil",
    [
        *(delete, delete_log, delete_index, replace, cut_short, empty),
        *(spoil_header, spoil_pages, drop_table),
    ],
)
def test_a_running_node_derives_its_tables_anew_whatever_spoils_them(
    spoil: Callable[[Path], None],
    node: Journal,
    sqlite_database: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    is_derived_anew(spoil, file_of(sqlite_database), caplog)
    assert len(aside(file_of(sqlite_database))) <= 1


def is_derived_anew(
    spoil: Callable[[Path], None], file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def upload() -> Any:
        return Client().post(ARTIFACTS, CONTENT, content_type="application/json")

    first = upload()
    assert first.status_code == 200
    with closing(sqlite3.connect(file)) as one:
        one.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()

    spoil(file)

    statuses: set[int] = set()

    def is_stored(status: int) -> bool:
        statuses.add(status)
        return status == 200

    until(
        lambda: "the tables are spoilt" in caplog.text,
        during=lambda: statuses.add(Client().get(ARTIFACTS).status_code),
    )
    until(lambda: is_stored(upload().status_code))
    until(lambda: Client().get("/health/ready").status_code == 200)
    assert statuses <= {200, 503}
    assert Client().get(f"{ARTIFACTS}/{first.json()['id']}").status_code == 200
    assert "Traceback" not in caplog.text
