"""The first difference between two nodes: block by block of each table, then row by row."""

from collections.abc import Callable, Mapping, Sequence
from itertools import zip_longest
from typing import Any, Literal

from msgspec import Struct

from registry.models import DEFAULT_TENANT
from registry.state.digest import DigestedRow

#: The hashes of a table's blocks, by its name.
Blocks = Mapping[str, Sequence[str]]
#: Returns the rows of a table's block, by name and number.
RowReader = Callable[[str, int], Sequence[DigestedRow]]


class StateDifference(Struct, frozen=True):
    """A differing row: `key` has the sort columns of `table`, `side` is the row's place."""

    table: str
    key: dict[str, Any]
    side: Literal["here", "there", "both"]

    @property
    def description(self) -> str:
        columns = ", ".join(
            f"{name} {value}"
            for name, value in self.key.items()
            if (name, value) != ("tenant_id", DEFAULT_TENANT)
        )
        sides = {
            "here": "only this node has the row",
            "there": "only the peer has the row",
            "both": "the row is another on each",
        }
        return f"table {self.table}, {columns}: {sides[self.side]}"


def first_difference(
    blocks: tuple[Blocks, Blocks], readers: tuple[RowReader, RowReader]
) -> StateDifference | None:
    """Compare this node and the peer, in this order.

    Blocks are counted from a table's start, so the first differing block has the first differing
    row.
    """
    here, there = blocks
    for table in here:
        pairs = enumerate(zip_longest(here[table], there.get(table, ())))
        block = next((number for number, (own, remote) in pairs if own != remote), None)
        if block is not None:
            return _first_in_block(table, readers[0](table, block), readers[1](table, block))
    return None


def _first_in_block(
    table: str, here: Sequence[DigestedRow], there: Sequence[DigestedRow]
) -> StateDifference | None:
    for own, remote in zip_longest(here, there):
        if own == remote:
            continue
        if remote is None or (own is not None and _sort_key(own) < _sort_key(remote)):
            return StateDifference(table, own.key, "here")
        if own is None or _sort_key(remote) < _sort_key(own):
            return StateDifference(table, remote.key, "there")
        return StateDifference(table, own.key, "both")
    return None


def _sort_key(row: DigestedRow) -> list[tuple[bool, Any]]:
    """Order rows like the tables: nulls first, texts by their code points."""
    return [(value is not None, "" if value is None else value) for value in row.key.values()]
