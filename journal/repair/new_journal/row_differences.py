"""Two databases row by row: which rows one has and the other has not, or has otherwise."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

from registry.state.digest import digested_rows

_Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """`table` is a name of the state digest; `before` or `after` is None where there is no row."""

    table: str
    key: _Row
    before: _Row | None
    after: _Row | None

    @property
    def words(self) -> str:
        named = ", ".join(str(each) for each in self.key)
        if self.after is None:
            return f"{self.table}: {named} is missing"
        if self.before is None:
            return f"{self.table}: {named} is new"
        return f"{self.table}: {named} is another: {self.before} was, {self.after} is"


def differences(before: BaseDatabaseWrapper, after: BaseDatabaseWrapper) -> Iterator[Difference]:
    """What a state digest would tell apart, in the order of its tables."""
    for (name, width, olds), (_, _, news) in zip(
        digested_rows(before), digested_rows(after), strict=True
    ):
        yield from _merged(name, width, (olds, news))


def _merged(
    name: str, width: int, sides: tuple[Iterator[_Row], Iterator[_Row]]
) -> Iterator[Difference]:
    olds, news = sides
    old, new = next(olds, None), next(news, None)
    while old is not None or new is not None:
        which = _compared(old, new, width)
        if which == 0 and old != new:
            yield Difference(name, _key(old, width), old, new)
        elif which < 0:
            yield Difference(name, _key(old, width), old, None)
        elif which > 0:
            yield Difference(name, _key(new, width), None, new)
        if which <= 0:
            old = next(olds, None)
        if which >= 0:
            new = next(news, None)


def _compared(old: _Row | None, new: _Row | None, width: int) -> int:
    """-1 if the old row comes first, 1 if the new one does, 0 for the same key."""
    if old is None or new is None:
        return 1 if old is None else -1
    one, other = _sortable(old, width), _sortable(new, width)
    return (one > other) - (one < other)


def _key(row: _Row | None, width: int) -> _Row:
    return () if row is None else row[:width]


def _sortable(row: _Row, width: int) -> list[tuple[bool, Any]]:
    """As both databases order: nulls first, texts by their code points."""
    return [(each is not None, 0 if each is None else each) for each in row[:width]]
