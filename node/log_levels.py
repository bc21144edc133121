"""Levels of loggers as the journal has them, in this process: looked up every two seconds."""

import logging
import threading
import time
from collections.abc import Mapping

from django.db import DatabaseError, connection

from registry import queries

log = logging.getLogger(__name__)

_LOOK_EVERY = 2.0
#: What Java's names of levels are here; java.util.logging has more of them than Python.
_LEVELS = {
    **dict.fromkeys(("TRACE", "FINEST", "FINER", "FINE", "DEBUG"), logging.DEBUG),
    **dict.fromkeys(("CONFIG", "INFO"), logging.INFO),
    **dict.fromkeys(("WARN", "WARNING"), logging.WARNING),
    **dict.fromkeys(("SEVERE", "ERROR"), logging.ERROR),
}


class LogLevels:
    """Remembers which levels were others before, and gives them back."""

    def __init__(self) -> None:
        self._before: dict[str, int] = {}

    def apply(self, wanted: Mapping[str, str]) -> None:
        """`wanted` are names of levels by logger; a name that is unknown changes nothing."""
        for name in self._before.keys() - wanted.keys():
            _set(name, self._before.pop(name))
        for name, level in wanted.items():
            if level in _LEVELS:
                self._before.setdefault(name, logging.getLogger(name).level)
                _set(name, _LEVELS[level])

    def follow(self) -> None:
        """From a thread of its own, as long as the process lives."""
        threading.Thread(target=self._follow, name="log-levels", daemon=True).start()

    def _follow(self) -> None:
        while True:
            # A database that is away, or has no tables yet, changes no level.
            try:
                self.apply({each.name: each.level for each in queries.loggers()})
            except DatabaseError:
                connection.close()
            time.sleep(_LOOK_EVERY)


def _set(name: str, level: int) -> None:
    logger = logging.getLogger(name)
    if logger.level != level:
        logger.setLevel(level)
        told = logging.getLevelName(logger.getEffectiveLevel())
        log.info("The logger %s has the level %s from now on", name, told)
