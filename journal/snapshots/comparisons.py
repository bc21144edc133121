"""What changed in the registry from one moment of the journal to another, row by row."""

from collections import Counter
from dataclasses import dataclass, field

from journal.snapshots.builder import Progress
from journal.snapshots.point_in_time import EndPosition, PointInTimeSnapshots
from journal.snapshots.store import Snapshot, SnapshotStore
from registry.connections import open_read_only
from registry.state.differences import RowChange, RowChangeKind, compare_states

#: So many changes are kept in words.
MAX_LISTED = 10_000
_TOLD_EVERY = 1000
_TAKEN = 0.9


@dataclass(slots=True)
class Comparison:
    """`changes` holds the first LISTED, `kinds` counts all, by table and kind."""

    before: Snapshot
    after: Snapshot
    changes: list[RowChange] = field(default_factory=list)
    kinds: Counter[tuple[str, RowChangeKind]] = field(default_factory=Counter)

    @property
    def count(self) -> int:
        return self.kinds.total()


def compare(
    shelf: SnapshotStore,
    moments: PointInTimeSnapshots,
    between: tuple[EndPosition, EndPosition],
    on_progress: Progress,
) -> Comparison:
    """Takes both moments, the earlier first, whose snapshot the later one begins with.

    Raises what Moments.take does, and ValueError if the second is the earlier one.
    """

    def halved(begin: float) -> Progress:
        return lambda doing, part: on_progress(doing, begin + part * _TAKEN / 2)

    before = moments.take(between[0], halved(0.0))
    after = moments.take(between[1], halved(_TAKEN / 2))
    if any(at > after.offsets.get(partition, at) for partition, at in before.offsets.items()):
        raise ValueError("The first moment is later than the second. Change them about.")
    found = Comparison(before, after)
    with open_read_only(shelf.tables(before)) as old, open_read_only(shelf.tables(after)) as new:
        for change in compare_states(old, new):
            if found.count % _TOLD_EVERY == 0:
                on_progress("Comparing", _TAKEN)
            found.kinds[change.table, change.kind] += 1
            if len(found.changes) < MAX_LISTED:
                found.changes.append(change)
    return found
