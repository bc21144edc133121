"""Whether a field's default is a value of its type, as the specification spells values in JSON."""

from collections.abc import Iterator, Mapping

from registry.artifact_types.avro.schema import (
    Array,
    Breach,
    Enum,
    Fixed,
    Map,
    Path,
    Primitive,
    Record,
    Schema,
    Union,
)

_INT = range(-(2**31), 2**31)
_LONG = range(-(2**63), 2**63)


def breaches_of_default(schema: Schema, value: object, path: Path) -> Iterator[Breach]:
    """`path` is of the default. A union's default is of its first branch."""
    if isinstance(schema, Union):
        yield from _of_union(schema, value, path)
    elif isinstance(schema, Array):
        yield from _of_items(schema, value, path)
    elif isinstance(schema, Map):
        yield from _of_values(schema, value, path)
    elif isinstance(schema, Record):
        yield from _of_record(schema, value, path)
    elif why_not := _why_not(schema, value):
        yield Breach(f"The default {_shown(value)} {why_not}", path)


def _why_not(schema: Primitive | Enum | Fixed, value: object) -> str:
    if isinstance(schema, Primitive):
        return "" if _fits(schema.kind, value) else f"is no {schema.kind}"
    if isinstance(schema, Enum):
        return "" if value in schema.symbols else f"is no symbol of {schema.name}"
    if _is_bytes(value) and len(str(value)) == schema.size:
        return ""
    return f"is no text of {schema.size} characters up to U+00FF, as {schema.name} needs"


def _of_union(schema: Union, value: object, path: Path) -> Iterator[Breach]:
    if not schema.branches:
        yield Breach("An empty union has no default", path)
        return
    first = list(breaches_of_default(schema.branches[0], value, path))
    if not first:
        return
    fits = any(not [*breaches_of_default(each, value, path)] for each in schema.branches[1:])
    if fits:
        kind = schema.branches[0].kind
        told = f"A union's default is of its first type, {kind}, and {_shown(value)} is not"
        yield Breach(told, path, "Put the type of the default first.")
    else:
        yield from first


def _of_items(schema: Array, value: object, path: Path) -> Iterator[Breach]:
    if not isinstance(value, list):
        yield Breach(f"The default {_shown(value)} is no array", path)
        return
    for at, each in enumerate(value):
        yield from breaches_of_default(schema.items, each, (*path, at))


def _of_values(schema: Map, value: object, path: Path) -> Iterator[Breach]:
    if not isinstance(value, dict):
        yield Breach(f"The default {_shown(value)} is no object, as a map needs", path)
        return
    for key, each in value.items():
        yield from breaches_of_default(schema.values, each, (*path, key))


def _of_record(schema: Record, value: object, path: Path) -> Iterator[Breach]:
    if not isinstance(value, Mapping):
        yield Breach(f"The default {_shown(value)} is no object, as {schema.name} needs", path)
        return
    for field in schema.fields:
        if field.name in value:
            yield from breaches_of_default(field.schema, value[field.name], (*path, field.name))
        elif not field.has_default:
            yield Breach(f"The default lacks the field {field.name!r} of {schema.name}", path)


def _fits(kind: str, value: object) -> bool:
    if kind == "null":
        return value is None
    if kind == "boolean":
        return isinstance(value, bool)
    if kind in {"int", "long"}:
        return type(value) is int and value in (_INT if kind == "int" else _LONG)
    if kind in {"float", "double"}:
        return isinstance(value, int | float) and not isinstance(value, bool)
    return isinstance(value, str) if kind == "string" else _is_bytes(value)


def _is_bytes(value: object) -> bool:
    return isinstance(value, str) and all(ord(sign) < 256 for sign in value)


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:60]}…"
