"""Parses Avro schemas by the specification's rules, with the path of each violation.

https://avro.apache.org/docs/1.12.0/specification/
"""

import re
from collections.abc import Container, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from registry.artifact_types.avro.schema import (
    Array,
    Enum,
    Field,
    Fixed,
    Map,
    Named,
    Path,
    Primitive,
    Record,
    Schema,
    SchemaViolation,
    Undefined,
    Union,
)
from registry.artifact_types.avro.shape import PRIMITIVES
from registry.artifact_types.syntax import json_text

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_ORDERS = ("ascending", "descending", "ignore")
_NAMED_KINDS = ("record", "error", "enum", "fixed")
#: Levels of types within types.
_MAX_DEPTH = 200

#: After so many, parsing stops.
_MAX_VIOLATIONS = 200
_UNIQUE = "Names and aliases are unique."


class _TooManyViolations(Exception):
    """The maximum of reported violations is reached."""


@dataclass(frozen=True, slots=True)
class ParsedSchema:
    """A schema with its names and violations.

    `names` has the definitions, also those of references. `unknown` has the undefined names, each
    in full and as spelled, with its path.
    """

    schema: Schema
    names: Mapping[str, Named | Undefined]
    violations: Sequence[SchemaViolation]
    unknown: Sequence[tuple[tuple[str, ...], Path]]


def parse_schema(document: object, references: Mapping[str, bytes]) -> ParsedSchema:
    """Parse a schema; it may use names defined in its references."""
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
    """Parses schemas with shared names; an unreadable type becomes Undefined.

    `aliases` has the full names of types by alias.
    """

    names: dict[str, Named | Undefined] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)
    violations: list[SchemaViolation] = field(default_factory=list)
    unknown: list[tuple[tuple[str, ...], Path]] = field(default_factory=list)

    def parse_document(self, document: object, path: Path) -> Schema:
        """Parse until the maximum of violations is reached."""
        with suppress(_TooManyViolations):
            return self.parse(document, "", path)
        return Undefined("", ())

    def report(self, message: str, path: Path, hint: str = "") -> None:
        self.violations.append(SchemaViolation(message, path, hint))
        if len(self.violations) >= _MAX_VIOLATIONS:
            raise _TooManyViolations

    def parse(self, schema: object, namespace: str, path: Path) -> Schema:
        if len(path) > _MAX_DEPTH:
            self.report(f"Types are nested more than {_MAX_DEPTH} deep", path)
        elif isinstance(schema, str):
            return self.resolve(schema, namespace, path)
        elif isinstance(schema, list):
            return self.parse_union(schema, namespace, path)
        elif isinstance(schema, dict):
            return self.parse_object(schema, namespace, path)
        else:
            self.report("A schema is a name, an array or an object", path)
        return Undefined("", path)

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
        return Undefined(candidates[0], path)

    def parse_union(self, schemas: Sequence[object], namespace: str, path: Path) -> Union:
        branches = [
            self.parse(schema, namespace, (*path, index)) for index, schema in enumerate(schemas)
        ]
        names: set[str] = set()
        for index, branch in enumerate(branches):
            if isinstance(branch, Union):
                self.report("A union stands immediately inside a union", (*path, index))
                continue
            name = branch.name if isinstance(branch, Named | Undefined) else branch.kind
            if name in names:
                self.report(f"A union has {name!r} twice", (*path, index))
            if name:
                names.add(name)
        return Union(branches, path)

    def parse_object(self, schema: Mapping[str, object], namespace: str, path: Path) -> Schema:
        kind = schema.get("type")
        if isinstance(kind, list | dict):
            return self.parse(kind, namespace, (*path, "type"))
        if not isinstance(kind, str):
            self.report("A schema has no type", path)
            return Undefined("", path)
        if kind in _NAMED_KINDS:
            return self.parse_definition(kind, schema, namespace, path)
        if kind in ("array", "map"):
            key = "items" if kind == "array" else "values"
            inner: Schema = Undefined("", path)
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
        self.check_name_is_new(full_name, path)
        definition: Named | Undefined
        if kind == "enum":
            definition = self.parse_enum(full_name, aliases, schema, path)
        elif kind == "fixed":
            definition = self.parse_fixed(full_name, aliases, schema, path)
        else:
            definition = Record(full_name, path, aliases)
        if not isinstance(definition, Undefined):
            self.check_aliases(definition, self.names, self.aliases)
        if full_name:
            self.names[full_name] = definition
        if isinstance(definition, Record):
            definition.fields = self.parse_fields(schema, inner_namespace, path)
        return definition

    def check_name_is_new(self, name: str, path: Path) -> None:
        if name in self.names:
            self.report(f"The name {name!r} is defined twice", (*path, "name"))
        elif name in self.aliases:
            message = f"The name {name!r} is an alias of {self.aliases[name]!r} already"
            self.report(message, (*path, "name"), _UNIQUE)

    def check_aliases(
        self,
        owner: Named | Field,
        names: Container[str],
        aliases: dict[str, str],
    ) -> None:
        """Report aliases of a type or field already in use as a name, or as another's alias.

        `aliases` has the owners of earlier aliases; those of `owner` are added.
        """
        for alias in sorted(owner.aliases - {owner.name}):
            if alias in names:
                taken_as = "the name of another"
            elif aliases.setdefault(alias, owner.name) != owner.name:
                taken_as = f"an alias of {aliases[alias]!r}"
            else:
                continue
            message = f"The alias {alias!r} of {owner.name!r} is {taken_as} already"
            self.report(message, (*owner.path, "aliases"), _UNIQUE)

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
    ) -> Enum | Undefined:
        symbols = schema.get("symbols")
        if not isinstance(symbols, list) or not all(isinstance(symbol, str) for symbol in symbols):
            self.report("A type enum has symbols, an array of names", path)
            return Undefined(name, path)
        known: set[str] = set()
        for index, symbol in enumerate(symbols):
            self.check_name(symbol, (*path, "symbols", index))
            if symbol in known:
                self.report(f"The symbol {symbol!r} is there twice", (*path, "symbols", index))
            known.add(symbol)
        default = schema.get("default")
        if "default" in schema and default not in symbols:
            self.report(f"The default {default!r} is none of the symbols", (*path, "default"))
            default = None
        return Enum(name, symbols, path, aliases, default if isinstance(default, str) else None)

    def parse_fixed(
        self, name: str, aliases: frozenset[str], schema: Mapping[str, object], path: Path
    ) -> Fixed | Undefined:
        size = schema.get("size")
        if type(size) is not int or size < 0:
            self.report("A type fixed has a size, a whole number of bytes", path)
            return Undefined(name, path)
        return Fixed(name, size, path, aliases, schema)

    def parse_fields(
        self, record: Mapping[str, object], namespace: str, record_path: Path
    ) -> list[Field]:
        declared = record.get("fields")
        if not isinstance(declared, list):
            self.report("A type record has fields, an array", record_path)
            return []
        fields: list[Field] = []
        names: set[str] = set()
        for index, field_schema in enumerate(declared):
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
            if name in names:
                self.report(f"The field {name!r} is there twice", path)
            names.add(name)
            fields.append(parsed)
        aliases: dict[str, str] = {}
        for parsed in fields:
            self.check_aliases(parsed, names, aliases)
        return fields
