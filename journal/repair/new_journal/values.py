"""One record of a new journal, and one difference that it will have."""

from dataclasses import dataclass

from journal.wire.messages import Message


@dataclass(frozen=True, slots=True)
class NewRecord:
    """A record, and its time in epoch ms where the state derives from it, else None."""

    message: Message
    timestamp: int | None = None


@dataclass(frozen=True, slots=True)
class ExpectedDifference:
    """A difference that the new tables will have: in the table `table` (of the state digest), for
    rows whose key begins with `key`; an empty table where only older nodes will differ."""

    words: str
    table: str = ""
    key: tuple[object, ...] = ()
