"""A repair as a plan: the exact records, before any is published."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from msgspec import Struct

from journal.wire.codec import encode
from journal.wire.descriptions import describe
from journal.wire.messages import Message
from registry.errors import RegistryError


class RepairImpossible(RegistryError):
    """A repair refused as ineffective or harmful; nothing was published."""


class ConfirmationFailed(RepairImpossible):
    """The typed name is not the topic's; nothing was published."""


@dataclass(frozen=True)
class PlannedRecord:
    """A record of a plan, and its effect in a sentence."""

    message: Message
    change: str

    @property
    def summary(self) -> str:
        return describe(self.message)

    @cached_property
    def _encoded(self) -> tuple[bytes, bytes]:
        key, value = encode(self.message)
        return key, value or b""

    @property
    def key(self) -> bytes:
        return self._encoded[0]

    @property
    def value(self) -> bytes:
        return self._encoded[1]

    @property
    def size(self) -> int:
        return len(self.key) + len(self.value)


class CheckResult(Struct, frozen=True, rename={"description": "words", "passed": "holds"}):
    """A check of the tables after a repair, in a sentence.

    Stored in the node's home, hence the other names in JSON.
    """

    description: str
    passed: bool


@dataclass(frozen=True, kw_only=True)
class RepairPlan:
    """The records of a repair.

    `resolves` are codes of findings; `verify` checks after publishing whether the repair helped.
    """

    title: str
    records: tuple[PlannedRecord, ...]
    resolves: tuple[str, ...]
    warnings: tuple[str, ...]
    verify: Callable[[], tuple[CheckResult, ...]]

    @property
    def size(self) -> int:
        return sum(record.size for record in self.records)

    @cached_property
    def fingerprint(self) -> str:
        """Hash the exact bytes of the records.

        A page sends it back with the confirmation, so that only displayed records are published.
        """
        digest = hashlib.sha256()
        for record in self.records:
            for part in (record.key, record.value):
                digest.update(len(part).to_bytes(8, "big") + part)
        return digest.hexdigest()


def seeded_nonces(seed: str) -> Iterator[str]:
    """Yield UUIDs for keys; a seed always gives the same ones, to make plans reproducible."""
    count = 0
    while True:
        digest = hashlib.sha256(f"{seed} {count}".encode()).digest()
        yield str(UUID(bytes=digest[:16], version=4))
        count += 1
