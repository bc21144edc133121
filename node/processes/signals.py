"""SIGTERM and SIGINT ask to stop; a second one kills."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

_STOPPING = (signal.SIGTERM, signal.SIGINT)


@contextmanager
def on_stop(callback: Callable[[], None]) -> Iterator[None]:
    """Only in the main thread; the handlers found are put back at the first signal and the end."""
    before = {number: signal.getsignal(number) for number in _STOPPING}

    def restore() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    def stop(number: int, frame: FrameType | None) -> None:
        restore()
        callback()

    for number in _STOPPING:
        signal.signal(number, stop)
    try:
        yield
    finally:
        restore()
