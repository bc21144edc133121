"""A file of people: a name, a role and a password's hash on each line."""

import logging
import threading
from dataclasses import dataclass
from pathlib import Path

from django.contrib.auth.hashers import check_password, make_password

from access.errors import NotProven
from access.principals import ANONYMOUS, Principal
from registry.roles import RoleType

log = logging.getLogger(__name__)

_WRONG = "The name or the password is wrong."
#: So many passwords are looked at side by side; each takes a processor a while, on purpose.
_AT_ONCE = 2


class UsersFileWrong(Exception):
    """The file, or a line of it, can't be read; the text names it."""


@dataclass(frozen=True, slots=True)
class _User:
    role: RoleType
    hashed: str


class Users:
    """Reads the file again when it changes; one that became wrong changes nothing, and is logged.

    `revision` differs whenever another file is in force.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._turn = threading.BoundedSemaphore(_AT_ONCE)
        #: So that a name nobody has takes as long as a wrong password.
        self._nobody = make_password("nobody")
        self.revision = _state(file)
        self._users = _read(file)

    def look(self) -> None:
        """Whether the file has changed."""
        try:
            state = _state(self._file)
            if state != self.revision:
                self._users = _read(self._file)
                self.revision = state
        except UsersFileWrong as error:
            log.error("The people stay as they were: %s", error)

    def has(self, name: str) -> bool:
        return name in self._users

    def present(self, name: str) -> Principal:
        """As the file has it now, ANONYMOUS if it has no such name any more."""
        self.look()
        user = self._users.get(name)
        return ANONYMOUS if user is None else Principal(name, frozenset({user.role}))

    def principal(self, name: str, password: str) -> Principal:
        """Raises NotProven."""
        user = self._users.get(name)
        with self._turn:
            is_right = check_password(password, user.hashed if user else self._nobody)
        if user is None or not is_right:
            raise NotProven(_WRONG)
        return Principal(name, frozenset({user.role}))


def user_line(name: str, role: RoleType, password: str) -> str:
    """As the file holds it; raises UsersFileWrong for a name that it can't hold."""
    if not name or set(name) & set(" \t\r\n:#"):
        raise UsersFileWrong("A name has no blank, colon or number sign, and is not empty.")
    return f"{name} {role} {make_password(password)}"


def _state(file: Path) -> tuple[int, int]:
    try:
        found = file.stat()
    except OSError as error:
        raise UsersFileWrong(f"{file}: {error.strerror}") from error
    return found.st_mtime_ns, found.st_size


def _read(file: Path) -> dict[str, _User]:
    """Empty lines, and those that begin with a number sign, tell nobody."""
    try:
        lines = file.read_text().splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsersFileWrong(f"{file}: {error}") from error
    users = {}
    for number, line in enumerate(lines, 1):
        parts = line.split()
        if not parts or parts[0].startswith("#"):
            continue
        if len(parts) != 3 or parts[1] not in RoleType.values:
            roles = ", ".join(RoleType.values)
            raise UsersFileWrong(
                f"{file}, line {number}: a line is a name, one of {roles}, and what "
                "manage.py password printed."
            )
        users[parts[0]] = _User(RoleType(parts[1]), parts[2])
    return users
