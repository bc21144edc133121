"""What a worker's process tells on its pipe when nobody listens, or somebody did before."""

import json
import os
import select
from collections.abc import Iterator
from contextlib import suppress
from itertools import groupby
from typing import Any

import pytest

from journal.outcomes import pipe as news
from journal.outcomes.pipe import PipeReporter
from journal.projection.decoding import decode_record
from journal.projection.effects import APPLIED
from journal.wire.messages import Action, GlobalIdKey, GlobalIdValue, Message
from tests.journals import record


class Pipe:
    def __init__(self) -> None:
        self.reading, self.writing = os.pipe()
        os.set_blocking(self.reading, False)
        self._rest = b""

    def read(self) -> list[dict[str, Any]]:
        """The complete lines so far; fails on a line that the reporter did not write."""
        with suppress(BlockingIOError):
            while True:
                self._rest += os.read(self.reading, 1 << 20)
        *lines, self._rest = self._rest.split(b"\n")
        return [json.loads(line) for line in lines if line]


@pytest.fixture
def pipe() -> Iterator[Pipe]:
    made = Pipe()
    yield made
    for end in (made.reading, made.writing):
        with suppress(OSError):
            os.close(end)


class Room:
    """Notes how long the reporter would wait until there is room in its pipe."""

    def __init__(self, room: select.poll) -> None:
        self._room = room
        self.waits: list[int] = []

    def poll(self, patience: int) -> list[tuple[int, int]]:
        self.waits.append(patience)
        return self._room.poll(patience)


def a_batch(size: int = 1) -> Any:
    """Of records that draw ids; a thousand of them are more than a pipe takes."""
    message = Message(GlobalIdKey("_", "u"), GlobalIdValue(Action.CREATE))
    return [(decode_record(record(message, offset)), APPLIED) for offset in range(size)]


def test_a_listener_that_is_stalled_holds_nobody_up_and_is_told_to_look_for_itself(
    pipe: Pipe,
) -> None:
    reporter = PipeReporter(pipe.writing)
    room = reporter._room = Room(reporter._room)  # type: ignore[assignment]
    batch = a_batch(1000)
    for _ in range(100):
        reporter.applied(batch)
    assert [patience for patience in room.waits if patience] == [news._PATIENCE_MS]

    heard = []
    for _ in range(20):
        heard += pipe.read()
        reporter.heartbeat()
    kinds = [kind for kind, _ in groupby(next(iter(each)) for each in heard)]
    assert kinds == ["mutation", "again", "word"]


def test_what_is_told_after_a_stall_comes_after_the_hint_to_look(pipe: Pipe) -> None:
    reporter = PipeReporter(pipe.writing)
    for _ in range(3):
        reporter.applied(a_batch(1000))
    reporter.on_standby()
    heard = []
    for _ in range(20):
        heard += pipe.read()
        reporter.on_standby()
    assert heard[-1] == {"standby": True}
    assert {"again": True} in heard


def test_half_a_line_of_a_worker_that_was_killed_spoils_no_other(pipe: Pipe) -> None:
    os.write(pipe.writing, b'{"mutation":true,"outc')
    PipeReporter(pipe.writing).worker_started()
    lines = os.read(pipe.reading, 1 << 16).split(b"\n")
    assert lines == [b'{"mutation":true,"outc', b'{"again":true}', b""]


def test_a_worker_notices_that_its_parent_has_gone(pipe: Pipe) -> None:
    os.close(pipe.reading)
    with pytest.raises(BrokenPipeError):
        PipeReporter(pipe.writing).heartbeat()


def test_an_outcome_takes_few_bytes_of_the_pipe(pipe: Pipe) -> None:
    PipeReporter(pipe.writing).applied(a_batch(100))
    assert len(os.read(pipe.reading, 1 << 16)) < 100 * 60
