"""Where in the bytes of a JSON text its members stand, as far as it can be read.

For one record that somebody looks at: the codec decodes without positions.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

#: Deeper members are part of the one that holds them; so are those beyond the count.
_DEPTH = 4
_COUNT = 300

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
    """The byte at `at` can't stand there."""

    def __init__(self, at: int) -> None:
        super().__init__(f"no JSON from byte {at} on")
        self.at = at


@dataclass(slots=True)
class Member:
    """`name` is quoted as it stands in an object, empty for an element and for the whole.

    The member is from `start` to `end`, its value from `value_start`. `left_out` counts inner
    members that are not listed.
    """

    name: bytes
    start: int
    value_start: int
    end: int
    inner: list["Member"] = field(default_factory=list)
    left_out: int = 0


def locate_members(data: bytes, start: int) -> tuple[Member, int | None]:
    """The JSON value from a byte on, and the byte where it stops being one, if it does.

    Of what fails, the members before the failure are listed.
    """
    reader = _Reader(data)
    at = reader.skip(start)
    whole = Member(b"", start, at, len(data))
    try:
        end = reader.skip(reader.value(whole, 0))
        return whole, None if end == len(data) else end
    except InvalidJson as failure:
        return whole, failure.at


def walk(member: Member, depth: int = 0) -> Iterator[tuple[int, Member]]:
    """Each inner member after the one that holds it, with its depth."""
    for each in member.inner:
        yield depth, each
        yield from walk(each, depth + 1)


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self._count = 0

    def skip(self, at: int) -> int:
        found = _SPACE.match(self._data, at)
        return at if found is None else found.end()

    def value(self, holder: Member, depth: int) -> int:
        """Reads the value of a member and sets its end, which it returns."""
        at = holder.value_start
        first = self._byte(at)
        if first == _QUOTE:
            holder.end = self._string(at)
        elif first not in _CLOSING:
            holder.end = self._scalar(at)
        elif depth >= _DEPTH:
            holder.end = self._closed(at)
        else:
            holder.end = self._inner(holder, at, depth)
        return holder.end

    def _inner(self, holder: Member, at: int, depth: int) -> int:
        closing = _CLOSING[self._data[at]]
        is_object = self._data[at] == _OBJECT
        at = self.skip(at + 1)
        if self._byte(at) == closing:
            return at + 1
        while True:
            member = self._named(at) if is_object else Member(b"", at, at, len(self._data))
            self._keep(holder, member)
            at = self.skip(self.value(member, depth + 1))
            if self._byte(at) == closing:
                return at + 1
            if self._byte(at) != ord(","):
                raise InvalidJson(at)
            at = self.skip(at + 1)

    def _keep(self, holder: Member, member: Member) -> None:
        if self._count >= _COUNT:
            holder.left_out += 1
            return
        self._count += 1
        holder.inner.append(member)

    def _named(self, at: int) -> Member:
        if self._byte(at) != _QUOTE:
            raise InvalidJson(at)
        name_end = self._string(at)
        colon = self.skip(name_end)
        if self._byte(colon) != ord(":"):
            raise InvalidJson(colon)
        name = self._data[at:name_end]
        return Member(name, at, self.skip(colon + 1), len(self._data))

    def _byte(self, at: int) -> int:
        if at >= len(self._data):
            raise InvalidJson(len(self._data))
        return self._data[at]

    def _string(self, at: int) -> int:
        found = _UNCLOSED.match(self._data, at)
        end = at + 1 if found is None else found.end()
        if self._byte(end) != _QUOTE:
            raise InvalidJson(end)
        try:
            self._data[at:end].decode()
        except UnicodeDecodeError as error:
            raise InvalidJson(at + error.start) from None
        return end + 1

    def _scalar(self, at: int) -> int:
        found = _SCALAR.match(self._data, at)
        if found is None:
            raise InvalidJson(at)
        return found.end()

    def _closed(self, at: int) -> int:
        """Behind the bracket that closes the one here, whatever is between."""
        depth = 0
        for found in _STRING_OR_BRACKET.finditer(self._data, at):
            sign = found[0]
            depth += (sign in b"[{") - (sign in b"]}")
            if depth == 0:
                return found.end()
        raise InvalidJson(len(self._data))
