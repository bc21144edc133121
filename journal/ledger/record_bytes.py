"""One record's bytes, fetched from the topic when somebody looks at it, and kept for a moment."""

import threading
import time
from collections import OrderedDict

from django.conf import settings

from journal.kafka.consumer import fetch_record
from journal.kafka.records import Record

#: A fetch costs a connection; whoever looks at a record asks several times for it.
_KEPT_SECONDS = 20.0
_KEPT_BYTES = 8_000_000

_Place = tuple[str, str, int, int]


class _Recent:
    """The records that were fetched last."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: OrderedDict[_Place, tuple[float, Record]] = OrderedDict()

    def get(self, place: _Place) -> Record | None:
        with self._lock:
            found = self._held.get(place)
        if found is None or time.monotonic() - found[0] > _KEPT_SECONDS:
            return None
        return found[1]

    def keep(self, place: _Place, record: Record) -> None:
        with self._lock:
            self._held.pop(place, None)
            self._held[place] = time.monotonic(), record
            while sum(each.size for _, each in self._held.values()) > _KEPT_BYTES:
                self._held.popitem(last=False)


_recent = _Recent()


def read_record(partition: int, offset: int) -> Record | None:
    """None if the topic no longer holds it; raises BrokerError if the broker cannot be asked."""
    servers = settings.KAFKA_PROPERTIES.get("bootstrap.servers", "")
    place = servers, settings.JOURNAL_TOPIC, partition, offset
    found = _recent.get(place)
    if found is None:
        found = fetch_record(settings.KAFKA_PROPERTIES, settings.JOURNAL_TOPIC, partition, offset)
        if found is not None:
            _recent.keep(place, found)
    return found
