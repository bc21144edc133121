"""Where in a JSON text a value stands, looked for only when something is wrong with it."""

import json
import re
from collections.abc import Sequence

_WHITESPACE = re.compile(r"[ \t\n\r]*")

#: Keys and indexes from the top down.
Path = Sequence[str | int]


def pointer(path: Path) -> str:
    """RFC 6901's form; empty for the whole."""
    return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in path)


def place_of(text: str, path: Path) -> tuple[int, int]:
    """Line and column, from 1, of the value; of the nearest value around it if it is not there.

    The text has to be JSON; (0, 0) if it is not.
    """
    try:
        return line_and_column(text, _find(text, path))
    except (ValueError, IndexError, RecursionError):
        return 0, 0


def line_and_column(text: str, position: int) -> tuple[int, int]:
    """From 1, of a position in the text."""
    return text.count("\n", 0, position) + 1, position - text.rfind("\n", 0, position)


def _find(text: str, path: Path) -> int:
    at = _skip(text, 0)
    for step in path:
        found = _member(text, at, step) if isinstance(step, str) else _item(text, at, step)
        if found is None:
            return at
        at = found
    return at


def _skip(text: str, at: int) -> int:
    found = _WHITESPACE.match(text, at)
    return at if found is None else found.end()


def _member(text: str, at: int, name: str) -> int | None:
    """Of duplicate keys the last counts, as for parsers."""
    if text[at] != "{":
        return None
    found = None
    at = _skip(text, at + 1)
    while text[at] != "}":
        key, after = _DECODER.raw_decode(text, at)
        value = _skip(text, _skip(text, after) + 1)
        if key == name:
            found = value
        at = _next(text, value)
    return found


def _item(text: str, at: int, index: int) -> int | None:
    if text[at] != "[":
        return None
    at = _skip(text, at + 1)
    while text[at] != "]":
        if index == 0:
            return at
        index -= 1
        at = _next(text, at)
    return None


def _next(text: str, value: int) -> int:
    """Behind a value and the comma after it."""
    after = _skip(text, _end(text, value))
    return _skip(text, after + 1) if text[after] == "," else after


def _end(text: str, at: int) -> int:
    return _DECODER.raw_decode(text, at)[1]


_DECODER = json.JSONDecoder()
