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


class PropertyError(ValueError):
    """A property whose value its class cannot hold; the text is a plain sentence."""


class Property(NamedTuple):
    """One JSON property: its name, its class's attribute, how to read it and how to write it.

    What is of the type `plain` is held as it is, null and nothing are held as `missing`, all else
    is converted.
    """

    name: str
    attribute: str
    convert: Callable[[Any], Any]
    plain: type[Any] | None = None
    missing: Any = None
    write: Callable[[Any], Any] | None = None


class Layout:
    """One class and its properties; `nest` names the object that holds all but the action."""

    __slots__ = ("_readings", "cls", "forbidden", "nest", "properties")

    def __init__(
        self,
        cls: type[Any],
        *properties: Property,
        forbidden: frozenset[str] = frozenset(),
        nest: str | None = None,
    ) -> None:
        self.cls = cls
        self.properties = properties
        self.forbidden = forbidden
        self.nest = nest
        self._readings = tuple(
            (each.name, each.plain, each.convert, each.missing) for each in properties
        )

    def read(self, raw: Any, *first: Any) -> Any:
        """The class's instance, `first` being its leading attributes; raises PropertyError."""
        if type(raw) is not dict:
            raise PropertyError("the JSON is not an object")
        if not self.forbidden.isdisjoint(raw):
            banned = ", ".join(sorted(self.forbidden & raw.keys()))
            raise PropertyError(f"it has the forbidden property {banned}")
        if self.nest is not None:
            raw = _object(raw.get(self.nest), self.nest) or {}
        get = raw.get
        # One expression for all properties: replay is bound by it.
        return self.cls(
            *first,
            *[
                missing
                if (held := get(name)) is None
                else held
                if type(held) is plain
                else convert(held)
                for name, plain, convert, missing in self._readings
            ],
        )

    def write(self, said: Any, into: Json) -> Json:
        """Add the properties that are not None to `into`."""
        inner: Json = {} if self.nest is not None else into
        for each in self.properties:
            held = getattr(said, each.attribute)
            if held is not None:
                inner[each.name] = held if each.write is None else each.write(held)
        if self.nest is not None and inner:
            into[self.nest] = inner
        return into


def _object(held: Any, name: str) -> Json | None:
    if held is None or type(held) is dict:
        return held
    raise PropertyError(f"{name} is not an object")


def _text(raw: Any, name: str) -> str | None:
    if type(raw) is str or raw is None:
        return raw
    if type(raw) is bool:
        return "true" if raw else "false"
    # Java would keep a fraction's own spelling, which the parser has already lost.
    if type(raw) is int:
        return str(raw)
    raise PropertyError(f"{name} is not text")


_DIGITS = re.compile(r"[+-]?[0-9]{1,19}")


def _whole(raw: Any, name: str, bits: int = 64) -> int | None:
    if raw is None:
        return None
    number = _number(raw, name)
    if number is not None and not -(1 << bits - 1) <= number < 1 << bits - 1:
        raise PropertyError(f"{name} is out of range")
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
    raise PropertyError(f"{name} is not a whole number")


def text(name: str, attribute: str) -> Property:
    return Property(name, attribute, lambda held: _text(held, name), plain=str)


def choice(name: str, attribute: str, names: frozenset[str]) -> Property:
    def convert(held: Any) -> str:
        if type(held) is str and held in names:
            return held
        raise PropertyError(f"{name} is none of {', '.join(sorted(names))}")

    return Property(name, attribute, convert)


def number(name: str, attribute: str, bits: int = 64) -> Property:
    highest = (1 << bits - 1) - 1

    def convert(held: Any) -> int | None:
        if type(held) is int and -highest <= held <= highest:
            return held
        return _whole(held, name, bits)

    return Property(name, attribute, convert)


def primitive(name: str, attribute: str) -> Property:
    """A Java `long`: 0 where it is missing, always written."""
    convert = number(name, attribute).convert
    return Property(name, attribute, lambda held: convert(held) or 0, missing=0)


_FLAGS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}


def flag(name: str, attribute: str, missing: bool | None = None) -> Property:
    def convert(held: Any) -> bool | None:
        if held == "":
            return missing
        if type(held) is int:
            return bool(held)
        if type(held) is str and (stripped := held.strip()) in _FLAGS:
            return _FLAGS[stripped]
        raise PropertyError(f"{name} is neither true nor false")

    return Property(name, attribute, convert, plain=bool, missing=missing)


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def time(name: str, attribute: str) -> Property:
    """A date as epoch milliseconds, or as ISO 8601 text, UTC where no zone is told."""

    milliseconds = number(name, attribute).convert

    def convert(held: Any) -> Any:
        if type(held) is not str or not _DATE.match(held):
            return milliseconds(held)
        try:
            then = datetime.fromisoformat(held)
            if then.tzinfo is None:
                then = then.replace(tzinfo=UTC)
            return (then - _EPOCH) // timedelta(milliseconds=1)
        except (ValueError, OverflowError):
            raise PropertyError(f"{name} is not a date") from None

    return Property(name, attribute, convert)


def texts(name: str, attribute: str) -> Property:
    def convert(held: Any) -> tuple[str, ...]:
        if type(held) is not list:
            raise PropertyError(f"{name} is not a list")
        read = tuple([text for each in held if (text := _text(each, name)) is not None])
        # Java keeps a null here, only to fail on it when it writes the labels' rows.
        if len(read) < len(held):
            raise PropertyError(f"{name} holds a null")
        return read

    return Property(name, attribute, convert)


def mapping(name: str, attribute: str) -> Property:
    def convert(held: Any) -> dict[str, str | None]:
        inner = _object(held, name) or {}
        return {key: _text(each, name) for key, each in inner.items()}

    return Property(name, attribute, convert)


def base64(name: str, attribute: str) -> Property:
    def convert(held: Any) -> bytes:
        spelled = _text(held, name) or ""
        try:
            return binascii.a2b_base64(spelled + "=" * (-len(spelled) % 4), strict_mode=True)
        except ValueError:
            raise PropertyError(f"{name} is not base64") from None

    return Property(name, attribute, convert, write=lambda held: b64encode(held).decode("ascii"))


def nested(name: str, attribute: str, layout: Layout) -> Property:
    return Property(
        name,
        attribute,
        lambda held: layout.read(_object(held, name)),
        write=lambda held: layout.write(held, {}),
    )
