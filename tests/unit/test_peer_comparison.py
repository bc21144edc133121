"""The first row in which two nodes differ is found, whichever of them has it."""

from typing import Any

import pytest

from journal.health.peer_comparison import RowReader, StateDifference, first_difference
from registry.state.digest import DigestedRow

Held = dict[int | None, str]
_BLOCK = 3


def blocks(held: Held) -> dict[str, list[str]]:
    ordered = rows_of(held)
    parts = [ordered[at : at + _BLOCK] for at in range(0, len(ordered), _BLOCK)]
    return {"empty": [], "versions": [" ".join(map(str, part)) for part in parts]}


def rows_of(held: Held) -> list[DigestedRow]:
    def order(key: int | None) -> Any:
        return (key is not None, key or 0)

    return [DigestedRow({"global_id": key}, held[key]) for key in sorted(held, key=order)]


def reader(held: Held) -> RowReader:
    return lambda table, block: rows_of(held)[block * _BLOCK : (block + 1) * _BLOCK]


def found(here: Held, there: Held) -> StateDifference | None:
    return first_difference((blocks(here), blocks(there)), (reader(here), reader(there)))


WHOLE: Held = {each: f"hash {each}" for each in range(1, 9)}


def test_the_same_rows_have_no_difference() -> None:
    assert found(WHOLE, dict(WHOLE)) is None
    assert found({}, {}) is None


@pytest.mark.parametrize("at", [*WHOLE])
def test_a_row_that_is_another_is_found(at: int) -> None:
    changed = {**WHOLE, at: "other", 8: "other, too"}
    assert found(WHOLE, changed) == StateDifference("versions", {"global_id": at}, "both")


@pytest.mark.parametrize("at", [*WHOLE])
def test_a_row_that_one_side_lacks_is_found(at: int) -> None:
    lacking = {key: told for key, told in WHOLE.items() if key != at}
    assert found(WHOLE, lacking) == StateDifference("versions", {"global_id": at}, "here")
    assert found(lacking, WHOLE) == StateDifference("versions", {"global_id": at}, "there")


def test_nothing_comes_before_something() -> None:
    assert found({None: "x", **WHOLE}, WHOLE) == StateDifference(
        "versions", {"global_id": None}, "here"
    )


def test_a_table_that_only_one_release_knows_is_a_difference() -> None:
    here: dict[str, list[str]] = {"new": ["a"]}
    told = first_difference((here, {}), (lambda *_: rows_of({1: "a"}), lambda *_: []))
    assert told == StateDifference("new", {"global_id": 1}, "here")


def test_the_words_leave_out_the_tenant_that_all_have() -> None:
    key = {"tenant_id": "_", "global_id": 3}
    assert StateDifference("versions", key, "both").description == (
        "table versions, global_id 3: the row is another on each"
    )
