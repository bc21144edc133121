"""The first row in which two nodes differ is difference_of, whichever of them has it."""

from typing import Any

import pytest

from journal.health.peer_comparison import RowReader, StateDifference, first_difference
from registry.state.digest import DigestedRow

Table = dict[int | None, str]
_BLOCK = 3


def blocks(table: Table) -> dict[str, list[str]]:
    ordered = rows_of(table)
    parts = [ordered[start : start + _BLOCK] for start in range(0, len(ordered), _BLOCK)]
    return {"empty": [], "versions": [" ".join(map(str, part)) for part in parts]}


def rows_of(table: Table) -> list[DigestedRow]:
    def order(key: int | None) -> Any:
        return (key is not None, key or 0)

    return [DigestedRow({"global_id": key}, table[key]) for key in sorted(table, key=order)]


def reader(table: Table) -> RowReader:
    return lambda name, block: rows_of(table)[block * _BLOCK : (block + 1) * _BLOCK]


def difference_of(here: Table, there: Table) -> StateDifference | None:
    return first_difference((blocks(here), blocks(there)), (reader(here), reader(there)))


WHOLE: Table = {each: f"hash {each}" for each in range(1, 9)}


def test_the_same_rows_have_no_difference() -> None:
    assert difference_of(WHOLE, dict(WHOLE)) is None
    assert difference_of({}, {}) is None


@pytest.mark.parametrize("key", [*WHOLE])
def test_a_row_that_differs_is_found(key: int) -> None:
    changed = {**WHOLE, key: "other", 8: "other, too"}
    assert difference_of(WHOLE, changed) == StateDifference("versions", {"global_id": key}, "both")


@pytest.mark.parametrize("missing", [*WHOLE])
def test_a_row_that_one_side_lacks_is_found(missing: int) -> None:
    lacking = {key: value for key, value in WHOLE.items() if key != missing}
    assert difference_of(WHOLE, lacking) == StateDifference(
        "versions", {"global_id": missing}, "here"
    )
    assert difference_of(lacking, WHOLE) == StateDifference(
        "versions", {"global_id": missing}, "there"
    )


def test_nothing_comes_before_something() -> None:
    assert difference_of({None: "x", **WHOLE}, WHOLE) == StateDifference(
        "versions", {"global_id": None}, "here"
    )


def test_a_table_that_only_one_release_knows_is_a_difference() -> None:
    here: dict[str, list[str]] = {"new": ["a"]}
    difference = first_difference((here, {}), (lambda *_: rows_of({1: "a"}), lambda *_: []))
    assert difference == StateDifference("new", {"global_id": 1}, "here")


def test_the_description_leaves_out_the_default_tenant() -> None:
    key = {"tenant_id": "_", "global_id": 3}
    assert StateDifference("versions", key, "both").description == (
        "table versions, global_id 3: the row is another on each"
    )
