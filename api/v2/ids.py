"""Ids in addresses: percent-decoded, None for the default group; and checks of new ids."""

import re
from urllib.parse import unquote

from api.problems import BadRequest, InvalidId
from registry.whole_numbers import MAX_LONG, parse_whole_number

_MAX_ID_LENGTH = 512
_VERSION = re.compile(r"[a-zA-Z0-9._\-+]{1,256}")
_CONTROL_CHARACTER = re.compile(r"[\x00-\x1f\x7f]")


def has_control_character(text: str) -> bool:
    """Return whether `text` has a control character; no address can contain one."""
    return _CONTROL_CHARACTER.search(text) is not None


class _Converter:
    """A segment of a path. Raises BadRequest, since Django takes a ValueError for no such path."""

    regex = "[^/]+"

    def to_url(self, value: str) -> str:
        return value


class IdConverter(_Converter):
    def to_python(self, value: str) -> str:
        return _decode(value)


class GroupConverter(_Converter):
    def to_python(self, value: str) -> str | None:
        text = _decode(value)
        return None if text.lower() == "default" else text


class NumberConverter(_Converter):
    def to_python(self, value: str) -> int:
        text = _decode(value)
        number = parse_whole_number(text)
        if number is None:
            raise BadRequest(f"'{text}' is not an id: a whole number up to {MAX_LONG}.")
        return number


def _decode(segment: str) -> str:
    try:
        text = unquote(segment, errors="strict")
    except UnicodeDecodeError as error:
        raise BadRequest(f"'{segment}' is not UTF-8, percent-encoded.") from error
    if has_control_character(text):
        raise BadRequest(f"'{segment}' holds a control character.")
    return text


def check_new_group(group_id: str | None) -> None:
    """Raise InvalidId for an id unusable for a new group; None is the default group."""
    if group_id is not None:
        _check_new("group", group_id)


def check_new_artifact(artifact_id: str) -> None:
    """Raise InvalidId for an id unusable for a new artifact."""
    _check_new("artifact", artifact_id)


def _check_new(kind: str, text: str) -> None:
    if not 1 <= len(text) <= _MAX_ID_LENGTH:
        raise InvalidId(f"A {kind} ID has 1 to {_MAX_ID_LENGTH} characters; this one {len(text)}.")
    if "%" in text or not text.isascii() or not text.isprintable():
        raise InvalidId(
            "Character % and non ASCII or control characters are not allowed "
            f"in {kind} IDs: '{text}'."
        )


def check_new_version(version: str) -> None:
    """Raise InvalidId for a name unusable for a new version."""
    if not _VERSION.fullmatch(version):
        raise InvalidId(
            f"A version has 1 to 256 letters, digits, '.', '_', '-' or '+', unlike '{version}'."
        )
