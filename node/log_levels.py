"""Levels of loggers set by administrators on the journal, applied in this process."""

import logging
import threading
import time
from collections.abc import Mapping

from django.db import DatabaseError, connection

from registry import queries

log = logging.getLogger(__name__)

_POLL_SECONDS = 2.0
#: Python's levels by Java's names; java.util.logging has more of them.
_LEVELS = {
    **dict.fromkeys(("TRACE", "FINEST", "FINER", "FINE", "DEBUG"), logging.DEBUG),
    **dict.fromkeys(("CONFIG", "INFO"), logging.INFO),
    **dict.fromkeys(("WARN", "WARNING"), logging.WARNING),
    **dict.fromkeys(("SEVERE", "ERROR"), logging.ERROR),
}


class LogLevels:
    """Sets levels, and restores a logger's original level after a reset."""

    def __init__(self) -> None:
        self._original: dict[str, int] = {}

    def apply(self, levels: Mapping[str, str]) -> None:
        """Set `levels`, Java's names by logger; an unknown name changes nothing."""
        for name in self._original.keys() - levels.keys():
            _set_level(name, self._original.pop(name))
        for name, level in levels.items():
            if level in _LEVELS:
                self._original.setdefault(name, logging.getLogger(name).level)
                _set_level(name, _LEVELS[level])

    def follow(self) -> None:
        """Apply the levels in the tables, on a thread of its own, for the life of the process."""
        threading.Thread(target=self._poll, name="log-levels", daemon=True).start()

    def _poll(self) -> None:
        while True:
            # A database that is unreachable, or has no tables yet, changes no level.
            try:
                self.apply({row.name: row.level for row in queries.loggers()})
            except DatabaseError:
                connection.close()
            time.sleep(_POLL_SECONDS)


def _set_level(name: str, level: int) -> None:
    logger = logging.getLogger(name)
    if logger.level != level:
        logger.setLevel(level)
        effective = logging.getLevelName(logger.getEffectiveLevel())
        log.info("The logger %s has the level %s from now on", name, effective)
