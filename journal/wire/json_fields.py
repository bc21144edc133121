"""Reads and writes the JSON properties of keys and values, by the layout of each class.

Readers coerce like Apicurio's Jackson: numeric text becomes a number, a number becomes text for a
text property, enum names are case-sensitive.
"""

import binascii
import re
from base64 import b64encode
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

Json = dict[str, Any]


class PropertyError(ValueError):
    """An invalid value of a property; the text is a plain sentence."""


class Property(NamedTuple):
    """A JSON property: its name, how to read it and how to write it.

    A value of the type `plain` is taken as it is, `missing` stands for null and for no value, and
    `convert` reads every other value.
    """

    name: str
    convert: Callable[[Any], Any]
    plain: type[Any] | None = None
    missing: Any = None
    write: Callable[[Any], Any] | None = None


class Layout:
    """A class and the properties of its last attributes, in their order.

    `attributes` are by property; `nest` names the object around all properties but the action.
    """

    __slots__ = ("_readers", "attributes", "cls", "forbidden", "nest", "properties")

    def __init__(
        self,
        cls: type[Any],
        *properties: Property,
        forbidden: frozenset[str] = frozenset(),
        nest: str | None = None,
    ) -> None:
        self.cls = cls
        self.properties = properties
        names = cls.__struct_fields__[len(cls.__struct_fields__) - len(properties) :]
        self.attributes = dict(zip((item.name for item in properties), names, strict=True))
        self.forbidden = forbidden
        self.nest = nest
        self._readers = tuple(
            (item.name, item.plain, item.convert, item.missing) for item in properties
        )

    def read(self, raw: Any, *first: Any) -> Any:
        """Return an instance of the class, `first` being its leading attributes.

        Raises PropertyError.
        """
        if type(raw) is not dict:
            raise PropertyError("the JSON is not an object")
        if not self.forbidden.isdisjoint(raw):
            names = ", ".join(sorted(self.forbidden & raw.keys()))
            raise PropertyError(f"it has the forbidden property {names}")
        if self.nest is not None:
            raw = _to_object(raw.get(self.nest), self.nest) or {}
        get = raw.get
        # One expression for all properties: replay is bound by it.
        return self.cls(
            *first,
            *[
                missing
                if (value := get(name)) is None
                else value
                if type(value) is plain
                else convert(value)
                for name, plain, convert, missing in self._readers
            ],
        )

    def write(self, instance: Any, into: Json) -> Json:
        """Add the instance's properties other than None to `into`; returns `into`."""
        inner: Json = {} if self.nest is not None else into
        for item in self.properties:
            value = getattr(instance, self.attributes[item.name])
            if value is not None:
                inner[item.name] = value if item.write is None else item.write(value)
        if self.nest is not None and inner:
            into[self.nest] = inner
        return into


def _to_object(raw: Any, name: str) -> Json | None:
    if raw is None or type(raw) is dict:
        return raw
    raise PropertyError(f"{name} is not an object")


def _to_text(raw: Any, name: str) -> str | None:
    if type(raw) is str or raw is None:
        return raw
    if type(raw) is bool:
        return "true" if raw else "false"
    # Java would keep a fraction's own spelling, which the parser has already lost.
    if type(raw) is int:
        return str(raw)
    raise PropertyError(f"{name} is not text")


def text(name: str) -> Property:
    return Property(name, lambda raw: _to_text(raw, name), plain=str)


def choice(name: str, names: frozenset[str]) -> Property:
    def convert(raw: Any) -> str:
        if type(raw) is str and raw in names:
            return raw
        raise PropertyError(f"{name} is none of {', '.join(sorted(names))}")

    return Property(name, convert)


_DIGITS = re.compile(r"[+-]?[0-9]{1,19}")


def number(name: str, bits: int = 64) -> Property:
    limit = 1 << bits - 1

    def convert(raw: Any) -> int | None:
        if type(raw) is int and -limit <= raw < limit:
            return raw
        digits = raw.strip() if type(raw) is str else ""
        if raw is None or (type(raw) is str and not digits):
            return None
        if type(raw) is int:
            value = raw
        elif (type(raw) is float and abs(raw) < 1 << 64) or _DIGITS.fullmatch(digits):
            value = int(raw)
        else:
            raise PropertyError(f"{name} is not a whole number")
        if not -limit <= value < limit:
            raise PropertyError(f"{name} is out of range")
        return value

    return Property(name, convert)


def primitive(name: str) -> Property:
    """Describe a Java `long`: 0 if missing, always written."""
    convert = number(name).convert
    return Property(name, lambda raw: convert(raw) or 0, missing=0)


_FLAGS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}


def flag(name: str, missing: bool | None = None) -> Property:
    def convert(raw: Any) -> bool | None:
        if raw == "":
            return missing
        if type(raw) is int:
            return bool(raw)
        if type(raw) is str and (stripped := raw.strip()) in _FLAGS:
            return _FLAGS[stripped]
        raise PropertyError(f"{name} is neither true nor false")

    return Property(name, convert, plain=bool, missing=missing)


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def time(name: str) -> Property:
    """Describe a date: epoch milliseconds, or ISO 8601 text, in UTC without a zone."""

    milliseconds = number(name).convert

    def convert(raw: Any) -> Any:
        if type(raw) is not str or not _DATE.match(raw):
            return milliseconds(raw)
        try:
            date = datetime.fromisoformat(raw)
            if date.tzinfo is None:
                date = date.replace(tzinfo=UTC)
            return (date - _EPOCH) // timedelta(milliseconds=1)
        except (ValueError, OverflowError):
            raise PropertyError(f"{name} is not a date") from None

    return Property(name, convert)


def texts(name: str) -> Property:
    def convert(raw: Any) -> tuple[str, ...]:
        if type(raw) is not list:
            raise PropertyError(f"{name} is not a list")
        items = tuple([text for item in raw if (text := _to_text(item, name)) is not None])
        # Java keeps a null here, only to fail on it when it writes the labels' rows.
        if len(items) < len(raw):
            raise PropertyError(f"{name} holds a null")
        return items

    return Property(name, convert)


def mapping(name: str) -> Property:
    def convert(raw: Any) -> dict[str, str | None]:
        members = _to_object(raw, name) or {}
        return {key: _to_text(value, name) for key, value in members.items()}

    return Property(name, convert)


def base64(name: str) -> Property:
    def convert(raw: Any) -> bytes:
        spelled = _to_text(raw, name) or ""
        try:
            return binascii.a2b_base64(spelled + "=" * (-len(spelled) % 4), strict_mode=True)
        except ValueError:
            raise PropertyError(f"{name} is not base64") from None

    return Property(name, convert, write=lambda value: b64encode(value).decode("ascii"))


def nested(name: str, layout: Layout) -> Property:
    return Property(
        name,
        lambda raw: layout.read(_to_object(raw, name)),
        write=lambda value: layout.write(value, {}),
    )
