"""What can be asked: what compaction would remove, or what retention would by a date."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from journal.forecast.cleanup_config import CleanupConfig
from journal.forecast.compaction import Horizon, LogCleaner, cleanable_ends
from journal.forecast.removals import Removals
from journal.forecast.retention import SegmentExpiry, new_starts
from journal.forecast.segments import TopicScan
from journal.kafka.records import Record

_FAR_AWAY = datetime(9999, 12, 31, tzinfo=UTC)


class Simulation(Protocol):
    """Sees all records once more, each partition's in order; then tells what would go."""

    def see(self, record: Record) -> None: ...
    def removals(self) -> Removals: ...
    def notes(self) -> tuple[str, ...]:
        """What a reader must know of how sure this is; after `removals`."""


class Scenario(Protocol):
    """`words` is the question as a person would ask it."""

    @property
    def words(self) -> str: ...
    def why_nothing(self, settings: CleanupConfig) -> str:
        """Why nothing can go under these settings, whatever the records; empty if some may."""

    def simulation(self, survey: TopicScan, now: int) -> Simulation: ...


@dataclass(frozen=True, slots=True)
class Compaction:
    """`is_assumed`: as if the policy were to compact, whatever it is."""

    horizon: Horizon = Horizon.END
    is_assumed: bool = False

    @property
    def words(self) -> str:
        when = "at its next run" if self.horizon is Horizon.NEXT else "in the end"
        if self.is_assumed:
            return f"If the topic were compacted, what would that remove {when}?"
        return f"What will compaction remove {when}?"

    def why_nothing(self, settings: CleanupConfig) -> str:
        if settings.compacts or self.is_assumed:
            return ""
        return f"The topic is not compacted: its cleanup.policy is {settings.cleanup_policy}."

    def simulation(self, survey: TopicScan, now: int) -> Simulation:
        return _Compacting(self.horizon, survey, now)


class _Compacting(LogCleaner):
    def __init__(self, horizon: Horizon, survey: TopicScan, now: int) -> None:
        self._horizon = horizon
        self._cleanable = cleanable_ends(survey, horizon, now)
        super().__init__(self._cleanable, drops_tombstones=horizon is Horizon.END)

    def notes(self) -> tuple[str, ...]:
        if self._horizon is Horizon.END:
            return (
                "This is how the journal ends up once newer records have closed the segment that "
                "is written to now, and delete.retention.ms has passed. It needs no estimate.",
            )
        ends = ", ".join(
            f"{end} of partition {partition}" for partition, end in sorted(self._cleanable.items())
        )
        return (
            f"The next run cleans up to offset {ends}, where the segment that is written to begins "
            "or records are younger than min.compaction.lag.ms. Brokers tell no segments: that is "
            "found from the records' times and sizes.",
            "Tombstones stay: a run after delete.retention.ms removes them. One that an earlier "
            "run has met may go sooner; in this format a tombstone changes no table.",
        )


@dataclass(frozen=True, slots=True)
class Retention:
    """`by` in epoch ms. The limits stand for those of the topic; None takes the topic's."""

    by: int
    retention_ms: int | None = None
    retention_bytes: int | None = None

    @property
    def words(self) -> str:
        limits = [
            *([] if self.retention_ms is None else [f"retention.ms={self.retention_ms}"]),
            *([] if self.retention_bytes is None else [f"retention.bytes={self.retention_bytes}"]),
        ]
        with_limits = f" with {' and '.join(limits)}" if limits else ""
        return f"What will retention remove by {format_minute(self.by)}{with_limits}?"

    def why_nothing(self, settings: CleanupConfig) -> str:
        is_assumed = self.retention_ms is not None or self.retention_bytes is not None
        if not settings.deletes and not is_assumed:
            return f"Retention removes nothing here: cleanup.policy is {settings.cleanup_policy}."
        limits = self._limits(settings)
        if limits.retention_ms < 0 and limits.retention_bytes < 0:
            return "Retention has no limit here: retention.ms and retention.bytes are -1."
        return ""

    def simulation(self, survey: TopicScan, now: int) -> Simulation:
        limits = self._limits(survey.settings)
        return _Expiring(new_starts(survey, limits, self.by), _expired_before(limits, self.by))

    def _limits(self, settings: CleanupConfig) -> CleanupConfig:
        """Limits that are asked about stand alone, so that each can be tried by itself."""
        if self.retention_ms is None and self.retention_bytes is None:
            return settings
        return CleanupConfig(
            retention_ms=-1 if self.retention_ms is None else self.retention_ms,
            retention_bytes=-1 if self.retention_bytes is None else self.retention_bytes,
        )


def _expired_before(limits: CleanupConfig, by: int) -> int:
    return by - limits.retention_ms if limits.retention_ms >= 0 else -1


class _Expiring(SegmentExpiry):
    def notes(self) -> tuple[str, ...]:
        return (
            "An estimate: retention removes whole segments, and brokers tell no segments. Their "
            "borders are found from the records' times and sizes.",
            *(
                f"Wherever the borders are, partition {partition} keeps all from offset {latest} "
                "on as far as time decides."
                for partition, latest in sorted(self.latest_starts.items())
                if latest > self._starts.get(partition, 0)
            ),
        )


def format_minute(at: int) -> str:
    """An instant of epoch ms, to the minute."""
    try:
        when = datetime.fromtimestamp(at / 1000, UTC)
    except (OverflowError, ValueError, OSError):
        when = _FAR_AWAY
    return f"{when:%Y-%m-%d %H:%M} UTC"
