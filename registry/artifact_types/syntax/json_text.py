"""Reads untrusted JSON, and prints it as Jackson does with sorted keys."""

import codecs
import json
import math
import re
from collections.abc import Mapping
from json.encoder import encode_basestring
from typing import Final

import orjson


class NotJson:
    """The type of NOT_JSON, since None is JSON's null."""


NOT_JSON: Final = NotJson()

# Nested deeper than this, content counts as unreadable: no schema is, and both the parser's and
# the printer's recursion stay well inside the interpreter's limit.
MAX_DEPTH = 400

_WHITESPACE = " \t\r\n"
_OTHER_CONTROLS = re.compile("([\x00-\x07\x0b\x0e-\x1f])")


def reject_constant(name: str) -> object:
    """Raise ValueError for NaN and the like, as `parse_constant` of json."""
    raise ValueError(f"{name} is no JSON number")


_DECODER = json.JSONDecoder(parse_constant=reject_constant)


def parse_strictly(content: bytes) -> object:
    """Parse the whole content, after any byte order mark, as one JSON value; else NOT_JSON."""
    try:
        value: object = orjson.loads(content.removeprefix(codecs.BOM_UTF8))
    except orjson.JSONDecodeError:
        return NOT_JSON
    return value


def text_at(document: object, *path: str) -> str | None:
    """Return the non-empty text at a path of object keys, or None."""
    for key in path:
        document = document.get(key) if isinstance(document, Mapping) else None
    return document if isinstance(document, str) and document else None


def parse_first(text: str) -> object:
    """Parse the first JSON value of the text, else NOT_JSON; the rest is ignored, as by Jackson.

    Of duplicate keys the last wins; numbers with a point or exponent become floats.
    """
    try:
        value, _ = _DECODER.raw_decode(text.lstrip(_WHITESPACE))
    except (ValueError, RecursionError):
        return NOT_JSON
    return value if is_shallow(value, MAX_DEPTH) else NOT_JSON


def canonicalize(content: bytes) -> bytes:
    """Print the first JSON value compactly with sorted keys; other content stays unchanged."""
    value = parse_first(content.decode(errors="replace"))
    return content if value is NOT_JSON else dump(value, sort_keys=True)


def dump(value: object, *, sort_keys: bool) -> bytes:
    """Print compact JSON as Jackson does: Java's doubles, keys by UTF-16 code units if sorted."""
    return _format(value, sort_keys).encode(errors="replace")


def dump_whole(value: object) -> bytes:
    """Print compact JSON as `dump` does, unsorted, and half a surrogate pair as an escape."""
    return _format(value, sort_keys=False).encode(errors="backslashreplace")


def format_java_double(number: float) -> str:
    """Format a number as `Double.toString`, with quotes if JSON has no such number."""
    if not math.isfinite(number):
        return '"NaN"' if math.isnan(number) else f'"{"-" if number < 0 else ""}Infinity"'
    if number == 0 or 1e-3 <= abs(number) < 1e7:
        digits = repr(number)
        return digits if "e" not in digits else f"{number:.10f}".rstrip("0")
    scientific = f"{number:.16e}"
    # The shortest digits that read back as the number.
    for precision in range(17):
        scientific = f"{number:.{precision}e}"
        if float(scientific) == number:
            break
    digits, _, exponent = scientific.partition("e")
    return f"{digits if '.' in digits else digits + '.0'}E{int(exponent)}"


def is_shallow(value: object, max_levels: int) -> bool:
    """Check the maximum depth of arrays and objects."""
    level = [value]
    for _ in range(max_levels):
        children: list[object] = []
        for outer in level:
            if isinstance(outer, dict):
                children.extend(outer.values())
            elif isinstance(outer, list):
                children.extend(outer)
        if not children:
            return True
        level = children
    return False


def utf16_sort_key(text: str) -> bytes:
    """Return a sort key for Java's order of texts, by UTF-16 code units."""
    return text.encode("utf-16-be", errors="surrogatepass")


def _format(value: object, sort_keys: bool) -> str:
    parts: list[str] = []
    _dump(value, sort_keys, parts)
    return "".join(parts)


def _dump(value: object, sort_keys: bool, parts: list[str]) -> None:
    if isinstance(value, dict):
        separator = "{"
        for key in sorted(value, key=utf16_sort_key) if sort_keys else value:
            parts += (separator, _quote(key), ":")
            _dump(value[key], sort_keys, parts)
            separator = ","
        parts.append("}" if value else "{}")
    elif isinstance(value, list):
        separator = "["
        for item in value:
            parts.append(separator)
            _dump(item, sort_keys, parts)
            separator = ","
        parts.append("]" if value else "[]")
    elif isinstance(value, str):
        parts.append(_quote(value))
    elif isinstance(value, float):
        parts.append(format_java_double(value))
    else:
        parts.append(json.dumps(value))


def _quote(text: str) -> str:
    """Quote text with Jackson's upper-case escapes of the control characters without a letter."""
    pieces = _OTHER_CONTROLS.split(text)
    if len(pieces) == 1:
        return str(encode_basestring(text))
    escaped = (
        f"\\u{ord(piece):04X}" if index % 2 else encode_basestring(piece)[1:-1]
        for index, piece in enumerate(pieces)
    )
    return f'"{"".join(escaped)}"'
