"""Whether a JSON value has the shape of an Avro schema, its named types known or not."""

from collections.abc import Callable, Mapping

PRIMITIVES = frozenset({"null", "boolean", "int", "long", "float", "double", "bytes", "string"})

_SHAPES: Mapping[str, Callable[[Mapping[str, object]], bool]] = {
    "record": lambda schema: _is_named(schema) and isinstance(schema.get("fields"), list),
    "error": lambda schema: _is_named(schema) and isinstance(schema.get("fields"), list),
    "enum": lambda schema: _is_named(schema) and isinstance(schema.get("symbols"), list),
    "fixed": lambda schema: _is_named(schema) and isinstance(schema.get("size"), int),
    "array": lambda schema: "items" in schema,
    "map": lambda schema: "values" in schema,
}


def looks_like_avro(value: object) -> bool:
    """Looks at the top level only (a union's members included), so its cost is small."""
    if isinstance(value, list):
        return bool(value) and all(_is_member(member) for member in value)
    return _is_single(value)


def _is_single(value: object) -> bool:
    if isinstance(value, str):
        return value in PRIMITIVES
    if not isinstance(value, dict) or not isinstance(value.get("type"), str):
        return False
    kind = value["type"]
    return kind in PRIMITIVES or (kind in _SHAPES and _SHAPES[kind](value))


def _is_member(value: object) -> bool:
    """A union may also name types that are defined elsewhere."""
    return _is_single(value) or (isinstance(value, str) and "." in value)


def _is_named(schema: Mapping[str, object]) -> bool:
    return isinstance(schema.get("name"), str)
