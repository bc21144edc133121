"""Two texts beside each other: lines that belong together, and the parts of them that differ."""

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest

#: Unchanged lines that stay around a change; the others are folded.
_AROUND = 4
#: Beyond these, difflib takes seconds.
_MOST_LINES = 6_000
_LONGEST_LINE = 2_000

#: A piece of a line, and whether it differs from the other side.
Piece = tuple[str, bool]


@dataclass(frozen=True, slots=True)
class Side:
    """One line of one text, in pieces; `number` counts from 1."""

    number: int
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """`kind` is same, changed, removed, added or folded, which stands for `count` equal lines."""

    kind: str
    left: Side | None = None
    right: Side | None = None
    count: int = 0


@dataclass(frozen=True, slots=True)
class SideBySide:
    """`added` and `removed` are counts of lines; `remark` says why nothing is shown."""

    rows: tuple[Row, ...] = ()
    added: int = 0
    removed: int = 0
    remark: str = ""

    @property
    def is_same(self) -> bool:
        return not (self.added or self.removed or self.remark)


def side_by_side(old: bytes, new: bytes) -> SideBySide:
    """Bounded: of longer texts only a remark comes."""
    left, right = (each.decode("utf-8", "replace").splitlines() for each in (old, new))
    if max(len(left), len(right)) > _MOST_LINES:
        return SideBySide(remark=f"More than {_MOST_LINES:,} lines are not compared here.")
    rows = tuple(_rows(left, right))
    added = sum(1 for row in rows if row.right and row.kind != "same")
    removed = sum(1 for row in rows if row.left and row.kind != "same")
    if not rows and old != new:
        return SideBySide(remark="They differ in the ends of their lines alone.")
    return SideBySide(rows, added, removed)


def _rows(left: list[str], right: list[str]) -> Iterator[Row]:
    matcher = difflib.SequenceMatcher(None, left, right, autojunk=False)
    groups = matcher.get_grouped_opcodes(_AROUND)
    seen = 0
    for group in groups:
        if group[0][1] > seen:
            yield Row("folded", count=group[0][1] - seen)
        for tag, *ends in group:
            yield from _part(tag, (left, right), ends)
        seen = group[-1][2]
    if 0 < seen < len(left):
        yield Row("folded", count=len(left) - seen)


def _part(tag: str, texts: tuple[list[str], list[str]], ends: list[int]) -> Iterator[Row]:
    """`ends` are of the lines on the left, then of those on the right."""
    numbers = range(ends[0], ends[1]), range(ends[2], ends[3])
    for at, to in zip_longest(*numbers):
        if at is None:
            yield Row("added", right=_side(to, texts[1][to], [(texts[1][to], True)]))
        elif to is None:
            yield Row("removed", left=_side(at, texts[0][at], [(texts[0][at], True)]))
        elif tag == "equal":
            plain = [(texts[0][at], False)]
            yield Row("same", _side(at, texts[0][at], plain), _side(to, texts[1][to], plain))
        else:
            before, after = _pieces(texts[0][at], texts[1][to])
            yield Row("changed", _side(at, "", before), _side(to, "", after))


def _side(at: int, text: str, pieces: list[Piece]) -> Side:
    if len(text) > _LONGEST_LINE:
        pieces = [(f"{text[:_LONGEST_LINE]}…", pieces[0][1])]
    return Side(at + 1, tuple(pieces))


def _pieces(before: str, after: str) -> tuple[list[Piece], list[Piece]]:
    """What two lines have in common, and what not."""
    if max(len(before), len(after)) > _LONGEST_LINE:
        return [(f"{before[:_LONGEST_LINE]}…", True)], [(f"{after[:_LONGEST_LINE]}…", True)]
    found: tuple[list[Piece], list[Piece]] = ([], [])
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    for tag, a, b, c, d in matcher.get_opcodes():
        for pieces, text in ((found[0], before[a:b]), (found[1], after[c:d])):
            if text:
                pieces.append((text, tag != "equal"))
    return found
