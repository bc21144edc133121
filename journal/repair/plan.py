"""What a mending would say, record by record, before a word of it is said."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from journal.wire.codec import encode
from journal.wire.descriptions import describe
from journal.wire.messages import Message
from registry.errors import RegistryError


class RepairImpossible(RegistryError):
    """What was asked for would not mend, or would do harm; the text says why. Nothing was said."""


class ConfirmationFailed(RepairImpossible):
    """The name that was typed is not the topic's; nothing was said."""


@dataclass(frozen=True)
class PlannedRecord:
    """One record: what it says, and in a sentence what that will change."""

    message: Message
    change: str

    @property
    def words(self) -> str:
        return describe(self.message)

    @cached_property
    def _bytes(self) -> tuple[bytes, bytes]:
        key, value = encode(self.message)
        return key, value or b""

    @property
    def key(self) -> bytes:
        return self._bytes[0]

    @property
    def value(self) -> bytes:
        return self._bytes[1]

    @property
    def size(self) -> int:
        return len(self.key) + len(self.value)


@dataclass(frozen=True)
class Check:
    """What holds, or does not hold, after the mending."""

    words: str
    holds: bool


@dataclass(frozen=True, kw_only=True)
class RepairPlan:
    """`cures` are codes of findings; `prove` looks, after all was said, whether it helped."""

    title: str
    records: tuple[PlannedRecord, ...]
    cures: tuple[str, ...]
    warnings: tuple[str, ...]
    prove: Callable[[], tuple[Check, ...]]

    @property
    def size(self) -> int:
        return sum(each.size for each in self.records)

    @cached_property
    def fingerprint(self) -> str:
        """Of the exact records: one that was shown is the one that is said, or else shown anew."""
        seen = hashlib.sha256()
        for each in self.records:
            for part in (each.key, each.value):
                seen.update(len(part).to_bytes(8, "big") + part)
        return seen.hexdigest()


def nonces(seed: str) -> Iterator[str]:
    """UUIDs for keys, the same for the same seed: a plan made again says the same bytes."""
    count = 0
    while True:
        drawn = hashlib.sha256(f"{seed} {count}".encode()).digest()
        yield str(UUID(bytes=drawn[:16], version=4))
        count += 1
