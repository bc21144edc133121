"""Whether a field's default is a value of its type, as the specification spells values in JSON."""

from collections.abc import Iterator

from registry.artifact_types.avro.schema import (
    Array,
    Enum,
    Fixed,
    Map,
    Path,
    Primitive,
    Record,
    Schema,
    SchemaViolation,
    Union,
)
from registry.artifact_types.syntax.documents import shorten

_INT = range(-(2**31), 2**31)
_LONG = range(-(2**63), 2**63)


def default_violations(schema: Schema, value: object, path: Path) -> Iterator[SchemaViolation]:
    """Check a default, which stands at `path`. A union's default is of its first branch."""
    message = ""
    if isinstance(schema, Union):
        yield from _union_violations(schema, value, path)
    elif isinstance(schema, Record):
        yield from _record_violations(schema, value, path)
    elif isinstance(schema, Array):
        if isinstance(value, list):
            for index, item in enumerate(value):
                yield from default_violations(schema.items, item, (*path, index))
        else:
            message = "is no array"
    elif isinstance(schema, Map):
        if isinstance(value, dict):
            for key, item in value.items():
                yield from default_violations(schema.values, item, (*path, key))
        else:
            message = "is no object, as a map needs"
    else:
        message = _scalar_message(schema, value)
    if message:
        yield SchemaViolation(f"The default {shorten(value)} {message}", path)


def _union_violations(schema: Union, value: object, path: Path) -> Iterator[SchemaViolation]:
    if not schema.branches:
        yield SchemaViolation("An empty union has no default", path)
        return
    violations = list(default_violations(schema.branches[0], value, path))
    if violations and any(
        not list(default_violations(branch, value, path)) for branch in schema.branches[1:]
    ):
        kind = schema.branches[0].kind
        message = f"A union's default is of its first type, {kind}, and {shorten(value)} is not"
        yield SchemaViolation(message, path, "Put the type of the default first.")
    else:
        yield from violations


def _record_violations(schema: Record, value: object, path: Path) -> Iterator[SchemaViolation]:
    if not isinstance(value, dict):
        message = f"The default {shorten(value)} is no object, as {schema.name} needs"
        yield SchemaViolation(message, path)
        return
    for field in schema.fields:
        if field.name in value:
            yield from default_violations(field.schema, value[field.name], (*path, field.name))
        elif not field.has_default:
            message = f"The default lacks the field {field.name!r} of {schema.name}"
            yield SchemaViolation(message, path)


def _scalar_message(schema: Primitive | Enum | Fixed, value: object) -> str:
    """Say what a value is not; empty if it fits."""
    is_bytes = isinstance(value, str) and all(ord(character) < 256 for character in value)
    if isinstance(schema, Enum):
        return "" if value in schema.symbols else f"is no symbol of {schema.name}"
    if isinstance(schema, Fixed):
        if is_bytes and len(str(value)) == schema.size:
            return ""
        return f"is no text of {schema.size} characters up to U+00FF, as {schema.name} needs"
    fits = {
        "null": value is None,
        "boolean": isinstance(value, bool),
        "int": type(value) is int and value in _INT,
        "long": type(value) is int and value in _LONG,
        "float": isinstance(value, int | float) and not isinstance(value, bool),
        "double": isinstance(value, int | float) and not isinstance(value, bool),
        "bytes": is_bytes,
        "string": isinstance(value, str),
    }[schema.kind]
    return "" if fits else f"is no {schema.kind}"
