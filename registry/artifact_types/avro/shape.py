"""Checks a JSON value for the shape of an Avro schema, with known names or not."""

PRIMITIVES = frozenset({"null", "boolean", "int", "long", "float", "double", "bytes", "string"})


def is_avro_schema(value: object) -> bool:
    """Check the top level only, a union's branches included, to keep the cost small."""
    if isinstance(value, list):
        # A union may also name types that are defined elsewhere.
        return bool(value) and all(
            _is_type(branch) or (isinstance(branch, str) and "." in branch) for branch in value
        )
    return _is_type(value)


def _is_type(value: object) -> bool:
    if isinstance(value, str):
        return value in PRIMITIVES
    if not isinstance(value, dict) or not isinstance(kind := value.get("type"), str):
        return False
    has_name = isinstance(value.get("name"), str)
    if kind in ("record", "error"):
        return has_name and isinstance(value.get("fields"), list)
    if kind == "enum":
        return has_name and isinstance(value.get("symbols"), list)
    if kind == "fixed":
        return has_name and isinstance(value.get("size"), int)
    if kind == "array":
        return "items" in value
    return "values" in value if kind == "map" else kind in PRIMITIVES
