"""Work of callers who take turns, so that none waits for all that another one asks for."""

import threading
from collections import OrderedDict, deque
from contextvars import ContextVar
from typing import Generic, TypeVar

T = TypeVar("T")

#: The caller who asks for the work: a proven name, or else a network. The web process sets it for
#: each request.
current_caller: ContextVar[str] = ContextVar("caller", default="")


class TurnsFull(Exception):
    """As much work as may waits already, of all callers or of this one."""


class Turns(Generic[T]):
    """Gives back one item of each caller in turn, the oldest first."""

    def __init__(self, max_items: int, max_of_caller: int) -> None:
        self._max_items = max_items
        self._max_of_caller = max_of_caller
        self._lock = threading.Lock()
        self._items: OrderedDict[str, deque[T]] = OrderedDict()

    def add(self, item: T) -> None:
        """Add an item of the current caller; raises TurnsFull."""
        caller = current_caller.get()
        with self._lock:
            items = self._items.get(caller, deque())
            count = sum(map(len, self._items.values()))
            if len(items) >= self._max_of_caller or count >= self._max_items:
                raise TurnsFull
            items.append(item)
            self._items[caller] = items

    def take(self) -> T:
        """Remove and return the next caller's oldest item; raises KeyError if there is none."""
        with self._lock:
            caller, items = self._items.popitem(last=False)
            item = items.popleft()
            if items:
                self._items[caller] = items
            return item
