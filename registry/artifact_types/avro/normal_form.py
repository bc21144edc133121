"""Schemas read as Avro reads them and written as it prints them: whole, or in canonical form.

The canonical form has no documentation, no aliases and no defaults of enums.
"""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from registry.artifact_types.avro.shape import PRIMITIVES
from registry.artifact_types.base import CannotDereference, References
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

    space: str
    name: str
    schema: Mapping[str, object]

    @property
    def full_name(self) -> str:
        return f"{self.space}.{self.name}" if self.space else self.name


def of(content: bytes, references: References) -> bytes:
    """The canonical form; the content as it is when it, or a reference, is no Avro schema.

    A referenced type is written out where it is first used, as Avro prints it.
    """
    try:
        return _printed(content, references, is_whole=False)
    except (_NotAvro, RecursionError):
        return content


def dereferenced(content: bytes, references: References) -> bytes:
    """The schema with all that it refers to written into it; raises CannotDereference."""
    try:
        return _printed(content, references, is_whole=True)
    except _NotAvro as error:
        raise CannotDereference(str(error)) from error
    except RecursionError as error:
        raise CannotDereference("its types are nested too deeply") from error


def _printed(content: bytes, references: References, *, is_whole: bool) -> bytes:
    known: dict[str, _Definition] = {}
    for reference in references.values():
        _Reader(known, is_whole).read(_json(reference), "")
    read = _Reader(known, is_whole).read(_json(content), "")
    return json_text.printed(read, sort_keys=False)


def _json(content: bytes) -> object:
    value = json_text.parse_first(content.decode(errors="replace"))
    if value is json_text.NOT_JSON:
        raise _NotAvro("not JSON")
    return value


@dataclass(slots=True)
class _Reader:
    """Reads one schema. `known` gathers definitions, also of other schemas; `defined` are this
    schema's own, `written` those that its output holds already.
    """

    known: dict[str, _Definition]
    is_whole: bool
    written: set[str] = field(default_factory=set)
    defined: set[str] = field(default_factory=set)

    def read(self, schema: object, enclosing: str) -> object:
        """The normalized form of a schema inside the namespace `enclosing`; raises _NotAvro."""
        if isinstance(schema, str):
            return schema if schema in PRIMITIVES else self._use(schema, enclosing)
        if isinstance(schema, list):
            return [self.read(branch, enclosing) for branch in schema]
        if not isinstance(schema, dict):
            raise _NotAvro("a schema is text, an array or an object")
        return self._read_object(schema, enclosing)

    def _read_object(self, schema: Mapping[str, object], enclosing: str) -> object:
        kind = schema.get("type")
        if not isinstance(kind, str):
            return self.read(kind, enclosing)
        if kind in {"record", "error", "enum", "fixed"}:
            return self._define(_definition(schema, enclosing), enclosing)
        if kind in {"array", "map"}:
            inner = "items" if kind == "array" else "values"
            content = self.read(schema.get(inner), enclosing)
            return {"type": kind, inner: content} | _properties(schema, kind)
        if kind in PRIMITIVES:
            properties = {key: value for key, value in schema.items() if key != "type"}
            return {"type": kind} | properties if properties else kind
        return self._use(kind, enclosing)

    def _define(self, definition: _Definition, enclosing: str) -> object:
        if definition.full_name in self.defined:
            raise _NotAvro(f"{definition.full_name} is defined twice")
        self.defined.add(definition.full_name)
        self.known[definition.full_name] = definition
        return self._write(definition, enclosing)

    def _use(self, name: str, enclosing: str) -> object:
        definition = self._resolve(name, enclosing)
        if definition.full_name not in self.written:
            return self._write(definition, enclosing)
        return definition.name if definition.space == enclosing else definition.full_name

    def _resolve(self, name: str, enclosing: str) -> _Definition:
        for full_name in (name,) if "." in name else (f"{enclosing}.{name}", name):
            if full_name in self.known:
                return self.known[full_name]
        raise _NotAvro(f"{name} is not defined")

    def _write(self, definition: _Definition, enclosing: str) -> object:
        """The whole definition; from here on its name stands for it."""
        self.written.add(definition.full_name)
        schema, kind = definition.schema, str(definition.schema["type"])
        head: dict[str, object] = {"type": kind, "name": definition.name}
        if definition.space != enclosing:
            head["namespace"] = definition.space
        head |= self._documentation(schema)
        if kind == "enum":
            head["symbols"] = _symbols(schema)
            if self.is_whole and "default" in schema:
                head["default"] = schema["default"]
        elif kind == "fixed":
            head["size"] = _size(schema)
        else:
            fields = _fields(schema)
            head["fields"] = [self._read_field(one, definition.space) for one in fields]
        head |= _properties(schema, kind)
        return head | self._aliases(schema, definition.space)

    def _documentation(self, schema: Mapping[str, object]) -> dict[str, object]:
        if not self.is_whole:
            return {"doc": ""}
        return {"doc": schema["doc"]} if isinstance(schema.get("doc"), str) else {}

    def _aliases(self, schema: Mapping[str, object], space: str) -> dict[str, object]:
        """As they are given; a full name in the definition's own namespace is shortened."""
        if not self.is_whole or not schema.get("aliases"):
            return {}
        return {
            "aliases": [str(alias).removeprefix(f"{space}.") for alias in _list(schema, "aliases")]
        }

    def _read_field(self, one: Mapping[str, object], enclosing: str) -> object:
        schema = one.get("type")
        read: dict[str, object] = {
            "name": one["name"],
            "type": self.read(schema, enclosing),
            **self._documentation(one),
        }
        if "default" in one:
            read["default"] = _default(one["default"], schema)
        order = one.get("order", "ascending")
        if order not in ("ascending", "descending", "ignore"):
            raise _NotAvro(f"bad order of field {one['name']}")
        if order != "ascending":
            read["order"] = order
        return read | self._aliases(one, "") | _properties(one, "field")


def _definition(schema: Mapping[str, object], enclosing: str) -> _Definition:
    """The name that a definition has inside the enclosing namespace."""
    name = schema.get("name")
    if not isinstance(name, str):
        raise _NotAvro("a definition without name")
    space, dot, simple = name.rpartition(".")
    if not dot:
        given = schema.get("namespace")
        space = given if isinstance(given, str) else enclosing
    if not _NAME.fullmatch(simple) or simple in PRIMITIVES:
        raise _NotAvro(f"bad name {name}")
    return _Definition(space, simple, schema)


def _fields(schema: Mapping[str, object]) -> Iterator[Mapping[str, object]]:
    seen = set()
    for one in _list(schema, "fields"):
        name = one.get("name") if isinstance(one, dict) else None
        if not isinstance(one, dict) or not isinstance(name, str) or not _NAME.fullmatch(name):
            raise _NotAvro("a field without a good name")
        if name in seen:
            raise _NotAvro(f"duplicate field {name}")
        seen.add(name)
        yield one


def _symbols(schema: Mapping[str, object]) -> list[object]:
    symbols = _list(schema, "symbols")
    if not all(isinstance(symbol, str) and _NAME.fullmatch(symbol) for symbol in symbols):
        raise _NotAvro("bad enum symbol")
    if len(set(symbols)) != len(symbols):
        raise _NotAvro("duplicate enum symbol")
    return symbols


def _size(schema: Mapping[str, object]) -> int:
    size = schema.get("size")
    if not isinstance(size, int) or isinstance(size, bool) or size < 0:
        raise _NotAvro("bad size of a fixed type")
    return size


def _list(schema: Mapping[str, object], key: str) -> list[object]:
    value = schema.get(key)
    if not isinstance(value, list):
        raise _NotAvro(f"no {key}")
    return value


def _properties(schema: Mapping[str, object], kind: str) -> dict[str, object]:
    """What Avro does not know of, logical types included, in its order."""
    return {key: value for key, value in schema.items() if key not in _OWN_KEYS[kind]}


def _default(value: object, schema: object) -> object:
    """A default as Avro prints it: whole numbers of floating types get a fraction."""
    if isinstance(schema, list):
        return _default(value, schema[0]) if schema else value
    kind = schema.get("type") if isinstance(schema, dict) else schema
    if kind in ("float", "double") and isinstance(value, int) and not isinstance(value, bool):
        return _as_double(value)
    if kind == "array" and isinstance(value, list) and isinstance(schema, dict):
        return [_default(item, schema.get("items")) for item in value]
    if kind == "map" and isinstance(value, dict) and isinstance(schema, dict):
        return {key: _default(item, schema.get("values")) for key, item in value.items()}
    return value


def _as_double(number: int) -> float:
    try:
        return float(number)
    except OverflowError:
        return math.inf if number > 0 else -math.inf
