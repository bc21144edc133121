"""Where two nodes first hold something else: block by block of each table, then row by row."""

from collections.abc import Callable, Mapping, Sequence
from itertools import zip_longest
from typing import Any, Literal

from msgspec import Struct

from registry.models import DEFAULT_TENANT
from registry.state.digest import DigestedRow

Blocks = Mapping[str, Sequence[str]]
#: Of a table, by its name, the rows of a block.
Rows = Callable[[str, int], Sequence[DigestedRow]]
Side = Literal["here", "there", "both"]


class StateDifference(Struct, frozen=True):
    """`key` names the columns that order the rows of `table`; `side` is who has such a row."""

    table: str
    key: dict[str, Any]
    side: Side

    @property
    def words(self) -> str:
        named = ", ".join(
            f"{name} {told}"
            for name, told in self.key.items()
            if (name, told) != ("tenant_id", DEFAULT_TENANT)
        )
        who = {
            "here": "only this node has the row",
            "there": "only the peer has the row",
            "both": "the row is another on each",
        }
        return f"table {self.table}, {named}: {who[self.side]}"


def first_difference(
    blocks: tuple[Blocks, Blocks], rows: tuple[Rows, Rows]
) -> StateDifference | None:
    """Of this node and of the peer, in this order; None where none is found.

    Blocks are counted from a table's start, so the first that differs has the first row that does.
    """
    here, there = blocks
    for table in here:
        pairs = enumerate(zip_longest(here[table], there.get(table, ())))
        block = next((number for number, (one, other) in pairs if one != other), None)
        if block is not None:
            return _in_block(table, rows[0](table, block), rows[1](table, block))
    return None


def _in_block(
    table: str, here: Sequence[DigestedRow], there: Sequence[DigestedRow]
) -> StateDifference | None:
    for one, other in zip_longest(here, there):
        if one == other:
            continue
        if other is None or (one is not None and _place(one) < _place(other)):
            return StateDifference(table, one.key, "here")
        if one is None or _place(other) < _place(one):
            return StateDifference(table, other.key, "there")
        return StateDifference(table, one.key, "both")
    return None


def _place(row: DigestedRow) -> list[tuple[bool, Any]]:
    """As the tables are ordered: nulls first, texts by their code points."""
    return [(told is not None, "" if told is None else told) for told in row.key.values()]
