"""Reads schemas as Avro's Java parser does, and writes them as it prints them, or canonically.

The canonical form has no documentation, no aliases and no defaults of enums. `parser` is of no
use here: it drops unknown properties and their order, and rejects schemas that Java accepts.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from registry.artifact_types.avro.shape import PRIMITIVES
from registry.artifact_types.base import (
    DereferenceError,
    Embed,
    ReferencedContents,
    References,
    in_order,
)
from registry.artifact_types.syntax import json_text

_NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)
_OWN_KEYS = {
    "record": frozenset({"type", "name", "namespace", "doc", "fields", "aliases"}),
    "error": frozenset({"type", "name", "namespace", "doc", "fields", "aliases"}),
    "enum": frozenset({"type", "name", "namespace", "doc", "symbols", "default", "aliases"}),
    "fixed": frozenset({"type", "name", "namespace", "doc", "size", "aliases"}),
    "array": frozenset({"type", "items"}),
    "map": frozenset({"type", "values"}),
    "field": frozenset({"name", "type", "doc", "default", "order", "aliases"}),
}


class _NotAvro(ValueError):
    """The content is no Avro schema; the message says why."""


@dataclass(frozen=True, slots=True)
class _Definition:
    """A record, enum or fixed type: its namespace ("" for none), its name and its JSON."""

    namespace: str
    name: str
    schema: Mapping[str, object]

    @property
    def full_name(self) -> str:
        return f"{self.namespace}.{self.name}" if self.namespace else self.name


def canonicalize(content: bytes, references: References) -> bytes:
    """Return the canonical form; the content unchanged if it, or a reference, is no Avro schema.

    A referenced type is written out where it is first used, as Avro prints it.
    """
    try:
        return _normalize(content, references, is_whole=False)
    except (_NotAvro, RecursionError):
        return content


def dereference(content: bytes, references: ReferencedContents, embed: Embed) -> bytes:
    """Write the references into the schema; raises DereferenceError."""
    try:
        return _normalize(content, in_order(references), is_whole=True)
    except _NotAvro as error:
        raise DereferenceError(str(error)) from error
    except RecursionError as error:
        raise DereferenceError("its types are nested too deeply") from error


def _normalize(content: bytes, references: References, *, is_whole: bool) -> bytes:
    known: dict[str, _Definition] = {}
    normalized: object = None
    for schema in (*references.values(), content):
        value = json_text.parse_first(schema.decode(errors="replace"))
        if value is json_text.NOT_JSON:
            raise _NotAvro("not JSON")
        normalized = _Normalizer(known, is_whole).normalize(value, "")
    if is_whole:
        return json_text.dump_whole(normalized)
    return json_text.dump(normalized, sort_keys=False)


@dataclass(slots=True)
class _Normalizer:
    """Normalizes one schema.

    `known` gathers definitions, also of other schemas; `defined` are this schema's own, `written`
    those that its output holds already.
    """

    known: dict[str, _Definition]
    is_whole: bool
    written: set[str] = field(default_factory=set)
    defined: set[str] = field(default_factory=set)

    def normalize(self, schema: object, enclosing: str) -> object:
        """Normalize a schema inside the namespace `enclosing`; raises _NotAvro."""
        if isinstance(schema, str):
            return schema if schema in PRIMITIVES else self.use(schema, enclosing)
        if isinstance(schema, list):
            return [self.normalize(branch, enclosing) for branch in schema]
        if not isinstance(schema, dict):
            raise _NotAvro("a schema is text, an array or an object")
        kind = schema.get("type")
        if not isinstance(kind, str):
            return self.normalize(kind, enclosing)
        if kind in {"record", "error", "enum", "fixed"}:
            return self.define(schema, enclosing)
        if kind in {"array", "map"}:
            key = "items" if kind == "array" else "values"
            inner = self.normalize(schema.get(key), enclosing)
            return {"type": kind, key: inner} | _properties(schema, kind)
        if kind in PRIMITIVES:
            properties = {key: value for key, value in schema.items() if key != "type"}
            return {"type": kind} | properties if properties else kind
        return self.use(kind, enclosing)

    def define(self, schema: Mapping[str, object], enclosing: str) -> object:
        name = schema.get("name")
        if not isinstance(name, str):
            raise _NotAvro("a definition without name")
        namespace, dot, simple_name = name.rpartition(".")
        if not dot:
            declared = schema.get("namespace")
            namespace = declared if isinstance(declared, str) else enclosing
        if not _NAME.fullmatch(simple_name) or simple_name in PRIMITIVES:
            raise _NotAvro(f"bad name {name}")
        definition = _Definition(namespace, simple_name, schema)
        if definition.full_name in self.defined:
            raise _NotAvro(f"{definition.full_name} is defined twice")
        self.defined.add(definition.full_name)
        self.known[definition.full_name] = definition
        return self.write(definition, enclosing)

    def use(self, name: str, enclosing: str) -> object:
        for full_name in (name,) if "." in name else (f"{enclosing}.{name}", name):
            if full_name in self.known:
                definition = self.known[full_name]
                break
        else:
            raise _NotAvro(f"{name} is not defined")
        if definition.full_name not in self.written:
            return self.write(definition, enclosing)
        return definition.name if definition.namespace == enclosing else definition.full_name

    def write(self, definition: _Definition, enclosing: str) -> object:
        """Return the whole definition; later uses get its name."""
        self.written.add(definition.full_name)
        schema, kind = definition.schema, str(definition.schema["type"])
        output: dict[str, object] = {"type": kind, "name": definition.name}
        if definition.namespace != enclosing:
            output["namespace"] = definition.namespace
        output |= self.documentation(schema)
        if kind == "enum":
            symbols = _list(schema, "symbols")
            if not all(isinstance(symbol, str) and _NAME.fullmatch(symbol) for symbol in symbols):
                raise _NotAvro("bad enum symbol")
            if len(set(symbols)) != len(symbols):
                raise _NotAvro("duplicate enum symbol")
            output["symbols"] = symbols
            if self.is_whole and "default" in schema:
                output["default"] = schema["default"]
        elif kind == "fixed":
            size = schema.get("size")
            if not isinstance(size, int) or isinstance(size, bool) or size < 0:
                raise _NotAvro("bad size of a fixed type")
            output["size"] = size
        else:
            output["fields"] = self.write_fields(schema, definition.namespace)
        output |= _properties(schema, kind)
        return output | self.aliases(schema, definition.namespace)

    def write_fields(self, record: Mapping[str, object], enclosing: str) -> list[object]:
        fields: dict[str, object] = {}
        for schema in _list(record, "fields"):
            name = schema.get("name") if isinstance(schema, dict) else None
            if (
                not isinstance(schema, dict)
                or not isinstance(name, str)
                or not _NAME.fullmatch(name)
            ):
                raise _NotAvro("a field without a good name")
            if name in fields:
                raise _NotAvro(f"duplicate field {name}")
            kind = schema.get("type")
            output: dict[str, object] = {
                "name": name,
                "type": self.normalize(kind, enclosing),
                **self.documentation(schema),
            }
            if "default" in schema:
                output["default"] = _normalize_default(schema["default"], kind)
            order = schema.get("order", "ascending")
            if order not in ("ascending", "descending", "ignore"):
                raise _NotAvro(f"bad order of field {name}")
            if order != "ascending":
                output["order"] = order
            fields[name] = output | self.aliases(schema, "") | _properties(schema, "field")
        return list(fields.values())

    def documentation(self, schema: Mapping[str, object]) -> dict[str, object]:
        if not self.is_whole:
            return {"doc": ""}
        return {"doc": schema["doc"]} if isinstance(schema.get("doc"), str) else {}

    def aliases(self, schema: Mapping[str, object], namespace: str) -> dict[str, object]:
        """Return aliases as given; full names in the definition's own namespace are shortened."""
        if not self.is_whole or not schema.get("aliases"):
            return {}
        aliases = _list(schema, "aliases")
        return {"aliases": [str(alias).removeprefix(f"{namespace}.") for alias in aliases]}


def _list(schema: Mapping[str, object], key: str) -> list[object]:
    value = schema.get(key)
    if not isinstance(value, list):
        raise _NotAvro(f"no {key}")
    return value


def _properties(schema: Mapping[str, object], kind: str) -> dict[str, object]:
    """Return the properties unknown to Avro, logical types included, in their order."""
    return {key: value for key, value in schema.items() if key not in _OWN_KEYS[kind]}


def _normalize_default(value: object, schema: object) -> object:
    """Convert whole numbers of floating types to floats, as Avro prints them."""
    if isinstance(schema, list):
        return _normalize_default(value, schema[0]) if schema else value
    kind = schema.get("type") if isinstance(schema, dict) else schema
    if kind in ("float", "double") and isinstance(value, int) and not isinstance(value, bool):
        try:
            return float(value)
        except OverflowError:
            return math.inf if value > 0 else -math.inf
    if kind == "array" and isinstance(value, list) and isinstance(schema, dict):
        return [_normalize_default(item, schema.get("items")) for item in value]
    if kind == "map" and isinstance(value, dict) and isinstance(schema, dict):
        return {key: _normalize_default(item, schema.get("values")) for key, item in value.items()}
    return value
