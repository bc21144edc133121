"""Checks logical types, in the full check of a schema only, since readers ignore a wrong one."""

from collections.abc import Iterator, Mapping

from registry.artifact_types.avro.schema import Fixed, Primitive, SchemaViolation

_UNDERLYING: Mapping[str, tuple[str, ...]] = {
    "decimal": ("bytes", "fixed"),
    "big-decimal": ("bytes",),
    "uuid": ("string", "fixed"),
    "date": ("int",),
    "time-millis": ("int",),
    "time-micros": ("long",),
    "timestamp-millis": ("long",),
    "timestamp-micros": ("long",),
    "timestamp-nanos": ("long",),
    "local-timestamp-millis": ("long",),
    "local-timestamp-micros": ("long",),
    "local-timestamp-nanos": ("long",),
    "duration": ("fixed",),
}
_SIZES = {"uuid": 16, "duration": 12}


def logical_type_violations(schema: Primitive | Fixed) -> Iterator[SchemaViolation]:
    """Check a logical type of the specification; others belong to applications."""
    name = schema.logical.get("logicalType")
    if not isinstance(name, str) or name not in _UNDERLYING:
        return
    path = (*schema.path, "logicalType")
    if schema.kind not in _UNDERLYING[name]:
        kinds = " or ".join(_UNDERLYING[name])
        yield SchemaViolation(
            f"The logical type {name} is of {kinds}, not of {schema.kind}",
            path,
            f"Readers ignore it; make the type {_UNDERLYING[name][0]}.",
        )
    elif isinstance(schema, Fixed) and schema.size != _SIZES.get(name, schema.size):
        yield SchemaViolation(f"The logical type {name} has a size of {_SIZES[name]}", path)
    if name != "decimal" or schema.kind not in _UNDERLYING[name]:
        return
    precision, scale = schema.logical.get("precision"), schema.logical.get("scale", 0)
    if type(precision) is not int or precision < 1:
        message = "A decimal has a precision, a whole number from 1"
        yield SchemaViolation(message, schema.path)
        return
    if type(scale) is not int or not 0 <= scale <= precision:
        message = f"A decimal's scale is a whole number from 0 to its precision, {precision}"
        yield SchemaViolation(message, (*schema.path, "scale"))
    if isinstance(schema, Fixed):
        # Decimal digits that every number of so many bytes, in two's complement, can have.
        digits = len(str(2 ** (8 * schema.size - 1) - 1)) - 1 if schema.size else 0
        if precision > digits:
            message = f"Its bytes hold {digits} digits, fewer than the precision, {precision}"
            yield SchemaViolation(message, (*schema.path, "precision"))
