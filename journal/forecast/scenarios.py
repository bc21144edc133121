"""The scenarios of a forecast: compaction, or retention by a date."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from journal.forecast.cleanup_config import CleanupConfig
from journal.forecast.compaction import Horizon, LogCleaner, cleanable_ends
from journal.forecast.removals import Removals
from journal.forecast.retention import SegmentExpiry, new_starts
from journal.forecast.segments import TopicScan
from journal.kafka.records import Record

_LATEST = datetime(9999, 12, 31, tzinfo=UTC)


class Simulation(Protocol):
    """Processes all records once more, each partition's in order."""

    def process(self, record: Record) -> None: ...
    def removals(self) -> Removals: ...
    def notes(self) -> tuple[str, ...]:
        """Return notes on the certainty of the removals; call it after `removals`."""


class Scenario(Protocol):
    """`question` is the scenario in a sentence."""

    @property
    def question(self) -> str: ...
    def not_applicable_reason(self, config: CleanupConfig) -> str:
        """Return the reason why this configuration can't remove any record, or ""."""

    def simulation(self, scan: TopicScan, now: int) -> Simulation: ...


@dataclass(frozen=True, slots=True)
class Compaction:
    """`is_assumed`: as if the policy were to compact."""

    horizon: Horizon = Horizon.END
    is_assumed: bool = False

    @property
    def question(self) -> str:
        when = "at its next run" if self.horizon is Horizon.NEXT else "in the end"
        if self.is_assumed:
            return f"If the topic were compacted, what would that remove {when}?"
        return f"What will compaction remove {when}?"

    def not_applicable_reason(self, config: CleanupConfig) -> str:
        if config.compacts or self.is_assumed:
            return ""
        return f"The topic is not compacted: its cleanup.policy is {config.cleanup_policy}."

    def simulation(self, scan: TopicScan, now: int) -> Simulation:
        return _CompactionSimulation(self.horizon, scan, now)


class _CompactionSimulation(LogCleaner):
    def __init__(self, horizon: Horizon, scan: TopicScan, now: int) -> None:
        self._horizon = horizon
        self._cleanable = cleanable_ends(scan, horizon, now)
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
    """`by` is in epoch ms. Limits replace those of the topic; with None in both, the topic's."""

    by: int
    retention_ms: int | None = None
    retention_bytes: int | None = None

    @property
    def question(self) -> str:
        limits = []
        if self.retention_ms is not None:
            limits.append(f"retention.ms={self.retention_ms}")
        if self.retention_bytes is not None:
            limits.append(f"retention.bytes={self.retention_bytes}")
        with_limits = f" with {' and '.join(limits)}" if limits else ""
        return f"What will retention remove by {format_minute(self.by)}{with_limits}?"

    def not_applicable_reason(self, config: CleanupConfig) -> str:
        is_assumed = self.retention_ms is not None or self.retention_bytes is not None
        if not config.deletes and not is_assumed:
            return f"Retention removes nothing here: cleanup.policy is {config.cleanup_policy}."
        limits = self._limits(config)
        if limits.retention_ms < 0 and limits.retention_bytes < 0:
            return "Retention has no limit here: retention.ms and retention.bytes are -1."
        return ""

    def simulation(self, scan: TopicScan, now: int) -> Simulation:
        limits = self._limits(scan.config)
        expired_before = self.by - limits.retention_ms if limits.retention_ms >= 0 else -1
        return _RetentionSimulation(new_starts(scan, limits, self.by), expired_before)

    def _limits(self, config: CleanupConfig) -> CleanupConfig:
        """Return the scenario's own limits alone, for separate trials, or the topic's."""
        if self.retention_ms is None and self.retention_bytes is None:
            return config
        return CleanupConfig(
            retention_ms=-1 if self.retention_ms is None else self.retention_ms,
            retention_bytes=-1 if self.retention_bytes is None else self.retention_bytes,
        )


class _RetentionSimulation(SegmentExpiry):
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


def format_minute(timestamp: int) -> str:
    """Format epoch ms to the minute."""
    try:
        time = datetime.fromtimestamp(timestamp / 1000, UTC)
    except (OverflowError, ValueError, OSError):
        time = _LATEST
    return f"{time:%Y-%m-%d %H:%M} UTC"
