"""Pictures of counts over time, as the numbers of an SVG: no script draws them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

#: Of the drawing; the page stretches it.
WIDTH, HEIGHT = 600.0, 96.0
_GAP = 1.0
#: Colors for the commonest kinds; the others share the last.
_TONES = 6


@dataclass(frozen=True, slots=True)
class Piece:
    """One color of a column; `tone` names its class."""

    y: float
    height: float
    tone: int


@dataclass(frozen=True, slots=True)
class Column:
    """`words` tell what it stands for; `href` leads to that, empty for nowhere."""

    x: float
    width: float
    pieces: tuple[Piece, ...]
    words: str
    href: str


@dataclass(frozen=True, slots=True)
class Kind:
    """An entry of the legend."""

    name: str
    count: int
    tone: int


@dataclass(frozen=True, slots=True)
class Chart:
    """`most` is what a full column stands for."""

    columns: tuple[Column, ...]
    kinds: tuple[Kind, ...]
    most: int


@dataclass(frozen=True, slots=True)
class Part:
    """What a column is made of: counts by kind."""

    counts: Mapping[str, int]
    words: str
    href: str = ""


def stacked(parts: Sequence[Part]) -> Chart:
    """The commonest kind at the bottom of each column."""
    totals: dict[str, int] = {}
    for part in parts:
        for name, count in part.counts.items():
            totals[name] = totals.get(name, 0) + count
    names = sorted(totals, key=lambda name: (-totals[name], name))
    tones = {name: min(at, _TONES - 1) for at, name in enumerate(names)}
    most = max((sum(part.counts.values()) for part in parts), default=0)
    step = WIDTH / max(1, len(parts))
    columns = tuple(
        Column(round(at * step, 2), round(max(step - _GAP, 0.5), 2), pieces, part.words, part.href)
        for at, part in enumerate(parts)
        if (pieces := _pieces(part.counts, tones, most))
    )
    return Chart(columns, tuple(Kind(name, totals[name], tones[name]) for name in names), most)


def _pieces(counts: Mapping[str, int], tones: Mapping[str, int], most: int) -> tuple[Piece, ...]:
    found, top = [], HEIGHT
    for name in sorted((name for name in counts if counts[name]), key=lambda name: tones[name]):
        # What is there at all is seen.
        height = max(counts[name] / most * (HEIGHT - 2), 1.0)
        top -= height
        found.append(Piece(round(max(top, 0.0), 2), round(height, 2), tones[name]))
    return tuple(found)


def sparkline(values: Sequence[float], width: float = 120.0, height: float = 28.0) -> str:
    """The points of a line through all values, oldest on the left; flat where all are alike."""
    if len(values) < 2:
        return ""
    most = max(values)
    step = width / (len(values) - 1)
    points = (
        f"{at * step:.1f},{height - 1 - (value / most * (height - 2) if most else 0):.1f}"
        for at, value in enumerate(values)
    )
    return " ".join(points)
