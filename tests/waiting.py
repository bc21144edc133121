"""Waiting for a condition: the only place in the tests that sleeps or reads a clock."""

import asyncio
import random
import threading
import time
from collections.abc import Callable, Iterator
from typing import TypeVar

#: Seconds that only a hang takes, whatever else the machine is doing.
DEADLINE = 180.0
_INTERVAL = 0.02
#: The longest pause between two looks; what is looked at needs the processor, too.
_LONGEST = 0.1

Result = TypeVar("Result")


def until(
    condition: Callable[[], Result],
    *,
    during: Callable[[], object] | None = None,
    deadline: float = DEADLINE,
) -> Result:
    """Return the first true result of `condition`, which is called again and again.

    `during`, if given, runs between two calls. Fails after `deadline` seconds.
    """
    end, pause = time.monotonic() + deadline, _INTERVAL
    while not (result := condition()):
        assert time.monotonic() < end, f"the condition was still false after {deadline:.0f} s"
        if during is not None:
            during()
        time.sleep(pause)
        pause = min(pause * 1.2, _LONGEST)
    return result


def holds(condition: Callable[[], object], *, looks: int = 50) -> bool:
    """Return whether `condition` is true at each of `looks` calls, 20 ms apart.

    For what must not happen: a slow machine can hide a failure here, but not cause one.
    """
    for _ in range(looks):
        if not condition():
            return False
        time.sleep(_INTERVAL)
    return True


def again(stopping: threading.Event, interval: float) -> Iterator[None]:
    """Yield again and again, `interval` seconds apart, until `stopping` is set."""
    while not stopping.wait(interval):
        yield


def random_pause(instants: random.Random, longest: float) -> None:
    """Sleep up to `longest` seconds, so that what follows comes at a random instant."""
    time.sleep(instants.uniform(0, longest))


async def loop_turns(count: int) -> None:
    """Let the event loop run whatever is ready, `count` times."""
    for _ in range(count):
        await asyncio.sleep(0)
