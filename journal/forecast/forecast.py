"""From a question to its answer: simulate the cleaning, replay what is left, compare."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from django.db.backends.base.base import BaseDatabaseWrapper

from journal.database.scratch import scratch_database
from journal.dumps.sources import RecordSource
from journal.forecast.cleanup_config import CleanupConfig
from journal.forecast.removals import Removals
from journal.forecast.scenarios import Scenario, Simulation
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

#: So many removed records are kept in words, and so many changes.
MAX_LISTED = 10_000
_WORDS = 300
#: The parts of the time, roughly: looking, simulating, replaying, comparing.
_LOOKED, _SIMULATED, _REPLAYED = 0.04, 0.08, 0.95
_TYPES = {kind.value: kind.label for kind in MessageType}

#: Hears what is being done and the part done, 0 to 1; what it raises ends the work.
Progress = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class RemovedRecord:
    """A record that would go, in words; `type` as Apicurio names it."""

    partition: int
    offset: int
    type: str
    summary: str
    why: str


@dataclass(slots=True)
class Forecast:
    """The answer. `removed` and `changes` hold the first LISTED, the counts all.

    A change leads from what the tables hold now to what a replay of the rest would give, and
    `findings` are those of such a replay that are none now.
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
    why_nothing: str = ""

    @property
    def change_count(self) -> int:
        return self.kinds.total()

    @property
    def is_harmless(self) -> bool:
        """Nothing that the tables hold would be lost or come back."""
        return not self.change_count

    @property
    def verdict(self) -> str:
        if self.why_nothing:
            return f"Nothing would go. {self.why_nothing}"
        if not len(self.removals):
            return f"None of the {self.records:,} records would go."
        would = f"{len(self.removals):,} of {self.records:,} records would go"
        if self.is_harmless:
            return f"{would}, and a replay of the rest would give the same tables."
        rows = "row" if self.change_count == 1 else "rows"
        return f"{would}, and a replay of the rest would differ in {self.change_count:,} {rows}."


@dataclass(frozen=True, slots=True)
class ForecastInput:
    """What is asked about. `content_view` is `auto` or a view's name."""

    topic: str
    records: RecordSource
    settings: CleanupConfig
    content_view: str = "auto"


def forecast(journal: ForecastInput, question: Scenario, on_progress: Progress) -> Forecast:
    """Reads all records up to three times; raises what `Records` tells.

    Memory grows with the number of keys, not with what the records hold.
    """
    found = Forecast(question.words, why_nothing=question.why_nothing(journal.settings))
    if not found.why_nothing:
        _Foreseeing(journal, on_progress, found).answer(question)
    return found


class _Foreseeing:
    def __init__(self, journal: ForecastInput, on_progress: Progress, found: Forecast) -> None:
        self._journal = journal
        self._on_progress = on_progress
        self._found = found
        self._read = 0

    def answer(self, question: Scenario) -> None:
        found = self._found
        survey = self._survey()
        found.records = survey.records
        simulation = question.simulation(survey, int(time.time() * 1000))
        for records in self._batches("Simulating", _LOOKED, _SIMULATED):
            for record in records:
                simulation.see(record)
        found.removals = simulation.removals()
        self._judge(survey, simulation)
        if len(found.removals):
            self._compare(survey)

    def _survey(self) -> TopicScan:
        survey = TopicScan(self._journal.settings)
        for records in self._batches("Looking at the records", 0.0, _LOOKED):
            survey.note(records)
        return survey

    def _judge(self, survey: TopicScan, simulation: Simulation) -> None:
        self._found.notes += simulation.notes()
        if self._read != survey.records:
            self._found.notes.append(
                f"The topic lost records while it was read: {survey.records:,} were there, then "
                f"{self._read:,}. Ask again for an exact answer."
            )

    def _compare(self, survey: TopicScan) -> None:
        view = choose_view(self._journal.content_view, lambda: survey.holds_newer_types)
        with scratch_database() as whole, scratch_database() as part:
            replay_pair(
                self._batches("Replaying with and without them", _SIMULATED, _REPLAYED),
                self._found.removals.holds,
                Origin(self._journal.topic, view),
                DatabasePair(whole, part),
                self._note_removed,
            )
            self._on_progress("Comparing", _REPLAYED)
            self._note_changes(compare_states(whole.connection, part.connection))
            self._diagnose(whole.connection, part.connection)
        self._found.removed.sort(key=lambda each: (each.partition, each.offset))

    def _batches(self, doing: str, begin: float, end: float) -> Iterator[Sequence[Record]]:
        self._read = 0
        size = max(self._journal.records.size, 1)
        for records in self._journal.records.read():
            yield records
            self._read += len(records)
            self._on_progress(doing, begin + (end - begin) * min(self._read / size, 1.0))

    def _note_removed(self, read: DecodedRecord) -> None:
        found, record = self._found, read.record
        kind = _TYPES.get(-1 if read.type is None else read.type, "unknown")
        found.types[kind] += 1
        if len(found.removed) < MAX_LISTED:
            why = found.removals.why(record)
            removed = RemovedRecord(
                record.partition, record.offset, kind, read.summary[:_WORDS], why
            )
            found.removed.append(removed)

    def _diagnose(self, whole: BaseDatabaseWrapper, part: BaseDatabaseWrapper) -> None:
        """What the doctor would find in a replay of the rest that is no finding now."""
        topic = self._journal.topic
        known = {each.code for each in diagnose(collect_observations(whole, topic, None))}
        then = diagnose(collect_observations(part, topic, None))
        # That offsets are missing is told already, and it is no trouble by itself.
        self._found.findings = [
            each for each in then if each.code not in known and each.severity != "info"
        ]

    def _note_changes(self, changes: Iterator[RowChange]) -> None:
        for change in changes:
            self._found.kinds[change.table, change.kind] += 1
            if self._found.change_count <= MAX_LISTED:
                self._found.changes.append(change)
