"""Milliseconds, bytes and shares as people say them."""

_UNITS_MS = (
    (86_400_000 * 365, "year"),
    (86_400_000, "day"),
    (3_600_000, "hour"),
    (60_000, "minute"),
    (1000, "second"),
)
_UNITS_BYTES = ((1024**4, "TiB"), (1024**3, "GiB"), (1024**2, "MiB"), (1024, "KiB"))
#: No journal comes to such a time or size, which some write where they mean that there is no limit.
ENDLESS_MS = 100 * _UNITS_MS[0][0]
ENDLESS_BYTES = 1024**6


def parse_number(text: str | None) -> int | None:
    """None if the text is no whole number that Kafka takes."""
    bare = (text or "").removeprefix("-")
    return int(text or "") if bare.isascii() and bare.isdecimal() and len(bare) < 20 else None


def is_limit(name: str, value: str) -> bool:
    """Whether this retention.ms or retention.bytes ever removes a record."""
    number = parse_number(value)
    if number is None:
        return True
    return 0 <= number < (ENDLESS_MS if name.endswith(".ms") else ENDLESS_BYTES)


def format_value(name: str, value: str) -> str:
    """A setting's value for people, by the end of its name; empty if it speaks for itself."""
    number = parse_number(value)
    if name.endswith("ratio"):
        return _share(value)
    if number is None or not name.endswith((".ms", ".bytes")):
        return ""
    if number < 0 or (number and name.startswith("retention") and not is_limit(name, value)):
        return "without limit"
    return format_duration(number) if name.endswith(".ms") else format_bytes(number)


def format_duration(milliseconds: int) -> str:
    """Such as `7 days`, `90 minutes` or `1.5 hours`: the largest unit that it fills."""
    for length, unit in _UNITS_MS:
        if milliseconds >= length:
            count = f"{milliseconds / length:.3g}"
            return f"{count} {unit}" if count == "1" else f"{count} {unit}s"
    return f"{milliseconds} ms"


def format_bytes(count: int) -> str:
    """Such as `1 GiB` or `512 bytes`."""
    for length, unit in _UNITS_BYTES:
        if count >= length:
            return f"{count / length:.3g} {unit}"
    return f"{count} bytes"


def _share(value: str) -> str:
    try:
        share = float(value)
    except ValueError:
        return ""
    return f"{share:.0%}" if 0 <= share <= 1 else ""
