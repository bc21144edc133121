"""The node's home: a folder with all of its files, locked by one running node."""

import fcntl
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path


class HomeLocked(Exception):
    """Another node runs in this home; the message names it."""


@dataclass(frozen=True)
class Home:
    """The layout below `path`; folders are created on first use."""

    path: Path

    @property
    def database(self) -> Path:
        return self.path / "annals.sqlite3"

    @property
    def broker(self) -> Path:
        return self.path / "broker"

    @property
    def backup(self) -> Path:
        return self.path / "backup"

    @property
    def acknowledgments(self) -> Path:
        return self.path / "acknowledgments.json"

    @property
    def dumps(self) -> Path:
        """Return the folder for dumps of the topic, each saved before a repair."""
        return self.path / "dumps"

    @property
    def repairs(self) -> Path:
        """Return the folder for repairs of the journal, with their results."""
        return self.path / "mendings"

    @property
    def snapshots(self) -> Path:
        """Return the folder for registries as of an offset or a time, of a dump, of an export."""
        return self.path / "snapshots"

    @property
    def uploads(self) -> Path:
        """Return the folder for bulk uploads, kept from plan until stored or discarded."""
        return self.path / "brought"

    @property
    def recovered_contents(self) -> Path:
        """Return the folder for recovered contents, until they are published."""
        return self.path / "found-contents"

    def create(self) -> None:
        """Create the folder, readable by its owner alone; an existing folder is not changed."""
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)

    @contextmanager
    def lock(self, address: str) -> Iterator[None]:
        """Lock the home inside the block; `address` is the node's HTTP address.

        The lock ends with the process, even after a crash. Raises HomeLocked.
        """
        self.create()
        # "a+" neither empties the file, which is the holder's, nor fails if there is none.
        with (self.path / "node.lock").open("a+", encoding="utf-8") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                file.seek(0)
                raise HomeLocked(f"{self.path} is in use by {_holder(file.read())}") from None
            file.truncate(0)
            since = datetime.now(UTC).isoformat(timespec="seconds")
            json.dump({"pid": os.getpid(), "since": since, "address": address}, file)
            file.flush()
            yield

    def secret_key(self) -> str:
        """Return the key for signing sessions: made once, in the file `secret_key` (mode 0600)."""
        file = self.path / "secret_key"
        if file.exists():
            return file.read_text(encoding="ascii")
        self.create()
        draft = self.path / f".secret_key.{secrets.token_hex(8)}"
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as stream:
            stream.write(secrets.token_urlsafe(64))
            stream.flush()
            os.fsync(stream.fileno())
        # Unlike a rename, a link never replaces the key of a process that was faster.
        with suppress(FileExistsError):
            os.link(draft, file)
        draft.unlink()
        return file.read_text(encoding="ascii")


def _holder(text: str) -> str:
    try:
        node = json.loads(text)
    except ValueError:
        # Between taking the lock and writing the line the file is empty.
        return "another node, which is just starting"
    return f"the node with pid {node['pid']}, running since {node['since']} at {node['address']}"
