"""Work measured in calls of functions, which are as many on any machine."""

import gc
import sys
from collections.abc import Callable
from types import FrameType

from tests.rules.hostile_contents import Hostile

#: Of a content that is not made of pieces: a fifth more than the costliest takes, 900 schemas
#: inside each other with about 180 for each.
_MOST = 200_000
_PIECES = 1_000
#: Of twice the pieces to the pieces; the rest is for what is done once.
_GROWTH = 2.2
_ONCE = 2_500
#: Modules whose calls depend on how fast another process writes.
_WAITING = {"subprocess", "selectors"}


def count_calls(work: Callable[[], object]) -> int:
    """Return how many functions are called, those written in C included, except to wait."""
    events = 0

    def note(frame: FrameType, _event: str, _argument: object) -> None:
        nonlocal events
        if frame.f_globals.get("__name__") not in _WAITING:
            events += 1

    before = sys.getprofile()
    # Finalizers of what other tests have left behind would count as calls.
    gc.disable()
    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(before)
        gc.enable()
    # A call and a return.
    return events // 2


def assert_few_calls(work: Callable[[bytes], object], hostile: Hostile) -> None:
    """Fail if twice the pieces take much more than twice the calls, or one content too many.

    What is loaded or built at the first time is not counted.
    """
    if hostile.count == 1:
        content = hostile.content
        work(content)
        assert count_calls(lambda: work(content)) <= _MOST
        return
    work(hostile.make(_PIECES // 4))
    half, whole = (hostile.make(count) for count in (_PIECES // 2, _PIECES))
    assert count_calls(lambda: work(whole)) <= _GROWTH * count_calls(lambda: work(half)) + _ONCE
