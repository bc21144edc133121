"""Avro schemas as values, parsed by the specification's rules with the path of each violation.

https://avro.apache.org/docs/1.12.0/specification/
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from registry.artifact_types.avro.shape import PRIMITIVES
from registry.artifact_types.syntax import json_text

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_ORDERS = ("ascending", "descending", "ignore")
_NAMED_KINDS = ("record", "error", "enum", "fixed")
#: Levels of types within types.
MAX_DEPTH = 200

#: After so many, parsing stops.
_MAX_VIOLATIONS = 200

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
    """`fields` are filled in after the record is known by its name, which they may use."""

    name: str
    path: Path
    aliases: frozenset[str] = frozenset()
    fields: list[Field] = field(default_factory=list)
    kind: str = "record"


Named = Record | Enum | Fixed
Schema = Primitive | Array | Map | Union | Fixed | Enum | Record


@dataclass(frozen=True, slots=True)
class SchemaViolation:
    """A violation of the specification, by its path in the schema."""

    message: str
    path: Path
    hint: str = ""


class _TooManyViolations(Exception):
    """As many violations as are reported have been found."""


@dataclass(frozen=True, slots=True)
class ParsedSchema:
    """A schema with its names and violations.

    `names` has the named types, also those of references. `unknown` are the names of types that
    nothing defines, in full and as they are spelled, with their paths.
    """

    schema: Schema
    names: Mapping[str, Named]
    violations: Sequence[SchemaViolation]
    unknown: Sequence[tuple[tuple[str, ...], Path]]


def parse_schema(document: object, references: Mapping[str, bytes]) -> ParsedSchema:
    """Parse a schema that may use names defined in its references."""
    parser = _Parser()
    for name, content in references.items():
        reference = json_text.parse_first(content.decode(errors="replace"))
        parser.parse_document(reference, (f"({name})",))
        # What is wrong with a reference was reported when it was uploaded.
        parser.violations.clear()
        parser.unknown.clear()
    schema = parser.parse_document(document, ())
    return ParsedSchema(schema, parser.names, parser.violations, parser.unknown)


@dataclass(slots=True)
class _Parser:
    """Parses schemas that know each other's names; what can't be parsed becomes a null."""

    names: dict[str, Named] = field(default_factory=dict)
    violations: list[SchemaViolation] = field(default_factory=list)
    unknown: list[tuple[tuple[str, ...], Path]] = field(default_factory=list)

    def parse_document(self, document: object, path: Path) -> Schema:
        """Parse as far as possible; after many violations no further."""
        with suppress(_TooManyViolations):
            return self.parse(document, "", path)
        return Primitive("null", ())

    def report(self, message: str, path: Path, hint: str = "") -> None:
        self.violations.append(SchemaViolation(message, path, hint))
        if len(self.violations) >= _MAX_VIOLATIONS:
            raise _TooManyViolations

    def parse(self, schema: object, namespace: str, path: Path) -> Schema:
        if len(path) > MAX_DEPTH:
            self.report(f"Types are nested more than {MAX_DEPTH} deep", path)
        elif isinstance(schema, str):
            return self.resolve(schema, namespace, path)
        elif isinstance(schema, list):
            return self.parse_union(schema, namespace, path)
        elif isinstance(schema, dict):
            return self.parse_object(schema, namespace, path)
        else:
            self.report("A schema is a name, an array or an object", path)
        return Primitive("null", path)

    def resolve(self, name: str, namespace: str, path: Path) -> Schema:
        if name in PRIMITIVES:
            return Primitive(name, path)
        candidates = (name,) if "." in name or not namespace else (f"{namespace}.{name}", name)
        for full_name in candidates:
            if full_name in self.names:
                return self.names[full_name]
        self.unknown.append((candidates, path))
        simple_name = name.rpartition(".")[2].lower()
        similar = name.lower() if name.lower() in PRIMITIVES else None
        for known in self.names:
            if similar is None and known.rpartition(".")[2].lower() == simple_name:
                similar = known
        hint = f"Did you mean {similar!r}?" if similar else "Define it before it is used."
        self.report(f"There is no type {name!r}", path, hint)
        return Primitive("null", path)

    def parse_union(self, schemas: Sequence[object], namespace: str, path: Path) -> Union:
        branches = [
            self.parse(schema, namespace, (*path, index)) for index, schema in enumerate(schemas)
        ]
        seen: set[str] = set()
        for index, branch in enumerate(branches):
            if isinstance(branch, Union):
                self.report("A union stands immediately inside a union", (*path, index))
            name = branch.name if isinstance(branch, Named) else branch.kind
            if name in seen and not isinstance(branch, Union):
                self.report(f"A union has {name!r} twice", (*path, index))
            seen.add(name)
        return Union(branches, path)

    def parse_object(self, schema: Mapping[str, object], namespace: str, path: Path) -> Schema:
        kind = schema.get("type")
        if isinstance(kind, list | dict):
            return self.parse(kind, namespace, (*path, "type"))
        if not isinstance(kind, str):
            self.report("A schema has no type", path)
            return Primitive("null", path)
        if kind in _NAMED_KINDS:
            return self.parse_definition(kind, schema, namespace, path)
        if kind in ("array", "map"):
            key = "items" if kind == "array" else "values"
            inner: Schema = Primitive("null", path)
            if key in schema:
                inner = self.parse(schema[key], namespace, (*path, key))
            else:
                self.report(f"A type {kind} has no {key}", path)
            return Array(inner, path) if kind == "array" else Map(inner, path)
        if kind in PRIMITIVES:
            return Primitive(kind, path, schema)
        return self.resolve(kind, namespace, (*path, "type"))

    def parse_definition(
        self, kind: str, schema: Mapping[str, object], namespace: str, path: Path
    ) -> Schema:
        full_name = self.parse_full_name(kind, schema, namespace, path)
        inner_namespace = full_name.rpartition(".")[0]
        aliases = self.parse_aliases(schema, inner_namespace, path)
        definition: Named
        if kind == "enum":
            definition = self.parse_enum(full_name, aliases, schema, path)
        elif kind == "fixed":
            size = schema.get("size")
            if type(size) is not int or size < 0:
                self.report("A type fixed has a size, a whole number of bytes", path)
                size = 0
            definition = Fixed(full_name, size, path, aliases, schema)
        else:
            definition = Record(full_name, path, aliases)
        if full_name in self.names:
            self.report(f"The name {full_name!r} is defined twice", (*path, "name"))
        self.names[full_name] = definition
        if isinstance(definition, Record):
            definition.fields = self.parse_fields(schema, inner_namespace, path)
        return definition

    def parse_full_name(
        self, kind: str, schema: Mapping[str, object], enclosing: str, path: Path
    ) -> str:
        name, namespace = schema.get("name"), schema.get("namespace")
        if not isinstance(name, str) or not name:
            self.report(f"A type {kind} has no name", path)
            return ""
        key = "namespace"
        if "." in name:
            namespace, _, name = name.rpartition(".")
            key = "name"
        elif not isinstance(namespace, str):
            if "namespace" in schema:
                self.report("A namespace is a text", (*path, "namespace"))
            namespace = enclosing
        if namespace == enclosing:
            key = "name"
        for part in filter(None, str(namespace).split(".")):
            self.check_name(part, (*path, key))
        self.check_name(name, (*path, "name"))
        if name in PRIMITIVES:
            self.report(f"A type can't be called {name!r}, as a primitive is", (*path, "name"))
        return f"{namespace}.{name}" if namespace else name

    def check_name(self, name: str, path: Path) -> None:
        if not _NAME.fullmatch(name):
            valid = re.sub(r"[^A-Za-z0-9_]", "_", name)
            valid = valid if _NAME.fullmatch(valid) else f"_{valid}"
            self.report(
                f"{name!r} is no name: letters, digits and _, and no digit first",
                path,
                f"Such as {valid!r}.",
            )

    def parse_aliases(
        self, schema: Mapping[str, object], namespace: str, path: Path
    ) -> frozenset[str]:
        aliases = schema.get("aliases", [])
        if not isinstance(aliases, list) or not all(isinstance(alias, str) for alias in aliases):
            self.report("Aliases are an array of names", (*path, "aliases"))
            return frozenset()
        return frozenset(
            alias if "." in alias or not namespace else f"{namespace}.{alias}" for alias in aliases
        )

    def parse_enum(
        self, name: str, aliases: frozenset[str], schema: Mapping[str, object], path: Path
    ) -> Enum:
        symbols = schema.get("symbols")
        if not isinstance(symbols, list) or not all(isinstance(symbol, str) for symbol in symbols):
            self.report("A type enum has symbols, an array of names", path)
            symbols = []
        for index, symbol in enumerate(symbols):
            self.check_name(symbol, (*path, "symbols", index))
            if symbol in symbols[:index]:
                self.report(f"The symbol {symbol!r} is there twice", (*path, "symbols", index))
        default = schema.get("default")
        if "default" in schema and default not in symbols:
            self.report(f"The default {default!r} is none of the symbols", (*path, "default"))
            default = None
        return Enum(name, symbols, path, aliases, default if isinstance(default, str) else None)

    def parse_fields(
        self, record: Mapping[str, object], namespace: str, record_path: Path
    ) -> list[Field]:
        given = record.get("fields")
        if not isinstance(given, list):
            self.report("A type record has fields, an array", record_path)
            return []
        fields: list[Field] = []
        seen: set[str] = set()
        for index, field_schema in enumerate(given):
            path: Path = (*record_path, "fields", index)
            if not isinstance(field_schema, dict) or not isinstance(field_schema.get("name"), str):
                self.report("A field is an object with a name", path)
                continue
            name = field_schema["name"]
            self.check_name(name, (*path, "name"))
            if "type" not in field_schema:
                self.report(f"The field {name!r} has no type", path)
                continue
            if field_schema.get("order", "ascending") not in _ORDERS:
                self.report(f"An order is one of {', '.join(_ORDERS)}", (*path, "order"))
            parsed = Field(
                name,
                self.parse(field_schema["type"], namespace, (*path, "type")),
                path,
                "default" in field_schema,
                field_schema.get("default"),
                self.parse_aliases(field_schema, "", path),
            )
            if name in seen:
                self.report(f"The field {name!r} is there twice", path)
            seen.add(name)
            fields.append(parsed)
        return fields


def iter_types(schema: Schema) -> Iterator[Schema]:
    """Iterate over all types in a schema, each once, however often it is used."""
    seen: set[int] = set()
    stack = [schema]
    while stack:
        inner = stack.pop()
        if id(inner) in seen:
            continue
        seen.add(id(inner))
        yield inner
        if isinstance(inner, Record):
            stack.extend(field.schema for field in inner.fields)
        elif isinstance(inner, Union):
            stack.extend(inner.branches)
        elif isinstance(inner, Array | Map):
            stack.append(inner.items if isinstance(inner, Array) else inner.values)
