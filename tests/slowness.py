"""How slow this processor is at the moment: bounds of seconds hold for one that is not."""

import time
from collections.abc import Callable

#: Of a processor for which the bounds were set: a million squares.
_SQUARES_S = 0.05


def slowness(clock: Callable[[], float] = time.perf_counter) -> float:
    """1 or more, by the clock that the bound is of. Takes a twentieth of a second."""
    began = clock()
    sum(number * number for number in range(1_000_000))
    return max(1.0, (clock() - began) / _SQUARES_S)
