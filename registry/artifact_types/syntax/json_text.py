"""JSON read without trust, and printed as Jackson prints it with sorted keys."""

import codecs
import json
import math
import re
from collections.abc import Mapping
from json.encoder import encode_basestring
from typing import Final

import orjson


class NotJson:
    """The type of NOT_JSON, which None (JSON's null) cannot stand for."""


NOT_JSON: Final = NotJson()

# Nested deeper than this, content counts as unreadable: no schema is, and both the parser's and
# the printer's recursion stay well inside the interpreter's limit.
MAX_DEPTH = 400

_WHITESPACE = " \t\r\n"
_OTHER_CONTROLS = re.compile("([\x00-\x07\x0b\x0e-\x1f])")


def parse_strictly(content: bytes) -> object:
    """The JSON value that the whole of the content is, after any byte order mark, or NOT_JSON."""
    try:
        value: object = orjson.loads(content.removeprefix(codecs.BOM_UTF8))
    except orjson.JSONDecodeError:
        return NOT_JSON
    return value


def text_at(document: object, *path: str) -> str | None:
    """The non-empty text at that path of object keys, or None."""
    for key in path:
        document = document.get(key) if isinstance(document, Mapping) else None
    return document if isinstance(document, str) and document else None


def parse_first(text: str) -> object:
    """The first JSON value of the text, or NOT_JSON; what follows it is ignored, as Jackson does.

    Of duplicate keys the last wins; numbers with a point or exponent become floats.
    """
    try:
        value, _ = _DECODER.raw_decode(text.lstrip(_WHITESPACE))
    except (ValueError, RecursionError):
        return NOT_JSON
    return value if is_shallow(value, MAX_DEPTH) else NOT_JSON


def canonical(content: bytes) -> bytes:
    """The content's first JSON value, compact with sorted keys; or the content as it is."""
    value = parse_first(content.decode(errors="replace"))
    return content if value is NOT_JSON else printed(value, sort_keys=True)


def printed(value: object, *, sort_keys: bool) -> bytes:
    """Compact JSON as Jackson writes it: Java's doubles, keys by UTF-16 code units if sorted."""
    parts: list[str] = []
    _print(value, sort_keys, parts)
    return "".join(parts).encode(errors="replace")


def java_double(number: float) -> str:
    """`Double.toString`, quoted where JSON has no such number."""
    if not math.isfinite(number):
        return '"NaN"' if math.isnan(number) else f'"{"-" if number < 0 else ""}Infinity"'
    if number == 0 or 1e-3 <= abs(number) < 1e7:
        return _plain(number)
    digits, _, exponent = _shortest(number).partition("e")
    return f"{digits if '.' in digits else digits + '.0'}E{int(exponent)}"


def is_shallow(value: object, most_levels: int) -> bool:
    """Whether arrays and objects stand in one another no deeper than that."""
    level = [value]
    for _ in range(most_levels):
        level = [inner for outer in level for inner in _children(outer)]
        if not level:
            return True
    return False


def utf16_order(text: str) -> bytes:
    """A sort key that orders text as Java does, by UTF-16 code units."""
    return text.encode("utf-16-be", errors="surrogatepass")


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")


_DECODER = json.JSONDecoder(parse_constant=_refuse_constant)


def _children(value: object) -> list[object]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


def _print(value: object, sort_keys: bool, parts: list[str]) -> None:
    if isinstance(value, dict):
        _print_object(value, sort_keys, parts)
    elif isinstance(value, list):
        _print_array(value, sort_keys, parts)
    else:
        parts.append(_scalar(value))


def _print_object(members: dict[str, object], sort_keys: bool, parts: list[str]) -> None:
    keys = sorted(members, key=utf16_order) if sort_keys else list(members)
    separator = "{"
    for key in keys:
        parts += (separator, _quoted(key), ":")
        _print(members[key], sort_keys, parts)
        separator = ","
    parts.append("}" if keys else "{}")


def _print_array(items: list[object], sort_keys: bool, parts: list[str]) -> None:
    separator = "["
    for item in items:
        parts.append(separator)
        _print(item, sort_keys, parts)
        separator = ","
    parts.append("]" if items else "[]")


def _scalar(value: object) -> str:
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, float):
        return java_double(value)
    return json.dumps(value)


def _quoted(text: str) -> str:
    """JSON text with Jackson's upper-case escapes of the control characters without a letter."""
    pieces = _OTHER_CONTROLS.split(text)
    if len(pieces) == 1:
        return str(encode_basestring(text))
    escaped = (
        f"\\u{ord(piece):04X}" if index % 2 else encode_basestring(piece)[1:-1]
        for index, piece in enumerate(pieces)
    )
    return f'"{"".join(escaped)}"'


def _plain(number: float) -> str:
    digits = repr(number)
    return digits if "e" not in digits else f"{number:.10f}".rstrip("0")


def _shortest(number: float) -> str:
    """The shortest digits that read back as the number, in scientific notation."""
    for precision in range(17):
        digits = f"{number:.{precision}e}"
        if float(digits) == number:
            return digits
    return f"{number:.16e}"
