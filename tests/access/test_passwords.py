"""The users file: names and passwords, changes, invalid lines."""

import io
import os
from base64 import b64encode
from dataclasses import replace
from pathlib import Path

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.core.management import CommandError, call_command

from access.authentication import Authenticator
from access.caller import Caller
from access.configuration import AccessConfiguration, AdminOverride, AuthMethod, RoleSource
from access.errors import AuthenticationFailed
from access.journal_policy import AccessPolicy
from access.policy import Level, Switches
from access.users_file import UsersFile, UsersFileError, format_user_line
from registry.roles import RoleType

PASSWORD = "correct horse: battery"


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash with a hundredth of the rounds."""
    monkeypatch.setattr(PBKDF2PasswordHasher, "iterations", 10_000)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "users"
    lines = ["# people", "", format_user_line("alice", RoleType.DEVELOPER, PASSWORD)]
    path.write_text("\n".join(lines))
    return path


def basic(name: str, password: str) -> bytes:
    return b"Basic " + b64encode(f"{name}:{password}".encode())


def test_a_name_with_its_password_has_its_role(file: Path) -> None:
    configuration = AccessConfiguration(methods=frozenset({AuthMethod.BASIC}), users_file=file)
    authenticator = Authenticator(configuration)
    alice = basic("alice", PASSWORD)
    found = authenticator.authenticate(alice, allows_clients=False)
    assert (found.name, found.is_developer, found.is_admin) == ("alice", True, False)
    assert authenticator.cached(alice, allows_clients=False) == found
    for wrong in (basic("alice", "other"), basic("bob", PASSWORD), basic("", PASSWORD)):
        with pytest.raises(AuthenticationFailed):
            authenticator.authenticate(wrong, allows_clients=False)
    with pytest.raises(AuthenticationFailed, match="takes basic"):
        authenticator.authenticate(b"Bearer x", allows_clients=False)


def test_a_name_makes_an_admin_whatever_the_file_and_mappings_say(file: Path) -> None:
    configuration = AccessConfiguration(
        methods=frozenset({AuthMethod.BASIC}),
        users_file=file,
        role_source=RoleSource.APPLICATION,
        admin_override=AdminOverride(user="alice"),
    )
    authenticator = Authenticator(configuration)
    assert authenticator.users is not None
    no_mappings = AccessPolicy(Switches(authentication=True, role_based_authorization=True), {})
    with_password = authenticator.authenticate(basic("alice", PASSWORD), allows_clients=False)
    for alice in (with_password, authenticator.users.find("alice")):
        assert Caller(no_mappings.with_roles(alice), no_mappings.switches).may(Level.ADMIN)
    configuration = replace(configuration, admin_override=AdminOverride(user="bob"))
    alice = Authenticator(configuration).authenticate(
        basic("alice", PASSWORD), allows_clients=False
    )
    assert not alice.is_admin


def test_changes_of_the_file_count_at_once(file: Path) -> None:
    authenticator = Authenticator(
        AccessConfiguration(methods=frozenset({AuthMethod.BASIC}), users_file=file)
    )
    alice = basic("alice", PASSWORD)
    authenticator.authenticate(alice, allows_clients=False)
    rewrite(file, format_user_line("bob", RoleType.ADMIN, PASSWORD))
    assert authenticator.cached(alice, allows_clients=False) is None
    with pytest.raises(AuthenticationFailed):
        authenticator.authenticate(alice, allows_clients=False)
    assert authenticator.authenticate(basic("bob", PASSWORD), allows_clients=False).is_admin
    assert authenticator.users is not None
    assert authenticator.users.find("alice").is_anonymous
    assert authenticator.users.find("bob").is_admin


def test_an_invalid_file_changes_nothing_and_is_logged(
    file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    users = UsersFile(file)
    rewrite(file, "alice DEVELOPER")
    users.reload_if_changed()
    assert users.verify("alice", PASSWORD).is_developer
    assert "line 1" in caplog.text
    file.unlink()
    users.reload_if_changed()
    assert users.verify("alice", PASSWORD).is_developer


@pytest.mark.parametrize("line", ["alice", "alice DEVELOPER", "alice GOD hash", "a b c d"])
def test_an_invalid_line_is_named(tmp_path: Path, line: str) -> None:
    file = tmp_path / "users"
    file.write_text(f"# people\n{line}\n")
    with pytest.raises(UsersFileError, match="line 2"):
        UsersFile(file)
    with pytest.raises(UsersFileError, match="No such file"):
        UsersFile(tmp_path / "missing")


def test_the_command_prints_a_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\n"))
    call_command("password", "carol", role="ADMIN")
    file = tmp_path / "users"
    file.write_text(capsys.readouterr().out)
    assert UsersFile(file).verify("carol", PASSWORD).is_admin
    monkeypatch.setattr("sys.stdin", io.StringIO("short\n"))
    with pytest.raises(CommandError, match="12 characters"):
        call_command("password", "carol")
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\n"))
    with pytest.raises(CommandError, match="no blank"):
        call_command("password", "carol c")


def rewrite(file: Path, line: str) -> None:
    """Write the file with a newer time, however coarse the clock of files is."""
    before = file.stat().st_mtime_ns
    file.write_text(line + "\n")
    os.utime(file, ns=(before + 10**9, before + 10**9))
