"""Records of the topic that rows of the ledger name, as lines of a file; or the rows themselves."""

import csv
import io
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from django.conf import settings
from django.db.models import QuerySet

from journal.dumps.writing import FORMATS
from journal.kafka.consumer import RecordConsumer
from journal.kafka.ranges import read_range
from journal.kafka.records import Record
from journal.ledger.filters import LedgerFilter, matching_rows
from journal.ledger.rows import last_ledger_id
from journal.models import LedgerRow, Outcome
from journal.wire.message_types import MessageType

#: Rows that are asked for at once.
_LOT = 2000
#: Offsets that are read through rather than sought anew.
_NEAR = 2000
#: Seconds that a survey takes at most.
_PATIENCE = 2.0
_NAMED = 10
#: Records that can be chosen one by one.
MOST_CHOSEN = 5000

_COLUMNS = (
    *("partition", "offset", "timestamp", "type", "action", "tenant_id", "group_id"),
    *("artifact_id", "version", "content_id", "global_id", "summary", "size", "req"),
    *("outcome", "error", "reason", "remark", "result"),
)
_TYPES = {kind.value: kind.label for kind in MessageType}
#: A spreadsheet takes a text that begins so for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Selection:
    """The rows that match up to the row `until`; with `chosen` row ids these alone."""

    where: LedgerFilter
    until: int
    chosen: tuple[int, ...] = ()

    def count(self) -> int:
        return self._rows().count()

    def _rows(self) -> QuerySet[LedgerRow]:
        if self.chosen:
            return LedgerRow.objects.filter(id__in=self.chosen)
        return matching_rows(self.where).filter(id__lte=self.until)

    def lots(self) -> Iterator[list[LedgerRow]]:
        """Oldest first, by id: what is applied meanwhile changes nothing."""
        after = 0
        while rows := list(self._rows().filter(id__gt=after).order_by("id")[:_LOT]):
            yield rows
            after = rows[-1].id


def select_rows(where: LedgerFilter, chosen: Sequence[int] = ()) -> Selection:
    return Selection(where, last_ledger_id(), tuple(chosen[:MOST_CHOSEN]))


@dataclass(slots=True)
class ExportPreview:
    """Of `records` in a selection the first `looked_at` were sought; `gone` were not found."""

    records: int
    looked_at: int = 0
    gone: int = 0
    examples: list[tuple[int, int]] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        return self.looked_at == self.records


def preview_export(chosen: Selection) -> ExportPreview:
    """What compaction and retention have left of it, as far as two seconds go; may raise
    BrokerError."""
    found = ExportPreview(chosen.count())
    begun = time.monotonic()
    with _Reading() as reading:
        for rows in chosen.lots():
            there = {(record.partition, record.offset) for record in reading.records(rows)}
            gone = [(row.partition, row.offset) for row in rows]
            gone = [place for place in gone if place not in there]
            found.looked_at += len(rows)
            found.gone += len(gone)
            found.examples += gone[: _NAMED - len(found.examples)]
            if time.monotonic() - begun > _PATIENCE:
                break
    return found


def record_lines(chosen: Selection, form: str) -> Iterator[bytes]:
    """Lines of journal.dumps.writing, in the order of application; what is gone has none."""
    line = FORMATS[form]
    with _Reading() as reading:
        for rows in chosen.lots():
            yield b"".join(line(settings.JOURNAL_TOPIC, each) for each in reading.records(rows))


def csv_lines(chosen: Selection) -> Iterator[bytes]:
    """The ledger's columns, with a header; texts that look like formulas begin with a quote."""
    yield _csv([_COLUMNS])
    for rows in chosen.lots():
        yield _csv([[_cell(row, name) for name in _COLUMNS] for row in rows])


def _csv(rows: Sequence[Sequence[object]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode("utf-8", "surrogatepass")


def _cell(row: LedgerRow, name: str) -> object:
    value: object = getattr(row, name)
    if name == "type":
        return _TYPES.get(row.type if row.type is not None else -1, "")
    if name == "outcome":
        return Outcome(row.outcome).label
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return "" if value is None else value


class _Reading:
    """One consumer for a whole selection."""

    def __enter__(self) -> "_Reading":
        self._reader = RecordConsumer(settings.KAFKA_PROPERTIES, settings.JOURNAL_TOPIC)
        self._offsets = self._reader.offsets()
        return self

    def __exit__(self, *_: object) -> None:
        self._reader.close()

    def records(self, rows: Sequence[LedgerRow]) -> list[Record]:
        """Those of these rows that the topic still holds, in the order of the rows."""
        wanted: dict[int, list[int]] = {}
        for row in rows:
            wanted.setdefault(row.partition, []).append(row.offset)
        found: dict[tuple[int, int], Record] = {}
        for partition, offsets in wanted.items():
            for first, last in _stretches(sorted(offsets)):
                for record in self._read(partition, first, last + 1):
                    found[record.partition, record.offset] = record
        places = [(row.partition, row.offset) for row in rows]
        return [found[place] for place in places if place in found]

    def _read(self, partition: int, first: int, end: int) -> Iterator[Record]:
        start, limit = self._offsets.get(partition, (0, 0))
        first, end = max(first, start), min(end, limit)
        if first < end:
            for records in read_range(self._reader, {partition: first}, {partition: end}):
                yield from records


def _stretches(offsets: Sequence[int]) -> Iterator[tuple[int, int]]:
    first = last = offsets[0]
    for offset in offsets[1:]:
        if offset - last > _NEAR:
            yield first, last
            first = offset
        last = offset
    yield first, last
