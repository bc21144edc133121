"""Locates the members of a JSON text in its bytes, as far as it is readable.

Used for one displayed record: the codec decodes without positions.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

#: Deeper members are not listed, and neither are those beyond the count.
_MAX_DEPTH = 4
_MAX_MEMBERS = 300

_SPACE = re.compile(rb"[ \t\n\r]*+")
_UNCLOSED = re.compile(
    rb'"[^"\\\x00-\x1f]*+(?>(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*+)*)'
)
_SCALAR = re.compile(rb"-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?(?:[eE][+-]?[0-9]++)?|true|false|null")
_STRING_OR_BRACKET = re.compile(rb'"[^"\\]*+(?>(?:\\.[^"\\]*+)*)"|[\[{\]}]', re.DOTALL)
_QUOTE: Final = ord('"')
_OBJECT: Final = ord("{")
_LIST: Final = ord("[")
_CLOSING: Final = {_OBJECT: ord("}"), _LIST: ord("]")}


class InvalidJson(ValueError):
    """The byte at `position` is not valid JSON there."""

    def __init__(self, position: int) -> None:
        super().__init__(f"no JSON from byte {position} on")
        self.position = position


@dataclass(slots=True)
class Member:
    """A member of an object, an element of a list, or the whole text.

    `name` is quoted as in the text, and empty but for members of objects. The member is from
    `start` to `end`, its value from `value_start`. `left_out` counts inner members that are not
    listed.
    """

    name: bytes
    start: int
    value_start: int
    end: int
    inner: list["Member"] = field(default_factory=list)
    left_out: int = 0


def locate_members(data: bytes, start: int) -> tuple[Member, int | None]:
    """Return the JSON value from a byte on, and the byte of its first fault, None without one.

    The members before that byte are listed.
    """
    parser = _Parser(data)
    position = parser.skip_space(start)
    whole = Member(b"", start, position, len(data))
    try:
        end = parser.skip_space(parser.parse_value(whole, 0))
        return whole, None if end == len(data) else end
    except InvalidJson as error:
        return whole, error.position


def walk(member: Member, depth: int = 0) -> Iterator[tuple[int, Member]]:
    """Yield all inner members with their depth, each before its own inner members."""
    for child in member.inner:
        yield depth, child
        yield from walk(child, depth + 1)


class _Parser:
    """Methods return the position after the parsed text, and raise InvalidJson."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._count = 0

    def skip_space(self, position: int) -> int:
        match = _SPACE.match(self._data, position)
        return position if match is None else match.end()

    def parse_value(self, member: Member, depth: int) -> int:
        """Parse the value of a member, and set its end."""
        position = member.value_start
        first = self._byte(position)
        if first == _QUOTE:
            member.end = self._parse_string(position)
        elif first not in _CLOSING:
            match = _SCALAR.match(self._data, position)
            if match is None:
                raise InvalidJson(position)
            member.end = match.end()
        elif depth >= _MAX_DEPTH:
            # Up to the bracket that closes the one here, whatever is between.
            open_brackets = 0
            for token in _STRING_OR_BRACKET.finditer(self._data, position):
                open_brackets += (token[0] in b"[{") - (token[0] in b"]}")
                if open_brackets == 0:
                    break
            else:
                raise InvalidJson(len(self._data))
            member.end = token.end()
        else:
            member.end = self._parse_members(member, position, depth)
        return member.end

    def _parse_members(self, parent: Member, position: int, depth: int) -> int:
        is_object = self._data[position] == _OBJECT
        closing = _CLOSING[self._data[position]]
        position = self.skip_space(position + 1)
        if self._byte(position) == closing:
            return position + 1
        while True:
            member = Member(b"", position, position, len(self._data))
            if is_object:
                if self._byte(position) != _QUOTE:
                    raise InvalidJson(position)
                name_end = self._parse_string(position)
                colon = self.skip_space(name_end)
                if self._byte(colon) != ord(":"):
                    raise InvalidJson(colon)
                member.name = self._data[position:name_end]
                member.value_start = self.skip_space(colon + 1)
            if self._count < _MAX_MEMBERS:
                self._count += 1
                parent.inner.append(member)
            else:
                parent.left_out += 1
            position = self.skip_space(self.parse_value(member, depth + 1))
            if self._byte(position) == closing:
                return position + 1
            if self._byte(position) != ord(","):
                raise InvalidJson(position)
            position = self.skip_space(position + 1)

    def _byte(self, position: int) -> int:
        if position >= len(self._data):
            raise InvalidJson(len(self._data))
        return self._data[position]

    def _parse_string(self, position: int) -> int:
        match = _UNCLOSED.match(self._data, position)
        end = position + 1 if match is None else match.end()
        if self._byte(end) != _QUOTE:
            raise InvalidJson(end)
        try:
            self._data[position:end].decode()
        except UnicodeDecodeError as error:
            raise InvalidJson(position + error.start) from None
        return end + 1
