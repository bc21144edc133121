"""Reads and decodes the next batch on a thread of its own while the present one is applied.

Only while the node is behind: a live record would lose time on its way from thread to thread.
"""

import queue
import threading

from journal.brokers.kafka import JournalReader
from journal.ledger import Read, understand

_LIMIT = 8000
_WAIT = 0.2
#: Seconds to wait for a batch to fill up, once there is something.
_FILL = 0.02
_BATCHES = 1


class ReadAhead:
    """The only user of `reader` until `close`."""

    def __init__(self, reader: JournalReader) -> None:
        self._reader = reader
        self._batches: queue.Queue[list[Read] | Exception] = queue.Queue(_BATCHES)
        self._is_closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="read-ahead", daemon=True)
        self._thread.start()

    def next(self) -> list[Read]:
        """The next batch, empty if there was none for a moment; raises what reading raised."""
        batch = self._batches.get()
        if isinstance(batch, Exception):
            raise batch
        return batch

    def close(self) -> list[Read]:
        """Ends the thread; returns what was read and not yet taken."""
        self._is_closing.set()
        rest: list[Read] = []
        while self._thread.is_alive() or not self._batches.empty():
            try:
                batch = self._batches.get(timeout=0.01)
            except queue.Empty:
                continue
            if isinstance(batch, Exception):
                raise batch
            rest += batch
        return rest

    def _run(self) -> None:
        try:
            while not self._is_closing.is_set():
                records = self._reader.read(_LIMIT, _WAIT, fill=_FILL)
                self._batches.put([understand(record) for record in records])
        except Exception as error:
            self._batches.put(error)
