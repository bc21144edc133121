"""One record of a new journal, and one difference that its tables will have."""

from dataclasses import dataclass

from journal.wire.messages import Message


@dataclass(frozen=True, slots=True)
class NewRecord:
    """`timestamp` is in epoch ms; None where the state does not depend on it."""

    message: Message
    timestamp: int | None = None


@dataclass(frozen=True, slots=True)
class ExpectedDifference:
    """Rows of the new tables that will differ: those of `table` whose key begins with `key`.

    Tables are named as in the state digest; empty where only older nodes will differ. An empty
    `description` belongs to the one before.
    """

    description: str
    table: str = ""
    key: tuple[object, ...] = ()
