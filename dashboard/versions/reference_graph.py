"""What a version needs and what needs it as a picture: two steps each way, drawn as an SVG."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from registry.references import Reference

#: A version, as references name it: group, artifact, version.
Place = tuple[str | None, str, str]
Neighbors = Callable[[Place], Iterable[Reference]]

#: Of the drawing, in its own units.
BOX_WIDTH, BOX_HEIGHT = 190, 42
_COLUMN, _ROW = 240, 56
#: Boxes in a column; the others are counted.
_MOST = 7
_STEPS = 2
_LONGEST = 22


@dataclass(frozen=True, slots=True)
class Box:
    """At its upper left corner; `title` is what its `label` may have cut."""

    place: Place
    x: int
    y: int
    label: str
    title: str
    is_center: bool
    is_missing: bool


@dataclass(frozen=True, slots=True)
class Rest:
    """So many more stand in a column than are drawn."""

    x: int
    y: int
    count: int


@dataclass(frozen=True, slots=True)
class Graph:
    """`arrows` are paths, from who refers to what is referred to."""

    boxes: tuple[Box, ...]
    arrows: tuple[str, ...]
    rests: tuple[Rest, ...]
    width: int
    height: int


def reference_graph(
    center: Place, needed_by: Neighbors, needs: Neighbors, missing: Sequence[Reference]
) -> Graph | None:
    """None where nothing is referred to, either way. `missing` are versions that are not there."""
    gone = {_place(each) for each in missing}
    before, arrows_in = _levels(center, needed_by, gone)
    after, arrows_out = _levels(center, needs, gone)
    if not before and not after:
        return None
    columns = [*reversed(before), [center], *after]
    tallest = max(min(len(each), _MOST) + (len(each) > _MOST) for each in columns)
    height = tallest * _ROW
    placed: dict[Place, Box] = {}
    rests = []
    for at, column in enumerate(columns):
        shown = column[:_MOST]
        top = (height - (len(shown) + (len(column) > _MOST)) * _ROW) // 2 + (_ROW - BOX_HEIGHT) // 2
        for row, place in enumerate(shown):
            is_center = column == [center]
            box = _box(place, at * _COLUMN, top + row * _ROW, is_center, place in gone)
            placed.setdefault(place, box)
        if len(column) > _MOST:
            rests.append(Rest(at * _COLUMN, top + _MOST * _ROW, len(column) - _MOST))
    pairs = [*((there, here) for here, there in arrows_in), *arrows_out]
    arrows = [_arrow(placed[a], placed[b]) for a, b in pairs if a in placed and b in placed]
    width = (len(columns) - 1) * _COLUMN + BOX_WIDTH
    return Graph(tuple(placed.values()), tuple(arrows), tuple(rests), width, height)


def _levels(
    center: Place, neighbors: Neighbors, gone: set[Place]
) -> tuple[list[list[Place]], list[tuple[Place, Place]]]:
    """Columns outward from the center, each place in the first that it fits; with their pairs."""
    levels: list[list[Place]] = []
    pairs: dict[tuple[Place, Place], None] = {}
    seen, front = {center}, [center]
    for _ in range(_STEPS):
        asked = [each for each in front[:_MOST] if each not in gone]
        steps = [(here, _place(each)) for here in asked for each in neighbors(here)]
        pairs |= dict.fromkeys(steps)
        front = list(dict.fromkeys(there for _, there in steps if there not in seen))
        if not front:
            break
        seen.update(front)
        levels.append(front)
    return levels, list(pairs)


def _place(reference: Reference) -> Place:
    return reference.group_id, reference.artifact_id, reference.version


def _box(place: Place, x: int, y: int, is_center: bool, is_missing: bool) -> Box:
    group, artifact, version = place
    label = artifact if len(artifact) <= _LONGEST else f"{artifact[: _LONGEST - 1]}…"
    title = f"{group or 'default'} / {artifact} v{version}"
    return Box(place, x, y, label, title, is_center, is_missing)


def _arrow(start: Box, end: Box) -> str:
    """A curve from the right of one box to the left of the other, or around where it goes back."""
    x1, y1 = start.x + BOX_WIDTH, start.y + BOX_HEIGHT // 2
    x2, y2 = end.x - 6, end.y + BOX_HEIGHT // 2
    bend = max(30, (x2 - x1) // 2)
    return f"M{x1} {y1}C{x1 + bend} {y1} {x2 - bend} {y2} {x2} {y2}"
