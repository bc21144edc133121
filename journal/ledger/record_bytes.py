"""Reads one record's bytes from the topic, with a short-lived cache."""

import threading
import time
from collections import OrderedDict

from django.conf import settings

from journal.kafka.consumer import fetch_record
from journal.kafka.records import Record

#: A fetch costs a connection, and the parts of a page fetch the same record several times.
_MAX_AGE = 20.0
_MAX_BYTES = 8_000_000

#: Bootstrap servers, topic, partition and offset.
_Key = tuple[str, str, int, int]


class _RecordCache:
    """The records that were fetched last."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entries: OrderedDict[_Key, tuple[float, Record]] = OrderedDict()

    def get(self, key: _Key) -> Record | None:
        with self._lock:
            entry = self._entries.get(key)
        if entry is None or time.monotonic() - entry[0] > _MAX_AGE:
            return None
        return entry[1]

    def add(self, key: _Key, record: Record) -> None:
        with self._lock:
            self._entries.pop(key, None)
            self._entries[key] = time.monotonic(), record
            while sum(cached.size for _, cached in self._entries.values()) > _MAX_BYTES:
                self._entries.popitem(last=False)


_cache = _RecordCache()


def read_record(partition: int, offset: int) -> Record | None:
    """Read a record, None if the topic no longer has it; raises BrokerError."""
    servers = settings.KAFKA_PROPERTIES.get("bootstrap.servers", "")
    key = servers, settings.JOURNAL_TOPIC, partition, offset
    record = _cache.get(key)
    if record is None:
        record = fetch_record(settings.KAFKA_PROPERTIES, settings.JOURNAL_TOPIC, partition, offset)
        if record is not None:
            _cache.add(key, record)
    return record
