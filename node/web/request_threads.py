"""Threads that run requests, each in a greenlet: a request that waits leaves the thread to others.

As in SQLAlchemy's extension for asyncio, code that waits far down needs not know of it.
"""

import math
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from contextvars import copy_context
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db import connections
from greenlet import getcurrent, greenlet

from registry.waiting import block, use_waiter

Step = Callable[[], object]


class Busy(Exception):
    """As many requests as may are running or waiting (HTTP 503)."""


class RequestThreads:
    """At most `max_threads` threads, started when needed, for at most `max_requests` requests.

    At most `max_begun` of these run or wait for something, so that their memory has a bound.
    """

    def __init__(
        self, name: str, max_threads: int, max_requests: int, max_begun: int | None = None
    ) -> None:
        self._name = name
        self._max_threads = max_threads
        self._places = threading.BoundedSemaphore(max_requests)
        self._threads: list[_RequestThread] = []
        self._queue = _Queue(max_requests if max_begun is None else max_begun)

    def submit(self, work: Callable[[], None]) -> Future[None]:
        """Run `work` on a thread, in a copy of this context; raises Busy.

        The future can be canceled before a thread begins.
        """
        if not self._places.acquire(blocking=False):
            raise Busy
        future: Future[None] = Future()
        future.add_done_callback(lambda _: self._places.release())
        request = _Request(work, future)
        with self._queue.lock:
            self._queue.requests.append(request)
            # Spread, because a thread that is busy for long keeps those that wait on it.
            least = min(self._queue.idle, key=lambda thread: len(thread.waits), default=None)
            if len(self._threads) < self._max_threads and (least is None or least.waits):
                name = f"{self._name}-{len(self._threads)}"
                self._threads.append(_RequestThread(name, self._queue))
                self._threads[-1].start()
            elif least is not None:
                least.notify()
        return future


class _Request:
    """Work to be run in the context of its caller."""

    def __init__(self, work: Callable[[], None], future: Future[None]) -> None:
        self._work = work
        self._future = future
        self.context = copy_context()

    def run(self) -> None:
        if not self._future.set_running_or_notify_cancel():
            return
        try:
            self._work()
        except BaseException as error:
            self._future.set_exception(error)
        else:
            self._future.set_result(None)


class _Queue:
    """Requests not yet begun, and idle threads."""

    def __init__(self, max_begun: int) -> None:
        self.lock = threading.Lock()
        self.idle: set[_RequestThread] = set()
        self.requests: deque[_Request] = deque()
        #: How many more requests may be begun.
        self._left = max_begun

    def take(self) -> _Request | None:
        """Return a request to begin; call it with the lock."""
        if not self.requests or not self._left:
            return None
        self._left -= 1
        return self.requests.popleft()

    def end(self) -> None:
        """Let the calling thread begin another request."""
        with self.lock:
            self._left += 1


@dataclass(eq=False, slots=True)
class _Wait:
    """A request waiting until `deadline` (time.monotonic) at the latest."""

    request: greenlet
    deadline: float


class _RequestThread(threading.Thread):
    """Begins requests of the queue, and continues its own ones after their waits."""

    def __init__(self, name: str, queue: _Queue) -> None:
        # The server waits for requests before the process ends, and for nothing else.
        super().__init__(name=name, daemon=True)
        self._queue = queue
        self._wake_up = threading.Condition(queue.lock)
        #: What can go on; a greenlet can't be run by another thread.
        self._steps: deque[Step] = deque()
        self.waits: set[_Wait] = set()

    def run(self) -> None:
        self._hub = getcurrent()
        while True:
            self._next_step()()

    def notify(self) -> None:
        """Wake this thread if it is idle; call it with the queue's lock."""
        self._queue.idle.discard(self)
        self._wake_up.notify()

    def wait(self, future: Future[Any], seconds: float) -> None:
        """Run other requests until the future is done; the waiter of each request here."""
        if any(connection.in_atomic_block for connection in connections.all(initialized_only=True)):
            # The connection is this thread's: others would read inside the transaction.
            block(future, seconds)
            return
        wait = _Wait(getcurrent(), time.monotonic() + seconds)
        with self._queue.lock:
            self.waits.add(wait)

        def resume(_: Future[Any]) -> None:
            with self._queue.lock:
                self._resume(wait)
                self.notify()

        future.add_done_callback(resume)
        self._hub.switch()

    def _resume(self, wait: _Wait) -> None:
        # Not twice: the deadline may have been first.
        if wait in self.waits:
            self.waits.remove(wait)
            self._steps.append(wait.request.switch)

    def _next_step(self) -> Step:
        with self._queue.lock:
            while True:
                now = time.monotonic()
                for late in [wait for wait in self.waits if wait.deadline <= now]:
                    self._resume(late)
                if self._steps:
                    return self._steps.popleft()
                request = self._queue.take()
                if request is not None:
                    return partial(self._begin, request)
                self._queue.idle.add(self)
                first = min((wait.deadline for wait in self.waits), default=math.inf)
                self._wake_up.wait(min(first - now, threading.TIMEOUT_MAX))
                self._queue.idle.discard(self)

    def _begin(self, request: _Request) -> None:
        def run() -> None:
            use_waiter(self.wait)
            request.run()
            self._queue.end()

        running = greenlet(run)
        running.gr_context = request.context
        running.switch()
