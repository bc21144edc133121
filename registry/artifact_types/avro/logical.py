"""Logical types: a wrong one is ignored by readers, so it is told only where everything is."""

from collections.abc import Iterator, Mapping

from registry.artifact_types.avro.schema import Breach, Fixed, Path, Primitive

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


def breaches_of_logical_type(schema: Primitive | Fixed) -> Iterator[Breach]:
    """Of one that the specification names; others mean something to somebody."""
    given = schema.logical
    name = given.get("logicalType")
    if not isinstance(name, str) or name not in _UNDERLYING:
        return
    path = (*schema.path, "logicalType")
    if schema.kind not in _UNDERLYING[name]:
        wanted = " or ".join(_UNDERLYING[name])
        yield Breach(
            f"The logical type {name} is of {wanted}, not of {schema.kind}",
            path,
            f"Readers ignore it; make the type {_UNDERLYING[name][0]}.",
        )
    elif isinstance(schema, Fixed) and schema.size != _SIZES.get(name, schema.size):
        yield Breach(f"The logical type {name} has a size of {_SIZES[name]}", path)
    elif name == "decimal":
        yield from _of_decimal(schema, given)


def _of_decimal(schema: Primitive | Fixed, given: Mapping[str, object]) -> Iterator[Breach]:
    path: Path = schema.path
    precision, scale = given.get("precision"), given.get("scale", 0)
    if type(precision) is not int or precision < 1:
        yield Breach("A decimal has a precision, a whole number from 1", path)
        return
    if type(scale) is not int or not 0 <= scale <= precision:
        told = f"A decimal's scale is a whole number from 0 to its precision, {precision}"
        yield Breach(told, (*path, "scale"))
    most = _digits(schema.size) if isinstance(schema, Fixed) else None
    if most is not None and precision > most:
        told = f"Its bytes hold {most} digits, fewer than the precision, {precision}"
        yield Breach(told, (*path, "precision"))


def _digits(size: int) -> int:
    """Decimal digits that any number of so many bytes, two's complement, can have."""
    return len(str(2 ** (8 * size - 1) - 1)) - 1 if size else 0
