"""Changes between two states of the registry, as lines for a terminal."""

from collections.abc import Iterable
from itertools import islice

from registry.state.differences import RowChange

#: More records and changes than these are left to --json.
MAX_SHOWN = 20


def format_changes(changes: Iterable[RowChange], count: int) -> list[str]:
    """Return lines of the first changes; `count` is the number of all changes."""
    lines = [printable(f"  {change.summary}") for change in islice(changes, MAX_SHOWN)]
    return [*lines, *format_truncation(count)]


def format_truncation(count: int) -> list[str]:
    return [f"  and {count - MAX_SHOWN:,} more, with --json"] if count > MAX_SHOWN else []


def printable(text: str) -> str:
    """Replace control characters, since text of records may hold terminal escapes."""
    return "".join(character if character.isprintable() else "\ufffd" for character in text)
