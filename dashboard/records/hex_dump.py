"""Bytes as hex and text, 16 a line, each run of them named by the field that it belongs to.

What is long is folded: lines at which a field begins or ends stay, others come when asked for.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.html import escape
from django.utils.safestring import mark_safe

from journal.wire.dissector import PartDissection

_WIDTH = 16
#: Lines that stay at a field's begin and end, and that come at once when asked for.
_AT_BEGIN = 4
_AT_END = 2
WINDOW = 256

#: Start, end and the number of the field.
_Tile = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Line:
    """`html` is the hex and the text; a fold has none, and stands for `count` bytes."""

    start: int
    html: str = ""
    count: int = 0
    is_fault: bool = False

    @property
    def label(self) -> str:
        return f"{self.start:06x}"


def lines(half: PartDissection, name: str, most: int, wanted: int | None) -> tuple[Line, ...]:
    """`most` lines are shown of what is longer, and a window of them from the byte `wanted` on.

    Runs carry `data-of`, the name and the number of the innermost field.
    """
    count = -(-len(half.data) // _WIDTH)
    kept = range(count) if count <= most else _kept(half, count, most, wanted)
    tiles = list(half.innermost_spans())
    found: list[Line] = []
    behind, at = 0, 0
    for number in kept:
        if number > behind:
            start = behind * _WIDTH
            found.append(Line(start, count=number * _WIDTH - start))
        start = number * _WIDTH
        end = min(start + _WIDTH, len(half.data))
        while at < len(tiles) and tiles[at][1] <= start:
            at += 1
        found.append(_line(half, name, (start, end), tiles[at : at + _WIDTH]))
        behind = number + 1
    return tuple(found)


def _kept(half: PartDissection, count: int, most: int, wanted: int | None) -> list[int]:
    """Always with the first and the last line."""
    kept = {0, count - 1}
    for place in _places(half):
        begin = place // _WIDTH
        kept.update(range(max(0, begin - _AT_END), min(count, begin + _AT_BEGIN)))
        if len(kept) > most:
            break
    if wanted is not None:
        begin = max(0, min(wanted // _WIDTH, count - 1))
        kept.update(range(begin, min(count, begin + WINDOW)))
    return sorted(kept)


def _places(half: PartDissection) -> Iterator[int]:
    if half.fault_at is not None:
        yield half.fault_at
    for each in half.spans:
        yield each.start
        yield each.end - 1


def _line(half: PartDissection, name: str, between: tuple[int, int], tiles: list[_Tile]) -> Line:
    start, end = between
    runs = [
        (max(start, begin), min(end, stop), index)
        for begin, stop, index in tiles
        if begin < end and stop > start
    ]
    fault = half.fault_at
    hexes = "".join(_run(name, each, _hex(half.data, each, end, fault)) for each in runs)
    texts = "".join(_run(name, each, _text(half.data, each, fault)) for each in runs)
    gap = " " * (3 * (_WIDTH - (end - start)) + (2 if end - start <= _WIDTH // 2 else 1))
    html = mark_safe(f"{hexes}{gap} {texts}")
    return Line(start, html, is_fault=fault is not None and start <= fault < end)


def _run(name: str, run: _Tile, inner: str) -> str:
    return f'<span data-of="{name}{run[2]}">{inner}</span>'


def _hex(data: bytes, run: _Tile, end: int, fault: int | None) -> str:
    start, stop, _ = run
    told = []
    for at in range(start, stop):
        byte = f"{data[at]:02x}"
        is_last = at == end - 1
        # A space more in the middle of the line.
        space = "" if is_last else "  " if at % _WIDTH == _WIDTH // 2 - 1 else " "
        told.append(f"{_marked(byte) if at == fault else byte}{space}")
    return "".join(told)


def _text(data: bytes, run: _Tile, fault: int | None) -> str:
    start, stop, _ = run
    signs = [chr(byte) if 32 <= byte < 127 else "·" for byte in data[start:stop]]
    return "".join(
        _marked(escape(sign)) if at == fault else escape(sign)
        for at, sign in enumerate(signs, start)
    )


def _marked(inner: str) -> str:
    return f"<mark>{inner}</mark>"
