"""Changes from one state of the registry to another, as lines for a terminal."""

from collections.abc import Iterable

from registry.state.differences import RowChange

#: So many records and changes are printed; --json has more.
TOLD = 20


def change_lines(changes: Iterable[RowChange], count: int) -> list[str]:
    """The first ones in words; `count` is how many there are in all."""
    lines = [printable(f"  {each.summary}") for each, _ in zip(changes, range(TOLD), strict=False)]
    return [*lines, *more_line(count)]


def more_line(count: int) -> list[str]:
    return [f"  and {count - TOLD:,} more, with --json"] if count > TOLD else []


def printable(text: str) -> str:
    """What comes from a record must not move the terminal's cursor."""
    return "".join(sign if sign.isprintable() else "\ufffd" for sign in text)
