"""Records applied to a scratch database, to see what a node would hold that stopped there."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from journal.batches import Applied, Batches
from journal.brokers.base import Record
from journal.ledger import understand
from journal.models import Outcome
from journal.positions import Origin
from journal.scratch import Scratch
from journal.writer import Writer
from registry.digest import digest

_TROUBLES = frozenset({Outcome.REFUSED, Outcome.UNDECODABLE})


@dataclass(frozen=True, slots=True)
class Trouble:
    """A record that could not be applied."""

    partition: int
    offset: int
    outcome: Outcome
    summary: str
    reason: str


@dataclass(slots=True)
class Replayed:
    """`next_offsets` are where the replay ended, by partition."""

    content_view: str
    next_offsets: Mapping[int, int]
    digest: str = ""
    outcomes: Counter[Outcome] = field(default_factory=Counter)
    troubles: list[Trouble] = field(default_factory=list)

    @property
    def records(self) -> int:
        return self.outcomes.total()

    def note(self, applied: Applied) -> None:
        for read, effect in applied:
            self.outcomes[effect.outcome] += 1
            if effect.outcome in _TROUBLES:
                place = read.record.partition, read.record.offset
                trouble = Trouble(*place, effect.outcome, read.summary, effect.reason)
                self.troubles.append(trouble)


def replay(
    batches: Iterable[Sequence[Record]],
    ends: Mapping[int, int],
    origin: Origin,
    scratch: Scratch,
    on_progress: Callable[[int], None],
) -> Replayed:
    """Applies records that end at `ends`; `on_progress` hears how many are done."""
    found = Replayed(origin.view.label, ends)
    writer = Writer(scratch.settings)
    try:
        into = Batches(writer, origin)
        for records in batches:
            found.note(into.apply([understand(record) for record in records]))
            on_progress(found.records)
        # The last offsets may hold no record.
        into.move(ends)
    finally:
        writer.close()
    found.digest = digest(scratch.connection, origin.view.label)
    return found
