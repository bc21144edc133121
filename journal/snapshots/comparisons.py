"""Comparison of the registry at two positions of the journal, row by row."""

from collections import Counter
from dataclasses import dataclass, field

from journal.snapshots.builder import Progress
from journal.snapshots.point_in_time import EndPosition, PointInTimeSnapshots
from journal.snapshots.store import Snapshot, SnapshotStore
from registry.connections import open_read_only
from registry.state.differences import RowChange, RowChangeKind, compare_states

#: Changes beyond these are only counted.
MAX_LISTED = 10_000
_PROGRESS_INTERVAL = 1000
#: The progress once both snapshots are taken.
_TAKEN = 0.9


@dataclass(slots=True)
class Comparison:
    """`changes` holds the first MAX_LISTED, `kinds` counts all, by table and kind."""

    before: Snapshot
    after: Snapshot
    changes: list[RowChange] = field(default_factory=list)
    kinds: Counter[tuple[str, RowChangeKind]] = field(default_factory=Counter)

    @property
    def count(self) -> int:
        return self.kinds.total()


def compare(
    store: SnapshotStore,
    snapshots: PointInTimeSnapshots,
    between: tuple[EndPosition, EndPosition],
    on_progress: Progress,
) -> Comparison:
    """Take both snapshots, the earlier first: the replay of the later one begins with it.

    Raises the errors of PointInTimeSnapshots.take, and ValueError if the second is the earlier one.
    """
    half = _TAKEN / 2
    before = snapshots.take(between[0], lambda stage, part: on_progress(stage, part * half))
    after = snapshots.take(between[1], lambda stage, part: on_progress(stage, half + part * half))
    if any(
        offset > after.offsets.get(partition, offset)
        for partition, offset in before.offsets.items()
    ):
        raise ValueError("The first moment is later than the second. Change them about.")
    comparison = Comparison(before, after)
    with open_read_only(store.tables(before)) as old, open_read_only(store.tables(after)) as new:
        for change in compare_states(old, new):
            if comparison.count % _PROGRESS_INTERVAL == 0:
                on_progress("Comparing", _TAKEN)
            comparison.kinds[change.table, change.kind] += 1
            if len(comparison.changes) < MAX_LISTED:
                comparison.changes.append(change)
    return comparison
