"""Waits for what other threads do: a waiting caller blocks its thread, unless it has a waiter.

The web process gives each request a waiter that lets other requests use the thread meanwhile. So
hold no lock, no open cursor and no iterator over rows while you wait.
"""

from collections.abc import Callable
from concurrent.futures import Future, wait
from contextvars import ContextVar
from typing import Any

#: Returns when the future is done, or after the seconds.
Waiter = Callable[[Future[Any], float], None]


def block(future: Future[Any], seconds: float) -> None:
    """Wait on this thread, for everything that runs on it."""
    wait([future], seconds)


_waiter: ContextVar[Waiter] = ContextVar("waiter", default=block)


def use_waiter(waiter: Waiter) -> None:
    """Let the current context wait by `waiter` from now on."""
    _waiter.set(waiter)


def wait_for(future: Future[Any], seconds: float) -> bool:
    """Return whether the future is done, as soon as it is, and after `seconds` at the latest."""
    if not future.done() and seconds > 0:
        _waiter.get()(future, seconds)
    return future.done()


def pause(seconds: float) -> None:
    """Wait for nothing but the time."""
    wait_for(Future(), seconds)
