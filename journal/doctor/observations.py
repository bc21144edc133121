"""What is known of a journal when it is judged: plain values, see journal.doctor.observing."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from journal.missed import MissedOffsets
from journal.models import ContentView
from journal.tally import Draws, Tally
from journal.topic_facts import TopicFacts
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
    draws: Draws = field(default_factory=Draws)


@dataclass(frozen=True, slots=True)
class BuiltView:
    """The content view that the tables were built in; a dump's are nobody's, and have none."""

    view: ContentView


@dataclass(frozen=True, slots=True)
class Upgrade:
    """A Java node that asked for the upgrade lock and has not let it go; `seen_at` in ms."""

    uuid: str
    version: int
    tried_at: int
    seen_at: int


@dataclass(frozen=True, slots=True)
class Backup:
    """Where backups are looked for, and how old the last verified one may be; ms and days."""

    directory: str
    days: float
    verified_at: int | None


@dataclass(frozen=True, slots=True)
class Observations:
    """`facts` are None where nobody told them, `backup` where nobody asked for one.

    `newest` is the time of the last record and `now` that of the look, both in ms.
    """

    topic: str
    tally: Tally = field(default_factory=Tally)
    sequences: tuple[SequenceState, ...] = ()
    facts: TopicFacts | None = None
    built_view: BuiltView | None = None
    missed: tuple[MissedOffsets, ...] = ()
    upgrades: tuple[Upgrade, ...] = ()
    topic_version: int = 1
    backup: Backup | None = None
    #: The first offset that the topic still has, by partition; empty where nobody told.
    log_starts: Mapping[int, int] = field(default_factory=dict)
    newest: int = 0
    now: int = 0
    #: Bytes of the largest content that may come.
    largest: int = 0
