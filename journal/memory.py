"""Gives the memory that a replay used back to the system."""

import ctypes
import gc


def give_back() -> None:
    """As far as the C library can: glibc keeps what was freed unless it is asked."""
    gc.collect()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
