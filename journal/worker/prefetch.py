"""Prefetches and decodes the next batch on a thread while the database writes the present one.

Only during a replay: live records would lose time on their way between threads.
"""

from concurrent.futures import Future, ThreadPoolExecutor

from journal.kafka.consumer import RecordConsumer
from journal.projection.decoding import DecodedRecord, decode_record

_BATCH = 8000
_TIMEOUT = 0.2
#: Seconds to wait for a batch to fill up, once there is something.
_FILL_TIMEOUT = 0.02


class Prefetcher:
    """The only user of `consumer` until `close`."""

    def __init__(self, consumer: RecordConsumer) -> None:
        self._consumer = consumer
        self._pool = ThreadPoolExecutor(1, "prefetch")
        self._next: Future[list[DecodedRecord]] | None = None

    def start_next(self) -> None:
        """Start fetching a batch; call it while this thread is idle, since both share the GIL."""

        def fetch() -> list[DecodedRecord]:
            records = self._consumer.consume(_BATCH, _TIMEOUT, fill=_FILL_TIMEOUT)
            return [decode_record(record) for record in records]

        if self._next is None:
            self._next = self._pool.submit(fetch)

    def next(self) -> list[DecodedRecord]:
        """Return the next batch, empty after a timeout; raises the errors of consuming."""
        self.start_next()
        assert self._next is not None
        batch, self._next = self._next, None
        return batch.result()

    def close(self) -> list[DecodedRecord]:
        """Return the prefetched batch, empty if none is left."""
        try:
            return [] if self._next is None else self.next()
        finally:
            self._pool.shutdown()
