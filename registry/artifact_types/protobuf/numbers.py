"""Compares ranges of reserved numbers, and of numbers for extensions."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator


class NumberRanges:
    """Ranges in order, without overlaps, as protoc has checked."""

    def __init__(self, ranges: Iterable[range] = ()) -> None:
        self._ranges = sorted(ranges, key=lambda numbers: numbers.start)
        self._starts = [numbers.start for numbers in self._ranges]

    def __contains__(self, number: int) -> bool:
        index = bisect_right(self._starts, number)
        return index > 0 and number in self._ranges[index - 1]

    def __iter__(self) -> Iterator[range]:
        return iter(self._ranges)

    def without(self, covering: Iterable[range]) -> Iterator[range]:
        """Iterate over the parts of the ranges outside `covering`."""
        covers = iter(sorted(covering, key=lambda numbers: numbers.start))
        cover = next(covers, None)
        for numbers in self._ranges:
            start = numbers.start
            while cover is not None and cover.start < numbers.stop:
                if start < cover.start:
                    yield range(start, cover.start)
                start = max(start, cover.stop)
                if cover.stop > numbers.stop:
                    break
                cover = next(covers, None)
            if start < numbers.stop:
                yield range(start, numbers.stop)
