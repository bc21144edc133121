"""Finds the positions of values in a JSON text, when there is an error to report."""

import json
import re
from bisect import bisect_right
from collections.abc import Sequence
from functools import cached_property

_WHITESPACE = re.compile(r"[ \t\n\r]*")
_DECODER = json.JSONDecoder()

#: Keys and indexes from the top down.
Path = Sequence[str | int]


def pointer(path: Path) -> str:
    """Format a path as a JSON pointer (RFC 6901); empty for the whole document."""
    return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in path)


def line_and_column(text: str, position: int) -> tuple[int, int]:
    """Convert a position in the text to line and column, both from 1."""
    return text.count("\n", 0, position) + 1, position - text.rfind("\n", 0, position)


class JsonPositions:
    """Finds values in one JSON text; the members of each object are scanned once."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._members: dict[int, dict[str | int, int]] = {}

    @cached_property
    def _line_starts(self) -> list[int]:
        return [0, *(end.end() for end in re.finditer("\n", self._text))]

    def locate(self, path: Path) -> tuple[int, int]:
        """Return line and column of a value, or of the nearest one around a missing value.

        They are (0, 0) if the text is no JSON.
        """
        try:
            position = self._skip(0)
            for step in path:
                if position not in self._members:
                    self._members[position] = self._scan(position)
                members = self._members[position]
                # Validators may report the key "200" as a number.
                inner = members.get(step, members.get(str(step)))
                if inner is None:
                    break
                position = inner
            line = bisect_right(self._line_starts, position)
            return line, position - self._line_starts[line - 1] + 1
        except (ValueError, IndexError, RecursionError):
            return 0, 0

    def _scan(self, position: int) -> dict[str | int, int]:
        """Map the keys or indexes of the value at a position to the positions of its values.

        Of duplicate keys the last counts, as in parsers.
        """
        text, opening = self._text, self._text[position]
        members: dict[str | int, int] = {}
        if opening not in "{[":
            return members
        position = self._skip(position + 1)
        while text[position] not in "}]":
            key: str | int = len(members)
            if opening == "{":
                key, after = _DECODER.raw_decode(text, position)
                position = self._skip(self._skip(after) + 1)
            members[key] = position
            position = self._skip(_DECODER.raw_decode(text, position)[1])
            if text[position] == ",":
                position = self._skip(position + 1)
        return members

    def _skip(self, position: int) -> int:
        whitespace = _WHITESPACE.match(self._text, position)
        return position if whitespace is None else whitespace.end()
