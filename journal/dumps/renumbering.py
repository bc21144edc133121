"""Maps the old offsets of loaded records to their new ones.

A topic assigns offsets itself, without gaps, so gaps from compaction are closed.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Any

from journal.kafka.records import Record

#: Gaps that a sentence names; the others are counted.
_MAX_NAMED = 5


class Renumbering:
    """Tracks offsets in the order of loading; `ends` are the new topic's ends before the load."""

    def __init__(self, ends: Mapping[int, int]) -> None:
        self._next = dict(ends)
        #: By partition: first old offset, first new offset and number of consecutive records.
        self.runs: dict[int, list[tuple[int, int, int]]] = {}

    def track(self, records: Iterable[Record]) -> Iterator[Record]:
        """Yield the same records, and track each one as its new offset is assigned."""
        for record in records:
            self.add(record.partition, record.offset)
            yield record

    def add(self, partition: int, old: int) -> None:
        new = self._next.get(partition, 0)
        self._next[partition] = new + 1
        runs = self.runs.setdefault(partition, [])
        if runs and runs[-1][0] + runs[-1][2] == old:
            first_old, first_new, count = runs.pop()
            runs.append((first_old, first_new, count + 1))
        else:
            runs.append((old, new, 1))

    @property
    def changes(self) -> bool:
        """Check if at least one record has another offset than before."""
        return any(old != new for runs in self.runs.values() for old, new, _ in runs)

    def document(self) -> list[dict[str, Any]]:
        """Return first and last offsets by partition, and the runs to translate any other."""
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
        """Return an operator's summary, a sentence for each partition."""
        if not self.changes:
            return ["Every record has the offset that it had."]
        sentences = []
        for partition, runs in sorted(self.runs.items()):
            gaps = [str(low) if low == high else f"{low} to {high}" for low, high in _gaps(runs)]
            more = f" and {len(gaps) - _MAX_NAMED} more gaps" if len(gaps) > _MAX_NAMED else ""
            without = f", without {', '.join(gaps[:_MAX_NAMED])}{more}," if gaps else ""
            sentences.append(
                f"Partition {partition}: offsets {runs[0][0]} to {_last(runs, 0)}{without} "
                f"are now {runs[0][1]} to {_last(runs, 1)}."
            )
        return sentences


def _last(runs: list[tuple[int, int, int]], index: int) -> int:
    return runs[-1][index] + runs[-1][2] - 1


def _gaps(runs: list[tuple[int, int, int]]) -> list[tuple[int, int]]:
    return [
        (before[0] + before[2], after[0] - 1)
        for before, after in pairwise(runs)
        if after[0] > before[0] + before[2]
    ]
