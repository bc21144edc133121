"""Measurements, each beside a baseline, as a table and as JSON."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rich.table import Table


@dataclass(frozen=True, slots=True)
class Figure:
    """`name` distinguishes figures of one row and may be empty."""

    name: str
    value: float
    unit: str

    def __str__(self) -> str:
        digits = 2 if self.value < 10 and self.unit in {"ms", "s"} else 0
        return f"{self.name} {self.value:,.{digits}f} {self.unit}".strip()


@dataclass(frozen=True, slots=True)
class Row:
    """A measurement of the node and the baseline to compare it with."""

    what: str
    figures: Sequence[Figure]
    beside: str = ""
    calibration: Sequence[Figure] = ()


def percentile(values: Sequence[float], part: float) -> float:
    """Return the value not exceeded by a share `part` (0 to 1) of `values`."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))]


def latency(seconds: Sequence[float], *parts: int) -> list[Figure]:
    """Return percentiles in milliseconds: `latency(times, 50, 99)`."""
    return [Figure(f"p{part}", percentile(seconds, part / 100) * 1000, "ms") for part in parts]


def table(rows: Sequence[Row], title: str) -> Table:
    result = Table(title=title, title_justify="left")
    result.add_column("the node")
    result.add_column("figure", justify="right")
    result.add_column("beside it, in the same run")
    result.add_column("figure", justify="right")
    for row in rows:
        result.add_row(row.what, _lines(row.figures), row.beside, _lines(row.calibration))
    return result


def _lines(figures: Sequence[Figure]) -> str:
    return "\n".join(str(figure) for figure in figures)


def document(rows: Sequence[Row], **about: Any) -> dict[str, Any]:
    """Return the rows for JSON, with properties of the run."""
    return {**about, "rows": [asdict(row) for row in rows]}
