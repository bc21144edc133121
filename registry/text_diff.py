"""Two texts side by side: corresponding lines, with differing parts marked."""

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest

#: Unchanged lines that stay around a change; the others are folded.
_CONTEXT_LINES = 4
#: With more, difflib takes seconds.
_MAX_LINES = 6_000
_MAX_LINE_LENGTH = 2_000

#: A piece of a line, and whether it differs from the other side.
Piece = tuple[str, bool]


@dataclass(frozen=True, slots=True)
class DiffSide:
    """A line of one text, in pieces; `number` counts from 1."""

    number: int
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class DiffRow:
    """`kind` is same, changed, removed, added or folded.

    A folded row has `count` equal lines.
    """

    kind: str
    left: DiffSide | None = None
    right: DiffSide | None = None
    count: int = 0


@dataclass(frozen=True, slots=True)
class SideBySide:
    """`added` and `removed` are numbers of lines; `remark` is the reason for showing nothing."""

    rows: tuple[DiffRow, ...] = ()
    added: int = 0
    removed: int = 0
    remark: str = ""

    @property
    def is_same(self) -> bool:
        return not (self.added or self.removed or self.remark)


def side_by_side(old: bytes, new: bytes) -> SideBySide:
    """Compare two texts; very long ones get only a remark. Use registry.checking's."""
    left, right = (text.decode("utf-8", "replace").splitlines() for text in (old, new))
    if max(len(left), len(right)) > _MAX_LINES:
        return SideBySide(remark=f"More than {_MAX_LINES:,} lines are not compared here.")
    rows = tuple(_diff_rows(left, right))
    added = sum(1 for row in rows if row.right and row.kind != "same")
    removed = sum(1 for row in rows if row.left and row.kind != "same")
    if not rows and old != new:
        return SideBySide(remark="They differ in the ends of their lines alone.")
    return SideBySide(rows, added, removed)


def _diff_rows(left: list[str], right: list[str]) -> Iterator[DiffRow]:
    matcher = difflib.SequenceMatcher(None, left, right, autojunk=False)
    shown = 0
    for group in matcher.get_grouped_opcodes(_CONTEXT_LINES):
        if group[0][1] > shown:
            yield DiffRow("folded", count=group[0][1] - shown)
        for tag, *ends in group:
            yield from _rows_of_block(tag, (left, right), ends)
        shown = group[-1][2]
    if 0 < shown < len(left):
        yield DiffRow("folded", count=len(left) - shown)


def _rows_of_block(
    tag: str, texts: tuple[list[str], list[str]], ends: list[int]
) -> Iterator[DiffRow]:
    """Pair the lines of a difflib block; `ends` are its bounds on the left and the right."""
    left, right = texts
    numbers = range(ends[0], ends[1]), range(ends[2], ends[3])
    for old, new in zip_longest(*numbers):
        if old is None:
            yield DiffRow("added", right=_side(new, right[new], [(right[new], True)]))
        elif new is None:
            yield DiffRow("removed", left=_side(old, left[old], [(left[old], True)]))
        elif tag == "equal":
            plain = [(left[old], False)]
            yield DiffRow("same", _side(old, left[old], plain), _side(new, right[new], plain))
        else:
            before, after = _pieces(left[old], right[new])
            yield DiffRow("changed", _side(old, "", before), _side(new, "", after))


def _side(index: int, text: str, pieces: list[Piece]) -> DiffSide:
    if len(text) > _MAX_LINE_LENGTH:
        pieces = [(f"{text[:_MAX_LINE_LENGTH]}…", pieces[0][1])]
    return DiffSide(index + 1, tuple(pieces))


def _pieces(before: str, after: str) -> tuple[list[Piece], list[Piece]]:
    """Split two lines into common and differing pieces."""
    if max(len(before), len(after)) > _MAX_LINE_LENGTH:
        return [(f"{before[:_MAX_LINE_LENGTH]}…", True)], [(f"{after[:_MAX_LINE_LENGTH]}…", True)]
    left: list[Piece] = []
    right: list[Piece] = []
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    for tag, left_start, left_end, right_start, right_end in matcher.get_opcodes():
        differs = tag != "equal"
        if left_start < left_end:
            left.append((before[left_start:left_end], differs))
        if right_start < right_end:
            right.append((after[right_start:right_end], differs))
    return left, right
