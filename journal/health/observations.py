"""What is known of a journal when it is judged: plain values, see journal.health.collector."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from journal.kafka.topic_description import TopicDescription
from journal.models import ContentView
from journal.projection.missing_offsets import MissingOffsets
from journal.projection.tally import IdDraws, RecordPosition, Tally
from registry.models import SequenceName


@dataclass(frozen=True, slots=True)
class SequenceState:
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
class BuiltView:
    """The content view that the tables were built in; a dump's are nobody's, and have none."""

    view: ContentView


@dataclass(frozen=True, slots=True)
class UpgradeAttempt:
    """A node that asked for the lock on the topic's upgrade, at `offset`; times are in epoch ms.

    `began_at` is None where the ledger does not know. `has_let_go` where it gave the lock back.
    """

    uuid: str
    version: int
    seen_at: int
    offset: int | None = None
    began_at: int | None = None

    @property
    def has_let_go(self) -> bool:
        return self.offset is None


@dataclass(frozen=True, slots=True)
class UpgradeHistory:
    """Tries to raise the topic above the `version` that was committed; `now` is in epoch ms."""

    version: int = 1
    tries: tuple[UpgradeAttempt, ...] = ()
    now: int = 0


@dataclass(frozen=True, slots=True)
class BackupState:
    """The backup in a directory, by its own notes; times are in epoch ms.

    `verified_at` is None if it never was. `unsaved` is the oldest record that no verified backup
    holds, None if there is none.
    """

    directory: str
    days: float
    now: int
    verified_at: int | None = None
    unsaved: RecordPosition | None = None


@dataclass(frozen=True, slots=True)
class Observations:
    """`facts` are None where nobody told them.

    `log_starts` are the topic's first offsets by partition, as far as a broker told them;
    `partition_count` is 0 where only a dump is known. `backup` is None where nobody asked for one.
    """

    topic: str
    tally: Tally = field(default_factory=Tally)
    sequences: tuple[SequenceState, ...] = ()
    facts: TopicDescription | None = None
    built_view: BuiltView | None = None
    missed: tuple[MissingOffsets, ...] = ()
    is_dump: bool = False
    partition_count: int = 0
    log_starts: Mapping[int, int] = field(default_factory=dict)
    upgrades: UpgradeHistory = UpgradeHistory()
    backup: BackupState | None = None
    #: The oldest records, each in words.
    first_words: tuple[str, ...] = ()
    #: The time of the look in ms, and the bytes of the largest content that may come.
    now: int = 0
    largest: int = 0
