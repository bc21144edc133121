"""Ids in page addresses: any text, in one path segment.

A server decodes %2F before Django sees it, so "/" and "%" are escaped once more.
"""

from urllib.parse import quote, unquote

from registry.whole_numbers import parse_whole_number

#: Stands for an empty id, as nothing else has an escape without digits. References may have one.
_EMPTY = "%"
#: The name of the default group in an address.
DEFAULT = "default"


class IdConverter:
    regex = "[^/]+"

    def to_python(self, value: str) -> str:
        return "" if value == _EMPTY else unquote(value)

    def to_url(self, value: str) -> str:
        return _escape(value)


class NumberConverter:
    """Converts ids and offsets; numbers beyond a column's range have no address."""

    regex = "[0-9]+"

    def to_python(self, value: str) -> int:
        number = parse_whole_number(value)
        if number is None:
            raise ValueError(value)
        return number

    def to_url(self, value: int) -> str:
        return str(value)


class GroupConverter:
    """Converts group ids; None is the default group."""

    regex = "[^/]+"

    def to_python(self, value: str) -> str | None:
        text = "" if value == _EMPTY else unquote(value)
        return None if text == DEFAULT else text

    def to_url(self, value: str | None) -> str:
        return _escape(group_name(value))


def _escape(text: str) -> str:
    if not text:
        return _EMPTY
    escaped = text.replace("%", "%25").replace("/", "%2F")
    # A browser would resolve these as folders.
    return escaped.replace(".", "%2E") if escaped in {".", ".."} else escaped


def parse_group(text: str) -> str | None:
    """Return the group id of a form field or an address; None, the default group, if blank."""
    name = text.strip()
    return None if name in {"", DEFAULT} else name


def group_name(group_id: str | None) -> str:
    return DEFAULT if group_id is None else group_id


def artifact_key(group_id: str | None, artifact_id: str) -> str:
    """Return an artifact's group and id as the value of one form field."""
    return f"{quote(group_name(group_id), safe='')}/{quote(artifact_id, safe='')}"
