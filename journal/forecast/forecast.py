"""A forecast of the broker's cleanup: simulate it, replay the rest, compare the tables."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from journal.database.scratch import scratch_database
from journal.dumps.sources import RecordSource
from journal.forecast.cleanup_config import CleanupConfig
from journal.forecast.removals import Removals
from journal.forecast.scenarios import Scenario
from journal.forecast.segments import TopicScan
from journal.health.collector import collect_observations
from journal.health.diagnosis import diagnose
from journal.health.findings import Finding
from journal.kafka.records import Record
from journal.projection.content_view import choose_view
from journal.projection.decoding import DecodedRecord
from journal.projection.positions import Origin
from journal.projection.replay import DatabasePair, replay_pair
from journal.wire.message_types import MessageType
from registry.state.differences import RowChange, RowChangeKind, compare_states

#: Removed records, and changes, beyond these are only counted.
MAX_LISTED = 10_000
_MAX_SUMMARY_LENGTH = 300
#: The progress, roughly, after scanning, simulating and replaying.
_SCANNED, _SIMULATED, _REPLAYED = 0.04, 0.08, 0.95
_TYPES = {kind.value: kind.label for kind in MessageType}

#: Receives the stage and the progress, 0 to 1; an exception from it ends the work.
Progress = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class RemovedRecord:
    """A record to be removed; `type` is Apicurio's name."""

    partition: int
    offset: int
    type: str
    summary: str
    reason: str


@dataclass(slots=True)
class Forecast:
    """`removed` and `changes` hold the first MAX_LISTED, the counts all.

    A change leads from the present tables to those of a replay of the rest. `findings` are those
    of that replay that are none now. `not_applicable_reason` is set where nothing can be removed.
    """

    question: str
    records: int = 0
    removals: Removals = field(default_factory=Removals)
    removed: list[RemovedRecord] = field(default_factory=list)
    types: Counter[str] = field(default_factory=Counter)
    changes: list[RowChange] = field(default_factory=list)
    kinds: Counter[tuple[str, RowChangeKind]] = field(default_factory=Counter)
    findings: list[Finding] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    not_applicable_reason: str = ""

    @property
    def change_count(self) -> int:
        return self.kinds.total()

    @property
    def is_lossless(self) -> bool:
        """Check if no row would be lost, changed or restored."""
        return not self.change_count

    @property
    def summary(self) -> str:
        if self.not_applicable_reason:
            return f"Nothing would go. {self.not_applicable_reason}"
        if not len(self.removals):
            return f"None of the {self.records:,} records would go."
        would = f"{len(self.removals):,} of {self.records:,} records would go"
        if self.is_lossless:
            return f"{would}, and a replay of the rest would give the same tables."
        rows = "row" if self.change_count == 1 else "rows"
        return f"{would}, and a replay of the rest would differ in {self.change_count:,} {rows}."


@dataclass(frozen=True, slots=True)
class ForecastInput:
    """A journal; `content_view` is `auto` or a view's name."""

    topic: str
    records: RecordSource
    config: CleanupConfig
    content_view: str = "auto"


def forecast(journal: ForecastInput, scenario: Scenario, on_progress: Progress) -> Forecast:
    """Read all records up to three times; raises the errors of `RecordSource`.

    Memory grows with the number of keys, not with the size of records.
    """
    result = Forecast(scenario.question)
    result.not_applicable_reason = scenario.not_applicable_reason(journal.config)
    if result.not_applicable_reason:
        return result
    reader = _ProgressReader(journal.records, on_progress)
    scan = TopicScan(journal.config)
    for records in reader.read("Looking at the records", 0.0, _SCANNED):
        scan.add(records)
    result.records = scan.records
    simulation = scenario.simulation(scan, int(time.time() * 1000))
    for records in reader.read("Simulating", _SCANNED, _SIMULATED):
        for record in records:
            simulation.process(record)
    result.removals = simulation.removals()
    result.notes += simulation.notes()
    if reader.count != scan.records:
        result.notes.append(
            f"The topic lost records while it was read: {scan.records:,} were there, then "
            f"{reader.count:,}. Ask again for an exact answer."
        )
    if len(result.removals):
        view = choose_view(journal.content_view, lambda: scan.has_newer_types)
        _compare_replays(Origin(journal.topic, view), reader, result)
    return result


class _ProgressReader:
    """Reads all records again and again, and reports each reading's progress."""

    def __init__(self, records: RecordSource, on_progress: Progress) -> None:
        self._records = records
        self.on_progress = on_progress
        #: Records of the last reading.
        self.count = 0

    def read(self, stage: str, begin: float, end: float) -> Iterator[Sequence[Record]]:
        self.count = 0
        size = max(self._records.size, 1)
        for records in self._records.read():
            yield records
            self.count += len(records)
            self.on_progress(stage, begin + (end - begin) * min(self.count / size, 1.0))


def _compare_replays(origin: Origin, reader: _ProgressReader, result: Forecast) -> None:
    """Replay all records and the remaining ones, and compare rows and findings.

    The cost of a lost record depends on all the others: a lost DELETE brings a version back only if
    its CREATE is left. Rules about keys would duplicate all of the projection; two replays by the
    projection itself, at a cost of seconds, are right by construction. Up to the first removed
    record both are one.
    """

    def list_removed(decoded: DecodedRecord) -> None:
        record = decoded.record
        kind = _TYPES.get(-1 if decoded.type is None else decoded.type, "unknown")
        result.types[kind] += 1
        if len(result.removed) < MAX_LISTED:
            summary = decoded.summary[:_MAX_SUMMARY_LENGTH]
            reason = result.removals.reason(record)
            result.removed.append(
                RemovedRecord(record.partition, record.offset, kind, summary, reason)
            )

    with scratch_database() as whole, scratch_database() as rest:
        replay_pair(
            reader.read("Replaying with and without them", _SIMULATED, _REPLAYED),
            result.removals.contains,
            origin,
            DatabasePair(whole, rest),
            list_removed,
        )
        reader.on_progress("Comparing", _REPLAYED)
        for change in compare_states(whole.connection, rest.connection):
            result.kinds[change.table, change.kind] += 1
            if result.change_count <= MAX_LISTED:
                result.changes.append(change)
        present, future = (
            diagnose(collect_observations(database.connection, origin.topic, None))
            for database in (whole, rest)
        )
    present_codes = {finding.code for finding in present}
    # Missing offsets (J06) are a mere information here: the forecast itself names them.
    result.findings = [
        finding
        for finding in future
        if finding.code not in present_codes and finding.severity != "info"
    ]
    result.removed.sort(key=lambda removed: (removed.partition, removed.offset))
