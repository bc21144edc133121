"""Avro schemas as values, with the path of each type."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

Path = tuple[str | int, ...]


@dataclass(slots=True)
class Primitive:
    kind: str
    path: Path
    logical: Mapping[str, object] = field(default_factory=dict)


@dataclass(slots=True)
class Array:
    items: "Schema"
    path: Path
    kind: str = "array"


@dataclass(slots=True)
class Map:
    values: "Schema"
    path: Path
    kind: str = "map"


@dataclass(slots=True)
class Union:
    branches: list["Schema"]
    path: Path
    kind: str = "union"


@dataclass(slots=True)
class Fixed:
    name: str
    size: int
    path: Path
    aliases: frozenset[str] = frozenset()
    logical: Mapping[str, object] = field(default_factory=dict)
    kind: str = "fixed"


@dataclass(slots=True)
class Enum:
    name: str
    symbols: list[str]
    path: Path
    aliases: frozenset[str] = frozenset()
    default: str | None = None
    kind: str = "enum"


@dataclass(slots=True)
class Field:
    name: str
    schema: "Schema"
    path: Path
    has_default: bool = False
    default: object = None
    aliases: frozenset[str] = frozenset()


@dataclass(slots=True)
class Record:
    """A record; `fields` are filled in last, since they may refer to it by name."""

    name: str
    path: Path
    aliases: frozenset[str] = frozenset()
    fields: list[Field] = field(default_factory=list)
    kind: str = "record"


@dataclass(slots=True)
class Undefined:
    """An unknown type: its name is not defined, or its schema could not be parsed.

    `name` is the full name, empty without one.
    """

    name: str
    path: Path
    kind: str = "undefined"


Named = Record | Enum | Fixed
Schema = Primitive | Array | Map | Union | Fixed | Enum | Record | Undefined


@dataclass(frozen=True, slots=True)
class SchemaViolation:
    """A violation of the specification, by its path in the schema."""

    message: str
    path: Path
    hint: str = ""


def iter_types(schema: Schema) -> Iterator[Schema]:
    """Iterate over all types in a schema, each once, in the order of their definitions."""
    visited: set[int] = set()
    stack = [schema]
    while stack:
        inner = stack.pop()
        if id(inner) in visited:
            continue
        visited.add(id(inner))
        yield inner
        if isinstance(inner, Record):
            stack.extend(field.schema for field in reversed(inner.fields))
        elif isinstance(inner, Union):
            stack.extend(reversed(inner.branches))
        elif isinstance(inner, Array | Map):
            stack.append(inner.items if isinstance(inner, Array) else inner.values)
