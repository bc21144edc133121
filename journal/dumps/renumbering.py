"""Which offset a loaded record had before, and which it has now.

A topic gives offsets itself, without gaps: those of compaction close.
"""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

#: So many gaps are told one by one.
_TOLD = 5


class Renumbering:
    """Notes old offsets in the order of loading; `first` is the new topic's end before."""

    def __init__(self, first: Mapping[int, int]) -> None:
        self._next = dict(first)
        #: By partition: (old offset, new offset, how many records from there on).
        self.runs: dict[int, list[tuple[int, int, int]]] = {}

    def note(self, partition: int, old: int) -> None:
        new = self._next.get(partition, 0)
        self._next[partition] = new + 1
        runs = self.runs.setdefault(partition, [])
        if runs and runs[-1][0] + runs[-1][2] == old:
            start, at, count = runs.pop()
            runs.append((start, at, count + 1))
        else:
            runs.append((old, new, 1))

    @property
    def changes(self) -> bool:
        """Whether any record has another offset than before."""
        return any(old != new for runs in self.runs.values() for old, new, _ in runs)

    def document(self) -> list[dict[str, Any]]:
        """For each partition the first and last offsets, and the runs to translate any other."""
        return [
            {
                "partition": partition,
                "old": {"first": runs[0][0], "last": _last(runs, 0)},
                "new": {"first": runs[0][1], "last": _last(runs, 1)},
                "missing": sum(end - start + 1 for start, end in _gaps(runs)),
                "runs": [{"old": old, "new": new, "count": count} for old, new, count in runs],
            }
            for partition, runs in sorted(self.runs.items())
        ]

    def sentences(self) -> list[str]:
        """What an operator should know, a sentence for each partition."""
        if not self.changes:
            return ["Every record has the offset that it had."]
        return [_sentence(partition, runs) for partition, runs in sorted(self.runs.items())]


def _last(runs: list[tuple[int, int, int]], which: int) -> int:
    return runs[-1][which] + runs[-1][2] - 1


def _gaps(runs: list[tuple[int, int, int]]) -> list[tuple[int, int]]:
    return [
        (before[0] + before[2], after[0] - 1)
        for before, after in pairwise(runs)
        if after[0] > before[0] + before[2]
    ]


def _sentence(partition: int, runs: list[tuple[int, int, int]]) -> str:
    gaps = _gaps(runs)
    told = ", ".join(str(low) if low == high else f"{low} to {high}" for low, high in gaps[:_TOLD])
    more = f" and {len(gaps) - _TOLD} more gaps" if len(gaps) > _TOLD else ""
    without = f", without {told}{more}," if gaps else ""
    return (
        f"Partition {partition}: offsets {runs[0][0]} to {_last(runs, 0)}{without} "
        f"are now {runs[0][1]} to {_last(runs, 1)}."
    )
