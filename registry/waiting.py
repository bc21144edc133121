"""Waits for what other threads do: a waiting caller blocks its thread, unless it has a waiter.

The web process gives each request a waiter that lets other requests use the thread meanwhile. So
nothing waits with an open cursor or an unread iterator of rows, or with a lock but in `blocking`.
"""

import math
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, wait
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

#: Returns when the future is done, or after the seconds.
Waiter = Callable[[Future[Any], float], None]


def block(future: Future[Any], seconds: float) -> None:
    """Wait for the future, and block everything else on this thread."""
    wait([future], min(seconds, threading.TIMEOUT_MAX))


_waiter: ContextVar[Waiter] = ContextVar("waiter", default=block)


def use_waiter(waiter: Waiter) -> None:
    """Let the current context wait by `waiter` from now on."""
    _waiter.set(waiter)


@contextmanager
def blocking() -> Iterator[None]:
    """Make waits inside the block hold the thread, for a caller with a lock."""
    token = _waiter.set(block)
    try:
        yield
    finally:
        _waiter.reset(token)


def wait_for(future: Future[Any], seconds: float = math.inf) -> bool:
    """Return whether the future is done, as soon as it is, and after `seconds` at the latest."""
    if not future.done() and seconds > 0:
        _waiter.get()(future, seconds)
    return future.done()


def pause(seconds: float) -> None:
    """Wait for nothing but the time."""
    wait_for(Future(), seconds)
