"""Waiting until a node may write."""

import pytest

from journal.outcomes.activity import Activity
from journal.outcomes.errors import NotReady
from journal.publish import readiness
from journal.publish.readiness import Readiness
from tests.waiting import DEADLINE


def test_of_many_writes_that_wait_one_asks_the_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def refuse(self: Readiness) -> None:
        asked.append("")
        raise NotReady("the node is still replaying the journal", is_transient=True)

    monkeypatch.setattr(readiness, "_POLL_INTERVAL", DEADLINE)
    monkeypatch.setattr(Readiness, "_read_generation", refuse)
    ready = Readiness("topic", Activity())
    for _ in range(100):
        with pytest.raises(NotReady, match="still replaying") as refused:
            ready.wait()
        assert refused.value.is_transient
    assert len(asked) == 1
