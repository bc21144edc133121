"""Stacked bars and lines as coordinates of an SVG, drawn without a script."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

#: The drawing's own units; the page stretches it.
WIDTH, HEIGHT = 600.0, 96.0
#: Those of a line without axes.
_LINE_WIDTH, _LINE_HEIGHT = 120.0, 28.0
_GAP = 1.0
#: Colors for the most frequent kinds; the others share the last.
_TONES = 6


@dataclass(frozen=True, slots=True)
class Segment:
    """One color of a column; `tone` is the number in its CSS class."""

    y: float
    height: float
    tone: int


@dataclass(frozen=True, slots=True)
class Column:
    """A drawn bar; `words` is its title, `href` its link, empty for none."""

    x: float
    width: float
    segments: tuple[Segment, ...]
    words: str
    href: str


@dataclass(frozen=True, slots=True)
class LegendEntry:
    name: str
    count: int
    tone: int


@dataclass(frozen=True, slots=True)
class Chart:
    """`maximum` is the count of a column of full height."""

    columns: tuple[Column, ...]
    legend: tuple[LegendEntry, ...]
    maximum: int


@dataclass(frozen=True, slots=True)
class Bar:
    """Counts by kind, to be drawn as one column."""

    counts: Mapping[str, int]
    words: str
    href: str = ""


def stacked_chart(bars: Sequence[Bar]) -> Chart:
    """Draw bars of equal width, the most frequent kind at the bottom of each."""
    totals: dict[str, int] = {}
    for bar in bars:
        for name, count in bar.counts.items():
            totals[name] = totals.get(name, 0) + count
    names = sorted(totals, key=lambda name: (-totals[name], name))
    tones = {name: min(index, _TONES - 1) for index, name in enumerate(names)}
    maximum = max((sum(bar.counts.values()) for bar in bars), default=0)
    step = WIDTH / max(1, len(bars))
    columns = []
    for index, bar in enumerate(bars):
        segments, top = [], HEIGHT
        for name in sorted(filter(bar.counts.get, bar.counts), key=tones.__getitem__):
            # A count of one must be visible, too.
            height = max(bar.counts[name] / maximum * (HEIGHT - 2), 1.0)
            top -= height
            segments.append(Segment(round(max(top, 0.0), 2), round(height, 2), tones[name]))
        if segments:
            x, width = round(index * step, 2), round(max(step - _GAP, 0.5), 2)
            columns.append(Column(x, width, tuple(segments), bar.words, bar.href))
    legend = tuple(LegendEntry(name, totals[name], tones[name]) for name in names)
    return Chart(tuple(columns), legend, maximum)


def sparkline(values: Sequence[float]) -> str:
    """Return the points of a line through the values, the oldest on the left.

    Empty for fewer than two values; at the bottom for zeros only.
    """
    if len(values) < 2:
        return ""
    maximum = max(values)
    step = _LINE_WIDTH / (len(values) - 1)
    scale = (_LINE_HEIGHT - 2) / maximum if maximum else 0
    points = (
        f"{index * step:.1f},{_LINE_HEIGHT - 1 - value * scale:.1f}"
        for index, value in enumerate(values)
    )
    return " ".join(points)
