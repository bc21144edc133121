"""Work of several callers: who is next, and who has too much."""

import pytest

from registry.turns import Turns, TurnsFull, current_caller


def add(turns: Turns[str], caller: str, *items: str) -> None:
    token = current_caller.set(caller)
    try:
        for item in items:
            turns.add(item)
    finally:
        current_caller.reset(token)


def test_callers_take_turns() -> None:
    turns: Turns[str] = Turns(max_items=10, max_of_caller=5)
    add(turns, "a", "a1", "a2", "a3")
    add(turns, "b", "b1", "b2")
    add(turns, "c", "c1")
    assert [turns.take() for _ in range(6)] == ["a1", "b1", "c1", "a2", "b2", "a3"]
    with pytest.raises(KeyError):
        turns.take()


def test_a_caller_with_too_much_leaves_room_for_others() -> None:
    turns: Turns[str] = Turns(max_items=3, max_of_caller=2)
    add(turns, "a", "a1", "a2")
    with pytest.raises(TurnsFull):
        add(turns, "a", "a3")
    add(turns, "b", "b1")
    with pytest.raises(TurnsFull):
        add(turns, "c", "c1")
    assert [turns.take() for _ in range(3)] == ["a1", "b1", "a2"]
    add(turns, "a", "a4")
    assert turns.take() == "a4"
