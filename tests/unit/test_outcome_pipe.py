"""What a worker reports on its pipe when its parent does not read, or reads again."""

import json
import os
import select
from collections.abc import Iterator
from contextlib import suppress
from itertools import groupby
from typing import Any

import pytest

from journal.outcomes import pipe as outcome_pipe
from journal.outcomes.pipe import PipeReporter
from journal.projection.decoding import decode_record
from journal.projection.effects import APPLIED
from journal.wire.messages import Action, GlobalIdKey, GlobalIdValue, Message
from tests.journals import record


class Pipe:
    def __init__(self) -> None:
        self.reading, self.writing = os.pipe()
        os.set_blocking(self.reading, False)
        self._unread = b""

    def read(self) -> list[dict[str, Any]]:
        """The complete lines so far; fails on a line that the reporter did not write."""
        with suppress(BlockingIOError):
            while True:
                self._unread += os.read(self.reading, 1 << 20)
        *lines, self._unread = self._unread.split(b"\n")
        return [json.loads(line) for line in lines if line]


@pytest.fixture
def pipe() -> Iterator[Pipe]:
    pipe = Pipe()
    yield pipe
    for end in (pipe.reading, pipe.writing):
        with suppress(OSError):
            os.close(end)


class Room:
    """Notes how long the reporter would wait until there is room in its pipe."""

    def __init__(self, room: select.poll) -> None:
        self._room = room
        self.waits: list[int] = []

    def poll(self, timeout: int) -> list[tuple[int, int]]:
        self.waits.append(timeout)
        return self._room.poll(timeout)


def a_batch(size: int = 1) -> Any:
    """Return applied id records; a thousand of them are more than a pipe takes."""
    message = Message(GlobalIdKey("_", "u"), GlobalIdValue(Action.CREATE))
    return [(decode_record(record(message, offset)), APPLIED) for offset in range(size)]


def test_a_parent_that_does_not_read_blocks_no_worker_and_is_told_to_resync(
    pipe: Pipe,
) -> None:
    reporter = PipeReporter(pipe.writing)
    room = reporter._room = Room(reporter._room)  # type: ignore[assignment]
    batch = a_batch(1000)
    for _ in range(100):
        reporter.applied(batch)
    assert [timeout for timeout in room.waits if timeout] == [outcome_pipe._FULL_PIPE_TIMEOUT_MS]

    reports = []
    for _ in range(20):
        reports += pipe.read()
        reporter.heartbeat()
    kinds = [kind for kind, _ in groupby(next(iter(report)) for report in reports)]
    assert kinds == ["mutation", "resync", "heartbeat"]


def test_a_report_after_a_stall_comes_after_the_resync(pipe: Pipe) -> None:
    reporter = PipeReporter(pipe.writing)
    for _ in range(3):
        reporter.applied(a_batch(1000))
    reporter.on_standby()
    reports = []
    for _ in range(20):
        reports += pipe.read()
        reporter.on_standby()
    assert reports[-1] == {"standby": True}
    assert {"resync": True} in reports


def test_half_a_line_of_a_worker_that_was_killed_spoils_no_other(pipe: Pipe) -> None:
    os.write(pipe.writing, b'{"mutation":true,"outc')
    PipeReporter(pipe.writing).worker_started()
    lines = os.read(pipe.reading, 1 << 16).split(b"\n")
    assert lines == [b'{"mutation":true,"outc', b'{"resync":true}', b""]


def test_a_worker_notices_the_end_of_its_parent(pipe: Pipe) -> None:
    os.close(pipe.reading)
    with pytest.raises(BrokenPipeError):
        PipeReporter(pipe.writing).heartbeat()


def test_an_outcome_takes_few_bytes_of_the_pipe(pipe: Pipe) -> None:
    PipeReporter(pipe.writing).applied(a_batch(100))
    assert len(os.read(pipe.reading, 1 << 16)) < 100 * 60
