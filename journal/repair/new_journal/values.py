"""Values of a new journal's plan: its records, and the expected differences in its tables."""

from dataclasses import dataclass

from journal.wire.messages import Message


@dataclass(frozen=True, slots=True)
class NewRecord:
    """A record to write; `timestamp` is in epoch ms, None if the state does not depend on it."""

    message: Message
    timestamp: int | None = None


@dataclass(frozen=True, slots=True)
class ExpectedDifference:
    """Rows expected to differ in the new tables: those of `table` with a key beginning with `key`.

    Tables are named as in the state digest; empty if only older nodes will differ. An empty
    `description` belongs to the one before.
    """

    description: str
    table: str = ""
    key: tuple[object, ...] = ()
