"""People of a file: who is in it, what changes in it, and who can't get in."""

import io
import os
from base64 import b64encode
from pathlib import Path

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.core.management import CommandError, call_command

from access.authentication import Credentials
from access.configuration import Configuration, Way
from access.errors import NotProven
from access.users_file import Users, UsersFileWrong, user_line
from registry.roles import RoleType

PASSWORD = "correct horse: battery"


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hundredth of the rounds: how long one takes is Django's concern."""
    monkeypatch.setattr(PBKDF2PasswordHasher, "iterations", 10_000)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "users"
    lines = ["# people", "", user_line("alice", RoleType.DEVELOPER, PASSWORD)]
    path.write_text("\n".join(lines))
    return path


def shown(name: str, password: str) -> bytes:
    return b"Basic " + b64encode(f"{name}:{password}".encode())


def test_a_name_with_its_password_has_its_role(file: Path) -> None:
    configuration = Configuration(ways=frozenset({Way.BASIC}), users_file=file)
    credentials = Credentials(configuration)
    alice = shown("alice", PASSWORD)
    found = credentials.principal(alice, is_basic_client=False)
    assert (found.name, found.is_developer, found.is_admin) == ("alice", True, False)
    assert credentials.remembered(alice, is_basic_client=False) == found
    for wrong in (shown("alice", "other"), shown("bob", PASSWORD), shown("", PASSWORD)):
        with pytest.raises(NotProven):
            credentials.principal(wrong, is_basic_client=False)
    with pytest.raises(NotProven, match="takes basic"):
        credentials.principal(b"Bearer x", is_basic_client=False)


def test_what_changes_in_the_file_counts_at_once(file: Path) -> None:
    credentials = Credentials(Configuration(ways=frozenset({Way.BASIC}), users_file=file))
    alice = shown("alice", PASSWORD)
    credentials.principal(alice, is_basic_client=False)
    rewritten(file, user_line("bob", RoleType.ADMIN, PASSWORD))
    assert credentials.remembered(alice, is_basic_client=False) is None
    with pytest.raises(NotProven):
        credentials.principal(alice, is_basic_client=False)
    assert credentials.principal(shown("bob", PASSWORD), is_basic_client=False).is_admin
    assert credentials.users is not None
    assert credentials.users.present("alice").is_anonymous
    assert credentials.users.present("bob").is_admin


def test_a_file_that_became_wrong_changes_nothing_and_is_logged(
    file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    users = Users(file)
    rewritten(file, "alice DEVELOPER")
    users.look()
    assert users.principal("alice", PASSWORD).is_developer
    assert "line 1" in caplog.text
    file.unlink()
    users.look()
    assert users.principal("alice", PASSWORD).is_developer


@pytest.mark.parametrize("line", ["alice", "alice DEVELOPER", "alice GOD hash", "a b c d"])
def test_a_wrong_line_is_named(tmp_path: Path, line: str) -> None:
    file = tmp_path / "users"
    file.write_text(f"# people\n{line}\n")
    with pytest.raises(UsersFileWrong, match="line 2"):
        Users(file)
    with pytest.raises(UsersFileWrong, match="No such file"):
        Users(tmp_path / "missing")


def test_the_command_prints_a_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\n"))
    call_command("password", "carol", role="ADMIN")
    file = tmp_path / "users"
    file.write_text(capsys.readouterr().out)
    assert Users(file).principal("carol", PASSWORD).is_admin
    monkeypatch.setattr("sys.stdin", io.StringIO("short\n"))
    with pytest.raises(CommandError, match="12 characters"):
        call_command("password", "carol")
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\n"))
    with pytest.raises(CommandError, match="no blank"):
        call_command("password", "carol c")


def rewritten(file: Path, line: str) -> None:
    """Newer than it was, however coarse the clock of files is."""
    before = file.stat().st_mtime_ns
    file.write_text(line + "\n")
    os.utime(file, ns=(before + 10**9, before + 10**9))
