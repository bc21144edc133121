"""The references from and to a version, two steps each way, drawn as an SVG."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from registry.references import Reference

#: A version as references name it: group, artifact, version.
VersionKey = tuple[str | None, str, str]
GetReferences = Callable[[VersionKey], Iterable[Reference]]

#: In the drawing's own units.
NODE_WIDTH, NODE_HEIGHT = 190, 42
_COLUMN, _ROW = 240, 56
#: Nodes in a column; the others are counted.
_MAX_NODES = 7
_STEPS = 2
_MAX_LABEL = 22


@dataclass(frozen=True, slots=True)
class Node:
    """A version, with its upper left corner; `title` is the full text of `label`."""

    key: VersionKey
    x: int
    y: int
    label: str
    title: str
    is_center: bool
    is_missing: bool


@dataclass(frozen=True, slots=True)
class Overflow:
    """The number of undrawn nodes of a column."""

    x: int
    y: int
    count: int


@dataclass(frozen=True, slots=True)
class Graph:
    """`arrows` are SVG paths from a version to a referenced one."""

    nodes: tuple[Node, ...]
    arrows: tuple[str, ...]
    overflows: tuple[Overflow, ...]
    width: int
    height: int


def reference_graph(
    center: VersionKey,
    inbound: GetReferences,
    outbound: GetReferences,
    missing: Sequence[Reference],
) -> Graph | None:
    """Draw the references; None without any. `missing` versions do not exist."""
    missing_keys = {_key(reference) for reference in missing}
    before, inbound_pairs = _levels(center, inbound, missing_keys)
    after, outbound_pairs = _levels(center, outbound, missing_keys)
    if not before and not after:
        return None
    columns = [*reversed(before), [center], *after]
    rows = [min(len(column), _MAX_NODES) + (len(column) > _MAX_NODES) for column in columns]
    height = max(rows) * _ROW
    nodes: dict[VersionKey, Node] = {}
    overflows = []
    for index, column in enumerate(columns):
        x = index * _COLUMN
        top = (height - rows[index] * _ROW) // 2 + (_ROW - NODE_HEIGHT) // 2
        for row, key in enumerate(column[:_MAX_NODES]):
            group, artifact, version = key
            is_short = len(artifact) <= _MAX_LABEL
            node = Node(
                key,
                x,
                top + row * _ROW,
                label=artifact if is_short else f"{artifact[: _MAX_LABEL - 1]}…",
                title=f"{group or 'default'} / {artifact} v{version}",
                is_center=column == [center],
                is_missing=key in missing_keys,
            )
            nodes.setdefault(key, node)
        if len(column) > _MAX_NODES:
            overflows.append(Overflow(x, top + _MAX_NODES * _ROW, len(column) - _MAX_NODES))
    pairs = [*((source, target) for target, source in inbound_pairs), *outbound_pairs]
    arrows = []
    for start, end in ((nodes[a], nodes[b]) for a, b in pairs if a in nodes and b in nodes):
        x1, y1 = start.x + NODE_WIDTH, start.y + NODE_HEIGHT // 2
        x2, y2 = end.x - 6, end.y + NODE_HEIGHT // 2
        bend = max(30, (x2 - x1) // 2)
        arrows.append(f"M{x1} {y1}C{x1 + bend} {y1} {x2 - bend} {y2} {x2} {y2}")
    width = (len(columns) - 1) * _COLUMN + NODE_WIDTH
    return Graph(tuple(nodes.values()), tuple(arrows), tuple(overflows), width, height)


def _levels(
    center: VersionKey, get_references: GetReferences, missing: set[VersionKey]
) -> tuple[list[list[VersionKey]], list[tuple[VersionKey, VersionKey]]]:
    """Return columns outward from the center, each version in its first, and all pairs."""
    levels: list[list[VersionKey]] = []
    pairs: dict[tuple[VersionKey, VersionKey], None] = {}
    visited, front = {center}, [center]
    for _ in range(_STEPS):
        sources = [key for key in front[:_MAX_NODES] if key not in missing]
        steps = [
            (source, _key(reference)) for source in sources for reference in get_references(source)
        ]
        pairs |= dict.fromkeys(steps)
        front = list(dict.fromkeys(target for _, target in steps if target not in visited))
        if not front:
            break
        visited.update(front)
        levels.append(front)
    return levels, list(pairs)


def _key(reference: Reference) -> VersionKey:
    return reference.group_id, reference.artifact_id, reference.version
