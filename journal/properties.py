"""How one JSON property is read and written, and how properties make a class.

Readers coerce as Apicurio's Jackson does: numbers given as text are numbers, numbers given for
text are text, enum names are case-sensitive.
"""

import binascii
import re
from base64 import b64encode
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

Json = dict[str, Any]
Reader = Callable[[Json], Any]


class Misfit(ValueError):
    """A property whose value its class cannot hold; the text is a plain sentence."""


class Property(NamedTuple):
    """One JSON property: its name, its class's attribute, how to read it and how to write it."""

    name: str
    attribute: str
    read: Reader
    write: Callable[[Any], Any] | None = None


class Layout:
    """One class and its properties; `nest` names the object that holds all but the action."""

    __slots__ = ("cls", "forbidden", "nest", "properties", "readers")

    def __init__(
        self,
        cls: type[Any],
        *properties: Property,
        forbidden: frozenset[str] = frozenset(),
        nest: str | None = None,
    ) -> None:
        self.cls = cls
        self.properties = properties
        self.readers = tuple(each.read for each in properties)
        self.forbidden = forbidden
        self.nest = nest

    def read(self, raw: Any, *first: Any) -> Any:
        """The class's instance, `first` being its leading attributes; raises Misfit."""
        if type(raw) is not dict:
            raise Misfit("the JSON is not an object")
        if not self.forbidden.isdisjoint(raw):
            banned = ", ".join(sorted(self.forbidden & raw.keys()))
            raise Misfit(f"it has the forbidden property {banned}")
        if self.nest is not None:
            raw = _object(raw, self.nest) or {}
        return self.cls(*first, *[read(raw) for read in self.readers])

    def write(self, said: Any, into: Json) -> Json:
        """Add the properties that are not None to `into`."""
        inner: Json = {} if self.nest is not None else into
        for name, attribute, _, write in self.properties:
            held = getattr(said, attribute)
            if held is not None:
                inner[name] = held if write is None else write(held)
        if self.nest is not None and inner:
            into[self.nest] = inner
        return into


def _object(raw: Json, name: str) -> Json | None:
    inner = raw.get(name)
    if inner is None or type(inner) is dict:
        return inner
    raise Misfit(f"{name} is not an object")


def _text(raw: Any, name: str) -> str | None:
    if type(raw) is str or raw is None:
        return raw
    if type(raw) is bool:
        return "true" if raw else "false"
    # Java would keep a fraction's own spelling, which the parser has already lost.
    if type(raw) is int:
        return str(raw)
    raise Misfit(f"{name} is not text")


_DIGITS = re.compile(r"[+-]?[0-9]{1,19}")


def _whole(raw: Any, name: str, bits: int = 64) -> int | None:
    if raw is None:
        return None
    number = _number(raw, name)
    if number is not None and not -(1 << bits - 1) <= number < 1 << bits - 1:
        raise Misfit(f"{name} is out of range")
    return number


def _number(raw: Any, name: str) -> int | None:
    if type(raw) is int:
        return raw
    if type(raw) is float and abs(raw) < 1 << 64:
        return int(raw)
    if type(raw) is str:
        digits = raw.strip()
        if not digits:
            return None
        if _DIGITS.fullmatch(digits):
            return int(digits)
    raise Misfit(f"{name} is not a whole number")


def text(name: str, attribute: str) -> Property:
    def read(raw: Json) -> str | None:
        held = raw.get(name)
        return held if type(held) is str or held is None else _text(held, name)

    return Property(name, attribute, read)


def choice(name: str, attribute: str, names: frozenset[str]) -> Property:
    def read(raw: Json) -> str | None:
        held = raw.get(name)
        if held is None or (type(held) is str and held in names):
            return held
        raise Misfit(f"{name} is none of {', '.join(sorted(names))}")

    return Property(name, attribute, read)


def number(name: str, attribute: str, bits: int = 64) -> Property:
    return Property(name, attribute, lambda raw: _whole(raw.get(name), name, bits))


def primitive(name: str, attribute: str) -> Property:
    """A Java `long`: 0 where it is missing, always written."""
    return Property(name, attribute, lambda raw: _whole(raw.get(name), name) or 0)


_FLAGS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}


def flag(name: str, attribute: str, missing: bool | None = None) -> Property:
    def read(raw: Json) -> bool | None:
        held = raw.get(name)
        if held is None or held == "":
            return missing
        if type(held) is bool or type(held) is int:
            return bool(held)
        if type(held) is str and (stripped := held.strip()) in _FLAGS:
            return _FLAGS[stripped]
        raise Misfit(f"{name} is neither true nor false")

    return Property(name, attribute, read)


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def time(name: str, attribute: str) -> Property:
    """A date as epoch milliseconds, or as ISO 8601 text, UTC where no zone is told."""

    def read(raw: Json) -> int | None:
        held = raw.get(name)
        if type(held) is not str or not _DATE.match(held):
            return _whole(held, name)
        try:
            then = datetime.fromisoformat(held)
            if then.tzinfo is None:
                then = then.replace(tzinfo=UTC)
            return (then - _EPOCH) // timedelta(milliseconds=1)
        except (ValueError, OverflowError):
            raise Misfit(f"{name} is not a date") from None

    return Property(name, attribute, read)


def texts(name: str, attribute: str) -> Property:
    def read(raw: Json) -> tuple[str, ...] | None:
        held = raw.get(name)
        if held is None:
            return None
        if type(held) is not list:
            raise Misfit(f"{name} is not a list")
        read = tuple([text for each in held if (text := _text(each, name)) is not None])
        # Java keeps a null here, only to fail on it when it writes the labels' rows.
        if len(read) < len(held):
            raise Misfit(f"{name} holds a null")
        return read

    return Property(name, attribute, read)


def mapping(name: str, attribute: str) -> Property:
    def read(raw: Json) -> dict[str, str | None] | None:
        held = _object(raw, name)
        return None if held is None else {key: _text(each, name) for key, each in held.items()}

    return Property(name, attribute, read)


def base64(name: str, attribute: str) -> Property:
    def read(raw: Json) -> bytes | None:
        held = _text(raw.get(name), name)
        if held is None:
            return None
        try:
            return binascii.a2b_base64(held + "=" * (-len(held) % 4), strict_mode=True)
        except ValueError:
            raise Misfit(f"{name} is not base64") from None

    return Property(name, attribute, read, lambda held: b64encode(held).decode("ascii"))


def nested(name: str, attribute: str, layout: Layout) -> Property:
    def read(raw: Json) -> Any:
        inner = _object(raw, name)
        return None if inner is None else layout.read(inner)

    return Property(name, attribute, read, lambda held: layout.write(held, {}))
