"""Exports ledger rows, or their records on the topic, as the lines of a file."""

import csv
import io
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from django.db.models import QuerySet

from journal.dumps.writing import FORMATS
from journal.kafka.consumer import RecordConsumer
from journal.kafka.ranges import read_range
from journal.kafka.records import Record
from journal.kafka.topics import KafkaTopic
from journal.ledger.filters import LedgerFilter, matching_rows
from journal.ledger.rows import last_ledger_id
from journal.models import LedgerRow, Outcome
from journal.projection.remarks import decode_remarks, to_words
from journal.wire.message_types import MessageType

_CHUNK_SIZE = 2000
#: Offsets up to this far apart are read through; beyond, the consumer seeks.
_MAX_SKIPPED = 2000
#: Seconds that a preview takes at most.
_PREVIEW_TIMEOUT = 2.0
_MAX_EXAMPLES = 10
#: Records that can be chosen one by one.
MAX_CHOSEN = 5000

_COLUMNS = (
    *("partition", "offset", "timestamp", "type", "action", "tenant_id", "group_id"),
    *("artifact_id", "version", "content_id", "global_id", "summary", "size", "req"),
    *("outcome", "error", "reason", "remark", "result", "remark_codes"),
)
_TYPES = {kind.value: kind.label for kind in MessageType}
#: A spreadsheet takes a text that begins like this for a formula.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Selection:
    """The matching rows up to the row `until`, or only those with the ids `chosen`."""

    where: LedgerFilter
    until: int
    chosen: tuple[int, ...] = ()

    def rows(self) -> QuerySet[LedgerRow]:
        if self.chosen:
            return LedgerRow.objects.filter(id__in=self.chosen)
        return matching_rows(self.where).filter(id__lte=self.until)

    def chunks(self) -> Iterator[list[LedgerRow]]:
        """Yield the rows, oldest first; rows added meanwhile are left out."""
        after = 0
        while rows := list(self.rows().filter(id__gt=after).order_by("id")[:_CHUNK_SIZE]):
            yield rows
            after = rows[-1].id


def select_rows(where: LedgerFilter, chosen: Sequence[int] = ()) -> Selection:
    return Selection(where, last_ledger_id(), tuple(chosen[:MAX_CHOSEN]))


@dataclass(slots=True)
class ExportPreview:
    """Of the first `examined` of a selection's `records`, `missing` are gone from the topic.

    `examples` are partitions and offsets.
    """

    records: int
    examined: int = 0
    missing: int = 0
    examples: list[tuple[int, int]] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        return self.examined == self.records


def preview_export(topic: KafkaTopic, selection: Selection) -> ExportPreview:
    """Look for the records of a selection on the topic, for two seconds; raises BrokerError."""
    preview = ExportPreview(selection.rows().count())
    deadline = time.monotonic() + _PREVIEW_TIMEOUT
    with _RecordFetcher(topic) as fetcher:
        for rows in selection.chunks():
            present = {(record.partition, record.offset) for record in fetcher.fetch(rows)}
            positions = [(row.partition, row.offset) for row in rows]
            missing = [position for position in positions if position not in present]
            preview.examined += len(rows)
            preview.missing += len(missing)
            preview.examples += missing[: _MAX_EXAMPLES - len(preview.examples)]
            if time.monotonic() > deadline:
                break
    return preview


def record_lines(topic: KafkaTopic, selection: Selection, form: str) -> Iterator[bytes]:
    """Yield lines in a format of journal.dumps.writing, without records missing on the topic."""
    format_line = FORMATS[form]
    with _RecordFetcher(topic) as fetcher:
        for rows in selection.chunks():
            records = fetcher.fetch(rows)
            yield b"".join(format_line(topic.name, record) for record in records)


def csv_lines(selection: Selection) -> Iterator[bytes]:
    """Yield the ledger's columns with a header; texts like formulas get a quote in front.

    `remark` is in words, `remark_codes` as it is stored.
    """
    yield _to_csv([_COLUMNS])
    for rows in selection.chunks():
        yield _to_csv([[_to_cell(row, name) for name in _COLUMNS] for row in rows])


def _to_csv(rows: Sequence[Sequence[object]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode("utf-8", "surrogatepass")


def _to_cell(row: LedgerRow, name: str) -> object:
    if name == "remark_codes":
        # JSON, which begins like no formula.
        return row.remark
    value: object = getattr(row, name)
    if name == "remark":
        value = to_words(decode_remarks(row.remark))
    if name == "type":
        return _TYPES.get(row.type if row.type is not None else -1, "")
    if name == "outcome":
        return Outcome(row.outcome).label
    if isinstance(value, str) and value.startswith(_FORMULA_STARTS):
        return f"'{value}"
    return "" if value is None else value


class _RecordFetcher:
    """Fetches the records of a whole selection with one consumer."""

    def __init__(self, topic: KafkaTopic) -> None:
        self._topic = topic

    def __enter__(self) -> "_RecordFetcher":
        self._consumer = RecordConsumer(*self._topic)
        self._offsets = self._consumer.offsets()
        return self

    def __exit__(self, *_: object) -> None:
        self._consumer.close()

    def fetch(self, rows: Sequence[LedgerRow]) -> list[Record]:
        """Return the records still on the topic, in the order of the rows."""
        offsets: dict[int, list[int]] = {}
        for row in rows:
            offsets.setdefault(row.partition, []).append(row.offset)
        fetched: dict[tuple[int, int], Record] = {}
        for partition, some in offsets.items():
            log_start, log_end = self._offsets.get(partition, (0, 0))
            for first, last in _merge_offsets(sorted(some)):
                start, end = max(first, log_start), min(last + 1, log_end)
                if start >= end:
                    continue
                for records in read_range(self._consumer, {partition: start}, {partition: end}):
                    fetched.update(
                        ((record.partition, record.offset), record) for record in records
                    )
        positions = [(row.partition, row.offset) for row in rows]
        return [fetched[position] for position in positions if position in fetched]


def _merge_offsets(offsets: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield ranges covering sorted offsets, first and last included."""
    first = last = offsets[0]
    for offset in offsets[1:]:
        if offset - last > _MAX_SKIPPED:
            yield first, last
            first = offset
        last = offset
    yield first, last
