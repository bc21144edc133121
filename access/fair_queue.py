"""A bounded queue of credentials to check, in which no network holds up the others."""

import threading
from collections import OrderedDict, deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from access.connections import Connection
from access.errors import CredentialsUnchecked

_FULL = "More credentials wait to be checked than this node takes. Try again in a few seconds."
_CLOSED = "The client closed the connection before its credentials were checked."


@dataclass(frozen=True, slots=True, eq=False)
class _Item:
    connection: Connection
    rank: Callable[[], int]
    work: Callable[[], Any]
    future: Future[Any] = field(default_factory=Future)


class FairQueue:
    """Runs work on threads of its own; networks take turns, those without a recent turn first.

    The next item of a network is that of the lowest rank, and the newest of equals, since clients
    of older ones may have given up. Items of closed connections are dropped. Beyond a limit, the
    network with the most items loses the one of the highest rank, and the oldest of equals.
    """

    def __init__(self, threads: int, max_waiting: int, max_of_network: int) -> None:
        self._threads = threads
        self._max_waiting = max_waiting
        self._max_of_network = max_of_network
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="credentials")
        self._lock = threading.Lock()
        #: Items by network, in the order of their turns.
        self._waiting: OrderedDict[str, list[_Item]] = OrderedDict()
        self._had_turns: deque[str] = deque(maxlen=max_waiting)
        self._running = 0

    def submit(
        self, connection: Connection, work: Callable[[], Any], rank: Callable[[], int]
    ) -> Future[Any]:
        """Queue `work`; returns its future result, CredentialsUnchecked for a dropped item.

        `rank` is called whenever an item is chosen.
        """
        item = _Item(connection, rank, work)
        with self._lock:
            network = connection.network
            items = self._waiting.setdefault(network, [])
            if not items and network not in self._had_turns:
                self._waiting.move_to_end(network, last=False)
            items.append(item)
            if self._find_excess(items):
                # Not each time: it looks at all that wait.
                self._drop_closed()
            if excess := self._find_excess(items):
                # max() returns the first of equals.
                last = max(excess, key=lambda item: item.rank())
                excess.remove(last)
                _end_unchecked(last, _FULL)
            if self._running < self._threads:
                self._running += 1
                self._pool.submit(self._run)
        return item.future

    def _run(self) -> None:
        while (item := self._take()) is not None:
            if item.future.set_running_or_notify_cancel():
                try:
                    item.future.set_result(item.work())
                except Exception as error:
                    item.future.set_exception(error)

    def _take(self) -> _Item | None:
        with self._lock:
            self._drop_closed()
            if not self._waiting:
                self._running -= 1
                return None
            network, items = self._waiting.popitem(last=False)
            # min() returns the first of equals.
            item = min(reversed(items), key=lambda item: item.rank())
            items.remove(item)
            self._waiting[network] = items
            self._had_turns.append(network)
            return item

    def _find_excess(self, items: list[_Item]) -> list[_Item]:
        """Return the items of the network with too many; none if no limit is exceeded."""
        if len(items) > self._max_of_network:
            return items
        if sum(map(len, self._waiting.values())) > self._max_waiting:
            return max(reversed(self._waiting.values()), key=len)
        return []

    def _drop_closed(self) -> None:
        for network, items in list(self._waiting.items()):
            for item in items.copy():
                if item.connection.is_closed():
                    items.remove(item)
                    _end_unchecked(item, _CLOSED)
            if not items:
                del self._waiting[network]


def _end_unchecked(item: _Item, reason: str) -> None:
    if item.future.set_running_or_notify_cancel():
        item.future.set_exception(CredentialsUnchecked(reason))
