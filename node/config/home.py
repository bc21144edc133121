"""The node's home: one folder, owned by one running node, holding all that it keeps."""

import fcntl
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO


class HomeInUse(Exception):
    """Another node runs in this home; the text says which one."""


@dataclass(frozen=True)
class Home:
    """The layout below `path`; nothing is created until something is kept there."""

    path: Path

    @property
    def database(self) -> Path:
        return self.path / "annals.sqlite3"

    @property
    def logs(self) -> Path:
        return self.path / "logs"

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
        """Of the topic, each saved before something was said to mend it."""
        return self.path / "dumps"

    @property
    def mendings(self) -> Path:
        """What was said to mend the journal, and whether it helped."""
        return self.path / "mendings"

    @property
    def snapshots(self) -> Path:
        """Registries beside the node's own: of some moment, of a dump, of an export."""
        return self.path / "snapshots"

    @property
    def brought(self) -> Path:
        """Files of uploads of several, from their plan until they are stored or forgotten."""
        return self.path / "brought"

    @property
    def found_contents(self) -> Path:
        """Lost contents that were found again, until they are said."""
        return self.path / "found-contents"

    def create(self) -> None:
        """Create the folder, readable by its owner alone; one that exists is left as it is."""
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)

    @contextmanager
    def claim(self, address: str) -> Iterator[None]:
        """Hold the home while the block runs; `address` is where this node answers HTTP.

        The lock ends with the process, however it ends. Raises HomeInUse.
        """
        self.create()
        # "a+" neither empties the file, which is the holder's, nor fails if there is none.
        with (self.path / "node.lock").open("a+", encoding="utf-8") as lock:
            self._lock(lock)
            lock.truncate(0)
            since = datetime.now(UTC).isoformat(timespec="seconds")
            json.dump({"pid": os.getpid(), "since": since, "address": address}, lock)
            lock.flush()
            yield

    def secret_key(self) -> str:
        """The key that signs this node's sessions: made once, kept in `secret_key` (mode 0600)."""
        file = self.path / "secret_key"
        if not file.exists():
            self._keep_new_secret(file)
        return file.read_text(encoding="ascii")

    def _lock(self, lock: IO[str]) -> None:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise HomeInUse(f"{self.path} is in use by {_holder(lock.read())}") from None

    def _keep_new_secret(self, file: Path) -> None:
        self.create()
        draft = self.path / f".secret_key.{secrets.token_hex(8)}"
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as stream:
            stream.write(secrets.token_urlsafe(64))
            stream.flush()
            os.fsync(stream.fileno())
        try:
            # Unlike a rename, a link never replaces the key of a process that was faster.
            os.link(draft, file)
        except FileExistsError:
            pass
        finally:
            draft.unlink()


def _holder(text: str) -> str:
    try:
        told = json.loads(text)
    except ValueError:
        # Between taking the lock and writing the line there is a moment with nothing to read.
        return "another node, which is just starting"
    return f"the node with pid {told['pid']}, running since {told['since']} at {told['address']}"
