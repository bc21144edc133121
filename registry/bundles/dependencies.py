"""References among the contents of a bundle, and an order with each content after its targets."""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from posixpath import normpath
from urllib.parse import urljoin

from registry.artifact_types.checks import UnresolvedReference
from registry.bundles.names import reference_name, required_references
from registry.checking import provided_names

_STRUCTURED = frozenset({"JSON", "OPENAPI", "ASYNCAPI", "AVRO"})
_XML = frozenset({"XSD", "WSDL"})
#: By type, the types of contents that it may refer to.
FAMILIES: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(("JSON", "OPENAPI", "ASYNCAPI"), _STRUCTURED),
    **dict.fromkeys(_XML, _XML),
    "AVRO": frozenset({"AVRO"}),
    "PROTOBUF": frozenset({"PROTOBUF"}),
}


@dataclass(frozen=True, slots=True)
class BundlePart:
    """A content of a bundle; `path` is its file's former name, and is never opened."""

    path: str
    content: bytes
    type_name: str | None


@dataclass(frozen=True, slots=True)
class Dependency:
    """`name` is for the reference; `target` is the index of the part meant by it, or None."""

    name: str
    unresolved: UnresolvedReference
    target: int | None = None


@dataclass(frozen=True, slots=True)
class DependencyOrder:
    """Indexes of all parts, those in cycles last; `cycles` are paths along a cycle, by index."""

    order: tuple[int, ...]
    cycles: Mapping[int, tuple[str, ...]]


@dataclass(slots=True)
class _PartIndex:
    """Parts by their own names and by their files' paths; each content is read once.

    `own_names` are in the order of the parts. `paths` are whole, `endings` are of paths.
    """

    parts: Sequence[BundlePart]
    own_names: list[frozenset[str]] = field(default_factory=list)
    names: dict[str, list[int]] = field(default_factory=dict)
    paths: dict[str, list[int]] = field(default_factory=dict)
    endings: dict[str, list[int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for index, part in enumerate(self.parts):
            self.own_names.append(provided_names(part.type_name or "", part.content))
            for name in self.own_names[-1]:
                self.names.setdefault(name, []).append(index)
            self.paths.setdefault(normpath(part.path), []).append(index)
            steps = PurePosixPath(part.path).parts
            for start in range(len(steps)):
                self.endings.setdefault("/".join(steps[start:]), []).append(index)

    def find(self, index: int, names: Sequence[str]) -> int | None:
        """Return the index of the part meant by one of these names of a part, or None."""
        referrer = self.parts[index]
        bases = frozenset() if referrer.type_name == "AVRO" else self.own_names[index]
        for name in names:
            # As it stands there, and relative to the address that the content gives itself.
            absolute = (urljoin(base, name).partition("#")[0] for base in bases)
            for spelling in (name, *absolute):
                found = self._first_usable(referrer, self.names.get(spelling, ()))
                if found is not None:
                    return found
        return None if referrer.type_name == "AVRO" else self._find_file(referrer, names[-1])

    def _find_file(self, referrer: BundlePart, name: str) -> int | None:
        """Return the file at the path relative to the referrer, else the only file of the name."""
        target = name.partition("#")[0]
        path = normpath(str(PurePosixPath(referrer.path).parent / target))
        if exact := self.paths.get(path):
            return self._first_usable(referrer, exact)
        ending = normpath("/" + target.split("://", 1)[-1]).lstrip("/")
        matches = self.endings.get(ending, [])
        if not matches and "://" in target:
            matches = self.endings.get(PurePosixPath(target).name, [])
        return self._first_usable(referrer, matches) if len(matches) == 1 else None

    def _first_usable(self, referrer: BundlePart, indexes: Sequence[int]) -> int | None:
        family = FAMILIES.get(referrer.type_name or "", frozenset())
        return next((index for index in indexes if self.parts[index].type_name in family), None)


def find_dependencies(parts: Sequence[BundlePart]) -> list[list[Dependency]]:
    """Return the external references of each part, in the order of the parts."""
    part_index = _PartIndex(parts)
    dependencies = []
    for index, part in enumerate(parts):
        needed = [
            Dependency(
                reference_name(part.type_name, unresolved),
                unresolved,
                part_index.find(index, unresolved.names),
            )
            for unresolved in required_references(part.type_name, part.content)
        ]
        # A content may name itself, which is no dependency.
        dependencies.append([item for item in needed if item.target != index])
    return dependencies


def sort_by_dependencies(
    parts: Sequence[BundlePart], dependencies: Sequence[Sequence[Dependency]]
) -> DependencyOrder:
    """Order the parts by their dependencies, then by their paths."""
    targets = [{item.target for item in items if item.target is not None} for items in dependencies]
    dependents: dict[int, list[int]] = {}
    for index, needed in enumerate(targets):
        for target in needed:
            dependents.setdefault(target, []).append(index)
    open_counts = [len(needed) for needed in targets]
    by_path = sorted(range(len(parts)), key=lambda index: parts[index].path)
    ready = deque(index for index in by_path if not open_counts[index])
    order: list[int] = []
    while ready:
        index = ready.popleft()
        order.append(index)
        for dependent in sorted(dependents.get(index, ()), key=lambda index: parts[index].path):
            open_counts[dependent] -= 1
            if not open_counts[dependent]:
                ready.append(dependent)
    remaining = [index for index in by_path if open_counts[index]]
    cycles = {
        start: tuple(parts[index].path for index in cycle)
        for start in remaining
        if (cycle := _find_cycle(start, targets))
    }
    return DependencyOrder((*order, *remaining), cycles)


def _find_cycle(start: int, targets: Sequence[set[int]]) -> tuple[int, ...]:
    """Return the shortest way from a part back to itself, found breadth first; empty if none."""
    visited: set[int] = set()
    queue: deque[tuple[int, ...]] = deque([(start,)])
    while queue:
        way = queue.popleft()
        for target in sorted(targets[way[-1]]):
            if target == start:
                return (*way, start)
            if target not in visited:
                visited.add(target)
                queue.append((*way, target))
    return ()
