"""Readable milliseconds, bytes and shares."""

from registry.whole_numbers import parse_signed_number

_UNITS_MS = (
    (86_400_000 * 365, "year"),
    (86_400_000, "day"),
    (3_600_000, "hour"),
    (60_000, "minute"),
    (1000, "second"),
)
_UNITS_BYTES = ((1024**4, "TiB"), (1024**3, "GiB"), (1024**2, "MiB"), (1024, "KiB"))
#: Beyond any journal's age and size: such values are written where no limit is meant.
_UNLIMITED_MS = 100 * _UNITS_MS[0][0]
_UNLIMITED_BYTES = 1024**6


def parse_number(text: str | None) -> int | None:
    """Return a whole number acceptable to Kafka, or None."""
    return parse_signed_number(text or "")


def is_limit(name: str, value: str) -> bool:
    """Check whether this retention.ms or retention.bytes ever removes a record."""
    number = parse_number(value)
    if number is None:
        return True
    return 0 <= number < (_UNLIMITED_MS if name.endswith(".ms") else _UNLIMITED_BYTES)


def format_value(name: str, value: str) -> str:
    """Format a setting's value with the unit of its name; empty if it needs none."""
    if name.endswith("ratio"):
        try:
            ratio = float(value)
        except ValueError:
            return ""
        return f"{ratio:.0%}" if 0 <= ratio <= 1 else ""
    number = parse_number(value)
    if number is None or not name.endswith((".ms", ".bytes")):
        return ""
    if number < 0 or (number and name.startswith("retention") and not is_limit(name, value)):
        return "without limit"
    return format_duration(number) if name.endswith(".ms") else format_bytes(number)


def format_duration(milliseconds: int) -> str:
    """Format as `7 days`, `90 minutes` or `1.5 hours`, in the largest suitable unit."""
    for length, unit in _UNITS_MS:
        if milliseconds >= length:
            count = f"{milliseconds / length:.3g}"
            return f"{count} {unit}" if count == "1" else f"{count} {unit}s"
    return f"{milliseconds} ms"


def format_bytes(count: int) -> str:
    """Format as `1 GiB` or `512 bytes`."""
    for length, unit in _UNITS_BYTES:
        if count >= length:
            return f"{count / length:.3g} {unit}"
    return f"{count} bytes"
