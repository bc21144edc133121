"""Bytes as hex and text, 16 a line, with the field's number on each run of bytes.

Long parts are folded: lines at the bounds of fields stay, other lines are shown on request.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.html import escape
from django.utils.safestring import mark_safe

from journal.wire.dissector import PartDissection

_WIDTH = 16
#: Lines that stay at a field's begin and end, and lines of a window.
_LINES_AT_START = 4
_LINES_AT_END = 2
WINDOW = 256

#: Start, end and number of a field's bytes.
_Run = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Line:
    """`html` is the hex and the text; empty for a fold of `count` bytes."""

    start: int
    html: str = ""
    count: int = 0
    is_fault: bool = False

    @property
    def label(self) -> str:
        return f"{self.start:06x}"


def dump_lines(
    part: PartDissection, name: str, max_lines: int, window_start: int | None
) -> tuple[Line, ...]:
    """Dump a part, folded if it has more than `max_lines`.

    A window of lines is shown from the byte `window_start` on. Each run of bytes has the attribute
    `data-of`, the part's name and the number of the innermost field.
    """
    count = -(-len(part.data) // _WIDTH)
    visible: Sequence[int] = range(count)
    if count > max_lines:
        visible = _visible_lines(part, count, max_lines, window_start)
    runs = list(part.innermost_spans())
    lines: list[Line] = []
    next_number, first_run = 0, 0
    for number in visible:
        start = number * _WIDTH
        if number > next_number:
            folded_from = next_number * _WIDTH
            lines.append(Line(folded_from, count=start - folded_from))
        end = min(start + _WIDTH, len(part.data))
        while first_run < len(runs) and runs[first_run][1] <= start:
            first_run += 1
        in_line = [
            (max(start, run_start), min(end, run_end), field)
            for run_start, run_end, field in runs[first_run : first_run + _WIDTH]
            if run_start < end and run_end > start
        ]
        lines.append(_line(part, name, (start, end), in_line))
        next_number = number + 1
    return tuple(lines)


def _visible_lines(
    part: PartDissection, count: int, max_lines: int, window_start: int | None
) -> list[int]:
    """Choose the first and the last line, lines around the ends of fields, and a window."""

    def byte_positions() -> Iterator[int]:
        if part.fault_at is not None:
            yield part.fault_at
        for span in part.spans:
            yield span.start
            yield span.end - 1

    visible = {0, count - 1}
    for position in byte_positions():
        line = position // _WIDTH
        visible.update(range(max(0, line - _LINES_AT_END), min(count, line + _LINES_AT_START)))
        if len(visible) > max_lines:
            break
    if window_start is not None:
        line = max(0, min(window_start // _WIDTH, count - 1))
        visible.update(range(line, min(count, line + WINDOW)))
    return sorted(visible)


def _line(part: PartDissection, name: str, bounds: tuple[int, int], runs: list[_Run]) -> Line:
    start, end = bounds
    hexes, texts = [], []
    for run_start, run_end, field in runs:
        codes, signs = [], []
        for index in range(run_start, run_end):
            byte = part.data[index]
            code, sign = f"{byte:02x}", str(escape(chr(byte) if 32 <= byte < 127 else "·"))
            if index == part.fault_at:
                code, sign = f"<mark>{code}</mark>", f"<mark>{sign}</mark>"
            # One more space in the middle of the line, none at its end.
            is_middle = index % _WIDTH == _WIDTH // 2 - 1
            space = "" if index == end - 1 else "  " if is_middle else " "
            codes.append(f"{code}{space}")
            signs.append(sign)
        hexes.append(f'<span data-of="{name}{field}">{"".join(codes)}</span>')
        texts.append(f'<span data-of="{name}{field}">{"".join(signs)}</span>')
    gap = " " * (3 * (_WIDTH - (end - start)) + (2 if end - start <= _WIDTH // 2 else 1))
    html = mark_safe(f"{''.join(hexes)}{gap} {''.join(texts)}")
    return Line(start, html, is_fault=part.fault_at is not None and start <= part.fault_at < end)
