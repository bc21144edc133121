"""Avro schemas as values, read by the specification's rules with the place of each breach.

https://avro.apache.org/docs/1.12.0/specification/
"""

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from registry.artifact_types.avro.shape import PRIMITIVES
from registry.artifact_types.syntax import json_text

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_ORDERS = ("ascending", "descending", "ignore")
_NAMED = ("record", "error", "enum", "fixed")
#: So deep may types be written into one another.
MAX_DEPTH = 200

#: More of them help nobody.
MOST_BREACHES = 200

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
    """`fields` are filled after the record is known by its name, which they may use."""

    name: str
    path: Path
    aliases: frozenset[str] = frozenset()
    fields: list[Field] = field(default_factory=list)
    kind: str = "record"


Named = Record | Enum | Fixed
Schema = Primitive | Array | Map | Union | Fixed | Enum | Record


@dataclass(frozen=True, slots=True)
class Breach:
    """Of a rule of the specification."""

    message: str
    path: Path
    mend: str = ""


class _Enough(Exception):
    """So much is wrong that nobody reads on."""


def parsed(document: object, references: Mapping[str, bytes]) -> tuple[Schema, "Parser"]:
    """A schema that may use the names of its references, and all that its reading told."""
    parser = Parser()
    for name, content in references.items():
        parser.learn(name, json_text.parse_first(content.decode(errors="replace")))
    return parser.parse(document), parser


@dataclass(slots=True)
class Parser:
    """Reads schemas that know each other's names; `breaches` gathers what is wrong.

    What can't be read at all is a null, so that reading goes on. `unknown` are the names of types
    that nothing defines, in full and as they are spelled, with their places.
    """

    names: dict[str, Named] = field(default_factory=dict)
    breaches: list[Breach] = field(default_factory=list)
    unknown: list[tuple[tuple[str, ...], Path]] = field(default_factory=list)

    def parse(self, document: object) -> Schema:
        """As far as it can be read; after many breaches no further."""
        with suppress(_Enough):
            return self._schema(document, "", ())
        return Primitive("null", ())

    def learn(self, name: str, reference: object) -> None:
        """Its names, and nothing of what is wrong with it: that is told where it was uploaded."""
        with suppress(_Enough):
            self._schema(reference, "", (f"({name})",))
        self.breaches.clear()
        self.unknown.clear()

    def _breach(self, message: str, path: Path, mend: str = "") -> None:
        self.breaches.append(Breach(message, path, mend))
        if len(self.breaches) >= MOST_BREACHES:
            raise _Enough

    def _schema(self, given: object, space: str, path: Path) -> Schema:
        if len(path) > MAX_DEPTH:
            self._breach(f"Types are nested more than {MAX_DEPTH} deep", path)
        elif isinstance(given, str):
            return self._named(given, space, path)
        elif isinstance(given, list):
            return self._union(given, space, path)
        elif isinstance(given, dict):
            return self._object(given, space, path)
        else:
            self._breach("A schema is a name, an array or an object", path)
        return Primitive("null", path)

    def _named(self, name: str, space: str, path: Path) -> Schema:
        if name in PRIMITIVES:
            return Primitive(name, path)
        spelled = (name,) if "." in name or not space else (f"{space}.{name}", name)
        for full in spelled:
            if full in self.names:
                return self.names[full]
        self.unknown.append((spelled, path))
        self._breach(f"There is no type {name!r}", path, self._nearest(name))
        return Primitive("null", path)

    def _nearest(self, name: str) -> str:
        simple = name.rpartition(".")[2].lower()
        near = [each for each in self.names if each.rpartition(".")[2].lower() == simple]
        lower = next((each for each in PRIMITIVES if each == name.lower()), None)
        found = lower or next(iter(near), None)
        return f"Did you mean {found!r}?" if found else "Define it before it is used."

    def _union(self, given: Sequence[object], space: str, path: Path) -> Union:
        branches = [self._schema(each, space, (*path, at)) for at, each in enumerate(given)]
        seen: set[str] = set()
        for at, branch in enumerate(branches):
            if isinstance(branch, Union):
                self._breach("A union stands immediately inside a union", (*path, at))
            name = branch.name if isinstance(branch, Named) else branch.kind
            if name in seen and not isinstance(branch, Union):
                self._breach(f"A union has {name!r} twice", (*path, at))
            seen.add(name)
        return Union(branches, path)

    def _object(self, given: Mapping[str, object], space: str, path: Path) -> Schema:
        kind = given.get("type")
        if isinstance(kind, list | dict):
            return self._schema(kind, space, (*path, "type"))
        if not isinstance(kind, str):
            self._breach("A schema has no type", path)
            return Primitive("null", path)
        if kind in _NAMED:
            return self._definition(kind, given, space, path)
        if kind == "array":
            return Array(self._inner("items", given, space, path), path)
        if kind == "map":
            return Map(self._inner("values", given, space, path), path)
        if kind in PRIMITIVES:
            return Primitive(kind, path, given)
        return self._named(kind, space, (*path, "type"))

    def _inner(self, key: str, given: Mapping[str, object], space: str, path: Path) -> Schema:
        if key not in given:
            self._breach(f"A type {given['type']} has no {key}", path)
            return Primitive("null", path)
        return self._schema(given[key], space, (*path, key))

    def _definition(self, kind: str, given: Mapping[str, object], space: str, path: Path) -> Schema:
        full = self._full_name(kind, given, space, path)
        own = full.rpartition(".")[0]
        aliases = self._aliases(given, own, path)
        if kind == "enum":
            made: Named = self._enum(full, aliases, given, path)
        elif kind == "fixed":
            made = Fixed(full, self._size(given, path), path, aliases, given)
        else:
            made = Record(full, path, aliases)
        if full in self.names:
            self._breach(f"The name {full!r} is defined twice", (*path, "name"))
        self.names[full] = made
        if isinstance(made, Record):
            made.fields = self._fields(given, own, path)
        return made

    def _full_name(self, kind: str, given: Mapping[str, object], space: str, path: Path) -> str:
        name, own = given.get("name"), given.get("namespace")
        if not isinstance(name, str) or not name:
            self._breach(f"A type {kind} has no name", path)
            return ""
        if "." in name:
            own, _, name = name.rpartition(".")
        elif not isinstance(own, str):
            if "namespace" in given:
                self._breach("A namespace is a text", (*path, "namespace"))
            own = space
        spelled = "name" if "." in str(given["name"]) or own == space else "namespace"
        for part in filter(None, str(own).split(".")):
            self._check_name(part, (*path, spelled))
        self._check_name(name, (*path, "name"))
        if name in PRIMITIVES:
            self._breach(f"A type can't be called {name!r}, as a primitive is", (*path, "name"))
        return f"{own}.{name}" if own else name

    def _check_name(self, name: str, path: Path) -> None:
        if not _NAME.fullmatch(name):
            fitting = re.sub(r"[^A-Za-z0-9_]", "_", name)
            fitting = fitting if _NAME.fullmatch(fitting) else f"_{fitting}"
            self._breach(
                f"{name!r} is no name: letters, digits and _, and no digit first",
                path,
                f"Such as {fitting!r}.",
            )

    def _aliases(self, given: Mapping[str, object], space: str, path: Path) -> frozenset[str]:
        aliases = given.get("aliases", [])
        if not isinstance(aliases, list) or not all(isinstance(each, str) for each in aliases):
            self._breach("Aliases are an array of names", (*path, "aliases"))
            return frozenset()
        return frozenset(
            each if "." in each or not space else f"{space}.{each}" for each in aliases
        )

    def _size(self, given: Mapping[str, object], path: Path) -> int:
        size = given.get("size")
        if type(size) is not int or size < 0:
            self._breach("A type fixed has a size, a whole number of bytes", path)
            return 0
        return size

    def _enum(
        self, name: str, aliases: frozenset[str], given: Mapping[str, object], path: Path
    ) -> Enum:
        symbols = given.get("symbols")
        if not isinstance(symbols, list) or not all(isinstance(each, str) for each in symbols):
            self._breach("A type enum has symbols, an array of names", path)
            symbols = []
        for at, symbol in enumerate(symbols):
            self._check_name(symbol, (*path, "symbols", at))
            if symbol in symbols[:at]:
                self._breach(f"The symbol {symbol!r} is there twice", (*path, "symbols", at))
        default = given.get("default")
        if "default" in given and default not in symbols:
            self._breach(f"The default {default!r} is none of the symbols", (*path, "default"))
            default = None
        return Enum(name, symbols, path, aliases, default if isinstance(default, str) else None)

    def _fields(self, given: Mapping[str, object], space: str, path: Path) -> list[Field]:
        fields = given.get("fields")
        if not isinstance(fields, list):
            self._breach("A type record has fields, an array", path)
            return []
        made: list[Field] = []
        seen: set[str] = set()
        for at, each in enumerate(fields):
            one = self._field(each, space, (*path, "fields", at))
            if one is None:
                continue
            if one.name in seen:
                self._breach(f"The field {one.name!r} is there twice", one.path)
            seen.add(one.name)
            made.append(one)
        return made

    def _field(self, given: object, space: str, path: Path) -> Field | None:
        if not isinstance(given, dict) or not isinstance(given.get("name"), str):
            self._breach("A field is an object with a name", path)
            return None
        self._check_name(given["name"], (*path, "name"))
        if "type" not in given:
            self._breach(f"The field {given['name']!r} has no type", path)
            return None
        if given.get("order", "ascending") not in _ORDERS:
            self._breach(f"An order is one of {', '.join(_ORDERS)}", (*path, "order"))
        return Field(
            given["name"],
            self._schema(given["type"], space, (*path, "type")),
            path,
            "default" in given,
            given.get("default"),
            self._aliases(given, "", path),
        )
