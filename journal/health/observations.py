"""Observations of a journal at some moment, as plain values; see journal.health.collector."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from journal.kafka.topic_description import TopicDescription
from journal.models import ContentView
from journal.projection.missing_offsets import MissingOffsets
from journal.projection.tally import IdDraws, RecordPosition, Tally
from registry.models import SequenceName


@dataclass(frozen=True, slots=True)
class ObservedSequence:
    """One sequence of one tenant.

    `highest` is the highest id in use, `next_in_use` the lowest one above `value`. `draws` are the
    id records since the last RESET, matched with the ids that were used.
    """

    tenant: str
    name: SequenceName
    value: int
    highest: int
    next_in_use: int | None = None
    draws: IdDraws = field(default_factory=IdDraws)


@dataclass(frozen=True, slots=True)
class UpgradeAttempt:
    """A node's request for the upgrade lock of the topic, at `offset`; times are in epoch ms.

    `began_at` is None if the ledger lacks that record; `offset` is None once the node released the
    lock.
    """

    uuid: str
    version: int
    seen_at: int
    offset: int | None = None
    began_at: int | None = None

    @property
    def has_released_lock(self) -> bool:
        return self.offset is None


@dataclass(frozen=True, slots=True)
class UpgradeHistory:
    """Attempts to raise the topic above the committed `version`; `now` is in epoch ms."""

    version: int = 1
    attempts: tuple[UpgradeAttempt, ...] = ()
    now: int = 0


@dataclass(frozen=True, slots=True)
class BackupState:
    """The backup in a directory, by its own manifest; times are in epoch ms.

    `verified_at` is None if it never was verified. `unsaved` is the oldest record that no verified
    backup holds.
    """

    directory: str
    days: float
    now: int
    verified_at: int | None = None
    unsaved: RecordPosition | None = None


@dataclass(frozen=True, slots=True)
class Observations:
    """All inputs of a diagnosis.

    `topic_description` is None before the broker described the topic. `content_view` is None for
    tables that no node keeps. `log_starts` are the topic's first offsets by partition, and
    `partition_count` is 0 for a dump. `backup` is None unless a backup is required. `now` is in
    epoch ms, and `max_content_bytes` is the largest content that may be uploaded.
    """

    topic: str
    tally: Tally = field(default_factory=Tally)
    sequences: tuple[ObservedSequence, ...] = ()
    topic_description: TopicDescription | None = None
    content_view: ContentView | None = None
    missing_offsets: tuple[MissingOffsets, ...] = ()
    is_dump: bool = False
    partition_count: int = 0
    log_starts: Mapping[int, int] = field(default_factory=dict)
    upgrades: UpgradeHistory = UpgradeHistory()
    backup: BackupState | None = None
    #: What the oldest records did, in words.
    oldest_summaries: tuple[str, ...] = ()
    now: int = 0
    max_content_bytes: int = 0
