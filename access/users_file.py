"""The users file: a name, a role and a password's hash on each line."""

import logging
from dataclasses import dataclass
from pathlib import Path

from django.contrib.auth.hashers import check_password, make_password

from access.errors import AuthenticationFailed
from access.principals import ANONYMOUS, Principal
from registry.roles import RoleType

log = logging.getLogger(__name__)

WRONG_PASSWORD = "The name or the password is wrong."


class UsersFileError(Exception):
    """The file or one of its lines can't be read; the message names it."""


@dataclass(frozen=True, slots=True)
class _User:
    role: RoleType
    password_hash: str


class UsersFile:
    """Reads the file again after a change; an invalid version is logged and has no effect.

    `revision` changes whenever another file is in force. The name `admin`, if the file has it, is
    an admin's whatever its role is.
    """

    def __init__(self, file: Path, admin: str = "") -> None:
        self._file = file
        self._admin = admin
        #: Checked for an unknown name, which must take as long as a wrong password.
        self._dummy_hash = make_password("nobody")
        self.revision = _read_revision(file)
        self._users = _read_users(file)

    def reload_if_changed(self) -> None:
        try:
            revision = _read_revision(self._file)
            if revision != self.revision:
                self._users = _read_users(self._file)
                self.revision = revision
        except UsersFileError as error:
            log.error("The people stay as they were: %s", error)

    def __contains__(self, name: str) -> bool:
        return name in self._users

    def find(self, name: str) -> Principal:
        """Return the principal of a name in the current file; ANONYMOUS for an unknown name."""
        self.reload_if_changed()
        user = self._users.get(name)
        return ANONYMOUS if user is None else self._principal(name, user)

    def verify(self, name: str, password: str) -> Principal:
        """Return the principal of a name and its password; raises AuthenticationFailed.

        Hashes the password, which takes a processor a while, on purpose.
        """
        user = self._users.get(name)
        is_right = check_password(password, user.password_hash if user else self._dummy_hash)
        if user is None or not is_right:
            raise AuthenticationFailed(WRONG_PASSWORD)
        return self._principal(name, user)

    def _principal(self, name: str, user: _User) -> Principal:
        return Principal(name, frozenset({user.role}), is_overridden=name == self._admin)


def format_user_line(name: str, role: RoleType, password: str) -> str:
    """Return a line of the file; raises UsersFileError for a name with `:`, `#` or blanks."""
    if not name or set(name) & set(" \t\r\n:#"):
        raise UsersFileError("A name has no blank, colon or number sign, and is not empty.")
    return f"{name} {role} {make_password(password)}"


def _read_revision(file: Path) -> tuple[int, ...]:
    try:
        status = file.stat()
    except OSError as error:
        raise UsersFileError(f"{file}: {error.strerror}") from error
    # A copy may keep the time and the size of another file, but not when the inode changed.
    return status.st_mtime_ns, status.st_ctime_ns, status.st_ino, status.st_size


def _read_users(file: Path) -> dict[str, _User]:
    """Parse the file; empty lines and comments (`# …`) are left out."""
    try:
        lines = file.read_text().splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsersFileError(f"{file}: {error}") from error
    users = {}
    for number, line in enumerate(lines, 1):
        fields = line.split()
        if not fields or fields[0].startswith("#"):
            continue
        if len(fields) != 3 or fields[1] not in RoleType.values:
            roles = ", ".join(RoleType.values)
            raise UsersFileError(
                f"{file}, line {number}: a line is a name, one of {roles}, and what "
                "manage.py password printed."
            )
        users[fields[0]] = _User(RoleType(fields[1]), fields[2])
    return users
