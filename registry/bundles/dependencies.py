"""Which content of a bundle refers to which, and the order in which each follows those it needs."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from posixpath import normpath
from urllib.parse import urljoin

from registry.artifact_types.checks import Unmapped
from registry.bundles.names import provided_names, reference_name, required_references

_STRUCTURED = frozenset({"JSON", "OPENAPI", "ASYNCAPI", "AVRO"})
_XML = frozenset({"XSD", "WSDL"})
#: Types whose contents may refer to each other's.
FAMILIES: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(("JSON", "OPENAPI", "ASYNCAPI"), _STRUCTURED),
    **dict.fromkeys(_XML, _XML),
    "AVRO": frozenset({"AVRO"}),
    "PROTOBUF": frozenset({"PROTOBUF"}),
}


@dataclass(frozen=True, slots=True)
class BundlePart:
    """A content of a bundle; `path` is what its file was called and is never opened."""

    path: str
    content: bytes
    type_name: str | None


@dataclass(frozen=True, slots=True)
class Dependency:
    """`name` is for the reference; `to` is the place of the piece that it means, if one does."""

    name: str
    unmapped: Unmapped
    target: int | None = None


@dataclass(frozen=True, slots=True)
class DependencyOrder:
    """Places of all pieces, those in circles last; `circles` are the paths along each, by place."""

    order: tuple[int, ...]
    cycles: Mapping[int, tuple[str, ...]]


@dataclass(slots=True)
class _Known:
    """Where pieces are found: by what they call themselves, and by their files."""

    pieces: Sequence[BundlePart]
    names: dict[str, list[int]] = field(default_factory=dict)
    files: dict[str, list[int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for at, each in enumerate(self.pieces):
            for name in provided_names(each.type_name, each.content):
                self.names.setdefault(name, []).append(at)
            self.files.setdefault(PurePosixPath(each.path).name, []).append(at)

    def meant(self, by: BundlePart, names: Sequence[str]) -> int | None:
        for name in names:
            for spelled in _spellings(by, name):
                found = self._first(by, self.names.get(spelled, ()))
                if found is not None:
                    return found
        return None if by.type_name == "AVRO" else self._by_file(by, names[-1])

    def _by_file(self, by: BundlePart, name: str) -> int | None:
        """Beside who refers to it, else the only one that is called so."""
        target = name.partition("#")[0]
        alike = self.files.get(PurePosixPath(target).name, ())
        wanted = normpath(str(PurePosixPath(by.path).parent / target))
        exact = [at for at in alike if normpath(self.pieces[at].path) == wanted]
        if exact:
            return self._first(by, exact)
        ending = "/" + normpath("/" + target.split("://", 1)[-1]).lstrip("/")
        ends = [at for at in alike if f"/{self.pieces[at].path}".endswith(ending)]
        if not ends and "://" in target:
            ends = list(alike)
        return self._first(by, ends) if len(ends) == 1 else None

    def _first(self, by: BundlePart, places: Sequence[int]) -> int | None:
        family = FAMILIES.get(by.type_name or "", frozenset())
        return next((at for at in places if self.pieces[at].type_name in family), None)


def find_dependencies(pieces: Sequence[BundlePart]) -> list[list[Dependency]]:
    """Of each piece what it refers to outside of itself; it may name itself without needing it."""
    known = _Known(pieces)
    found = []
    for at, piece in enumerate(pieces):
        named = [
            Dependency(reference_name(piece.type_name, each), each, known.meant(piece, each.names))
            for each in required_references(piece.type_name, piece.content)
        ]
        found.append([each for each in named if each.target != at])
    return found


def sort_by_dependencies(
    pieces: Sequence[BundlePart], needs: Sequence[Sequence[Dependency]]
) -> DependencyOrder:
    """Each after those that it needs, else by its path."""
    waits = [{each.target for each in listed if each.target is not None} for listed in needs]
    followers: dict[int, list[int]] = {}
    for at, others in enumerate(waits):
        for other in others:
            followers.setdefault(other, []).append(at)
    left = [len(each) for each in waits]
    by_path = sorted(range(len(pieces)), key=lambda at: pieces[at].path)
    ready = [at for at in by_path if not left[at]]
    order: list[int] = []
    while ready:
        at = ready.pop(0)
        order.append(at)
        for follower in sorted(followers.get(at, ()), key=lambda each: pieces[each].path):
            left[follower] -= 1
            if not left[follower]:
                ready.append(follower)
    stuck = [at for at in by_path if left[at]]
    return DependencyOrder((*order, *stuck), _circles(pieces, waits, stuck))


def _circles(
    pieces: Sequence[BundlePart], waits: Sequence[set[int]], stuck: Sequence[int]
) -> dict[int, tuple[str, ...]]:
    """Of each piece in a circle the way around, back to itself; those that only wait have none."""
    found: dict[int, tuple[str, ...]] = {}
    for start in stuck:
        trail = _way_back(start, waits)
        if trail:
            found[start] = tuple(pieces[at].path for at in trail)
    return found


def _way_back(start: int, waits: Sequence[set[int]]) -> list[int]:
    """Breadth first; empty if none leads back."""
    came: dict[int, int] = {}
    waiting = [start]
    while waiting:
        at = waiting.pop(0)
        for after in sorted(waits[at]):
            if after == start:
                return [*reversed(list(_trail(at, came))), start]
            if after not in came:
                came[after] = at
                waiting.append(after)
    return []


def _trail(at: int, came: Mapping[int, int]) -> Iterator[int]:
    yield at
    while at in came:
        at = came[at]
        yield at


def _spellings(by: BundlePart, name: str) -> Iterator[str]:
    """As it stands there, and as it is meant from the address that its content gives itself."""
    yield name
    if by.type_name != "AVRO":
        for base in provided_names(by.type_name, by.content):
            yield urljoin(base, name).partition("#")[0]
