"""Reads and decodes the next batch on a thread of its own while the database takes the present one.

Only while the node is behind: a live record would lose time on its way from thread to thread.
"""

from concurrent.futures import Future, ThreadPoolExecutor

from journal.kafka.consumer import RecordConsumer
from journal.projection.decoding import DecodedRecord, decode_record

_LIMIT = 8000
_WAIT = 0.2
#: Seconds to wait for a batch to fill up, once there is something.
_FILL = 0.02


class Prefetcher:
    """The only user of `reader` until `close`."""

    def __init__(self, reader: RecordConsumer) -> None:
        self._reader = reader
        self._pool = ThreadPoolExecutor(1, "read-ahead")
        self._coming: Future[list[DecodedRecord]] | None = None

    def start_next(self) -> None:
        """Call when the interpreter has nothing else to do: the two threads share its lock."""
        if self._coming is None:
            self._coming = self._pool.submit(self._read)

    def next(self) -> list[DecodedRecord]:
        """The next batch, empty if there was none for a moment; raises what reading raised."""
        self.start_next()
        return self._taken()

    def close(self) -> list[DecodedRecord]:
        """Returns what was read and not yet taken."""
        try:
            return [] if self._coming is None else self._taken()
        finally:
            self._pool.shutdown()

    def _taken(self) -> list[DecodedRecord]:
        assert self._coming is not None
        coming, self._coming = self._coming, None
        return coming.result()

    def _read(self) -> list[DecodedRecord]:
        return [decode_record(record) for record in self._reader.consume(_LIMIT, _WAIT, fill=_FILL)]
