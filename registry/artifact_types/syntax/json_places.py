"""Where in a JSON text a value stands, looked for only when something is wrong with it."""

import json
import re
from collections.abc import Iterator, Sequence

_WHITESPACE = re.compile(r"[ \t\n\r]*")

#: Keys and indexes from the top down.
Path = Sequence[str | int]


def pointer(path: Path) -> str:
    """RFC 6901's form; empty for the whole."""
    return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in path)


class Places:
    """Of one JSON text; where the members of an object stand is looked for once."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.known: dict[int, dict[str | int, int]] = {}

    def of(self, path: Path) -> tuple[int, int]:
        """Line and column, from 1, of the value; of the nearest one around it if it is not there.

        (0, 0) if the text is no JSON.
        """
        try:
            return line_and_column(self.text, self._find(path))
        except (ValueError, IndexError, RecursionError):
            return 0, 0

    def _find(self, path: Path) -> int:
        at = _skip(self.text, 0)
        for step in path:
            inner = self._inner(at)
            # Who checks documents may tell the key "200" as a number.
            found = inner.get(step, inner.get(str(step)))
            if found is None:
                return at
            at = found
        return at

    def _inner(self, at: int) -> dict[str | int, int]:
        if at not in self.known:
            self.known[at] = dict(_values(self.text, at))
        return self.known[at]


def line_and_column(text: str, position: int) -> tuple[int, int]:
    """From 1, of a position in the text."""
    return text.count("\n", 0, position) + 1, position - text.rfind("\n", 0, position)


def _values(text: str, at: int) -> Iterator[tuple[str | int, int]]:
    """Keys or indexes of what stands at a position, and where their values do.

    Of duplicate keys the last counts, as for parsers.
    """
    opening, index = text[at], 0
    if opening not in "{[":
        return
    at = _skip(text, at + 1)
    while text[at] not in "}]":
        if opening == "{":
            key, after = _DECODER.raw_decode(text, at)
            at = _skip(text, _skip(text, after) + 1)
            yield key, at
        else:
            yield index, at
            index += 1
        at = _next(text, at)


def _skip(text: str, at: int) -> int:
    found = _WHITESPACE.match(text, at)
    return at if found is None else found.end()


def _next(text: str, value: int) -> int:
    """Behind a value and the comma after it."""
    after = _skip(text, _end(text, value))
    return _skip(text, after + 1) if text[after] == "," else after


def _end(text: str, at: int) -> int:
    return _DECODER.raw_decode(text, at)[1]


_DECODER = json.JSONDecoder()
