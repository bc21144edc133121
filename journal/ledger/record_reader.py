"""Reads single records from the topic, with a short-lived cache."""

import threading
import time
from collections import OrderedDict

from journal.kafka.consumer import fetch_record
from journal.kafka.records import Record
from journal.kafka.topics import KafkaTopic

#: A fetch costs a connection, and the parts of a page fetch the same record several times.
_MAX_AGE = 20.0
_MAX_BYTES = 8_000_000

#: Partition and offset.
_Key = tuple[int, int]


class RecordReader:
    """Reads records of one topic, and caches the last ones."""

    def __init__(self, topic: KafkaTopic) -> None:
        self._topic = topic
        self._lock = threading.Lock()
        self._entries: OrderedDict[_Key, tuple[float, Record]] = OrderedDict()

    def read(self, partition: int, offset: int) -> Record | None:
        """Read a record, None if it is gone from the topic; raises BrokerError."""
        key = partition, offset
        with self._lock:
            entry = self._entries.get(key)
        if entry is not None and time.monotonic() - entry[0] <= _MAX_AGE:
            return entry[1]
        record = fetch_record(*self._topic, partition, offset)
        if record is not None:
            self._add(key, record)
        return record

    def _add(self, key: _Key, record: Record) -> None:
        with self._lock:
            self._entries.pop(key, None)
            self._entries[key] = time.monotonic(), record
            while sum(cached.size for _, cached in self._entries.values()) > _MAX_BYTES:
                self._entries.popitem(last=False)
