"""Decodes and encodes the journal's records in the formats of Apicurio Registry 2.0 to 2.6.

A key or value is one type byte and a JSON object; only type 2's value is binary.
"""

import re
from typing import Any, Final, Literal

import orjson
from msgspec import MsgspecError
from msgspec.json import Decoder

from journal.wire.json_fields import PropertyError
from journal.wire.layouts import KEYS, VALUES
from journal.wire.messages import (
    Action,
    ActionStyle,
    ContentValue,
    Form,
    Key,
    Message,
    MessageType,
    Value,
)

RecordPart = Literal["key", "value"]


class Undecodable(Exception):
    """Bytes without meaning to any Apicurio node; `reason` is a plain sentence."""

    def __init__(self, part: RecordPart, reason: str) -> None:
        super().__init__(f"{part}: {reason}")
        self.part: RecordPart = part
        self.reason = reason


_TYPES: Final = {int(kind): kind for kind in MessageType}
_ACTIONS: Final = {int(action): action for action in Action}
_ACTION_NAMES: Final = {action.name: action for action in Action}
# Replay is bound by decoding. msgspec decodes what is spelled exactly as our classes are declared,
# as nearly all records are, six times faster than the layouts do on top of orjson. It rejects
# everything else, which the layouts then read as Jackson would. A fuzz test holds both to the same
# result.
_STRICT_KEYS: Final = {kind: Decoder(layout.cls).decode for kind, layout in KEYS.items()}
_STRICT_VALUES: Final = {
    kind: Decoder(layout.cls).decode for kind, layout in VALUES.items() if layout.nest is None
}
_STRICT_ERRORS: Final = (MsgspecError, UnicodeDecodeError, RecursionError)
_FORMS: Final = {style: Form(style) for style in ActionStyle}
_WITHOUT_REFERENCES: Final = Form(references=False)


def decode(key: bytes | None, value: bytes | None) -> Message:
    """Decode a record; raises Undecodable, and nothing else, whatever the bytes are.

    A value of None is a tombstone; one of zero bytes is damage, since Java drops it as such.
    """
    return decode_value(decode_key(key), value)


def decode_key(data: bytes | None) -> Key:
    """Decode a key, even of a record with a damaged value; raises Undecodable."""
    if not data:
        raise Undecodable("key", "there is none" if data is None else "it has no bytes")
    kind = data[0]
    layout = KEYS.get(kind)
    if layout is None:
        raise Undecodable("key", _type_label(kind))
    try:
        strict: Key = _STRICT_KEYS[kind](data[1:])
        return strict
    except _STRICT_ERRORS:
        pass
    try:
        lenient: Key = layout.read(_load_json(data[1:]))
        return lenient
    except orjson.JSONDecodeError as error:
        raise Undecodable("key", f"it is not JSON: {error}") from None
    except PropertyError as error:
        raise Undecodable("key", str(error)) from None


def decode_value(key: Key, data: bytes | None) -> Message:
    """Decode the value of a record with a decoded key; raises Undecodable."""
    if data is None:
        return Message(key)
    if not data:
        raise Undecodable("value", "it has no bytes, which is not a tombstone")
    kind = data[0]
    if kind != key.type:
        raise Undecodable("value", f"it is {_type_label(kind)}, its key is {_type_label(key.type)}")
    if kind == MessageType.CONTENT:
        return _decode_content(key, data)
    decode_strictly = _STRICT_VALUES.get(kind)
    if decode_strictly is not None:
        try:
            return Message(key, decode_strictly(data[1:]))
        except _STRICT_ERRORS:
            pass
    return _decode_leniently(key, data)


def _decode_leniently(key: Key, data: bytes) -> Message:
    """Decode a JSON value by its layout, as Jackson would."""
    layout = VALUES.get(data[0])
    if layout is None:
        raise Undecodable("value", f"{_type_label(data[0])} has no value")
    try:
        fields = _load_json(data[1:])
        spelled = fields.get("action") if type(fields) is dict else None
        action, style = None, ActionStyle.NUMBER
        if type(spelled) is int and spelled in _ACTIONS:
            action = _ACTIONS[spelled]
        elif type(spelled) is str and (name := spelled.upper()) in _ACTION_NAMES:
            action = _ACTION_NAMES[name]
            style = ActionStyle.UPPER if name == spelled else ActionStyle.TITLE
        elif spelled is not None:
            raise PropertyError(f"unknown action {str(spelled)[:40]!r}")
        return Message(key, layout.read(fields, action), _FORMS[style])
    except orjson.JSONDecodeError as error:
        raise Undecodable("value", f"it is not JSON: {error}") from None
    except PropertyError as error:
        raise Undecodable("value", str(error)) from None


# The alternatives before the last are not replaced: an escaped backslash, and a whole pair.
_HALF_PAIR = re.compile(
    rb"\\\\|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    rb"|(\\u[dD][89a-fA-F][0-9a-fA-F]{2})"
)


def _load_json(data: bytes) -> Any:
    """Parse JSON, with U+FFFD for each half of a surrogate pair.

    Jackson writes and reads such halves.

    Raises orjson.JSONDecodeError.
    """
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError:
        whole = _HALF_PAIR.sub(lambda match: b"\\ufffd" if match[1] else match[0], data)
        if whole == data:
            raise
        return orjson.loads(whole)


def encode(message: Message) -> tuple[bytes, bytes | None]:
    """Encode a record's key and value; raises ValueError for a text with lone surrogates."""
    value = message.value
    return encode_key(message.key), None if value is None else encode_value(value, message.form)


def encode_key(key: Key) -> bytes:
    """Encode a key; attributes of None are left out."""
    return bytes((key.type,)) + _dumps(KEYS[key.type].write(key, {}))


def encode_value(value: Value, form: Form) -> bytes:
    """Encode a value in `form`.

    Raises ValueError if the form has no room for the value's references.
    """
    if isinstance(value, ContentValue):
        if value.action is None:
            raise ValueError("a Content value needs an action")
        if value.serialized_references and not form.references:
            raise ValueError("this form of a Content value has no room for references")
        chunks = [(value.canonical_hash or "").encode(), value.content or b""]
        if form.references:
            chunks.append((value.serialized_references or "").encode())
        lengths_and_chunks = [len(chunk).to_bytes(4, "big") + chunk for chunk in chunks]
        return bytes((MessageType.CONTENT, value.action)) + b"".join(lengths_and_chunks)
    fields: dict[str, Any] = {}
    if value.action is not None:
        if form.action is ActionStyle.NUMBER:
            fields["action"] = int(value.action)
        else:
            name = value.action.name
            fields["action"] = name if form.action is ActionStyle.UPPER else name.capitalize()
    return bytes((value.type,)) + _dumps(VALUES[value.type].write(value, fields))


def _type_label(kind: int) -> str:
    message_type = _TYPES.get(kind)
    return f"unknown message type {kind}" if message_type is None else message_type.label


def _decode_content(key: Key, data: bytes) -> Message:
    """Decode type 2's value: a byte for the action, then chunks behind their lengths."""
    action = _ACTIONS.get(data[1]) if len(data) > 1 else None
    if action is None:
        raise Undecodable("value", f"unknown action {data[1:2].hex() or 'of no bytes'}")
    canonical_hash, position = _read_chunk(data, 2)
    content, position = _read_chunk(data, position)
    references, form = None, _WITHOUT_REFERENCES
    if position < len(data):
        references, _ = _read_chunk(data, position)
        form = _FORMS[ActionStyle.NUMBER]
    value = ContentValue(action, _decode_text(canonical_hash), content, _decode_text(references))
    return Message(key, value, form)


def _read_chunk(data: bytes, position: int) -> tuple[bytes | None, int]:
    start = position + 4
    length = int.from_bytes(data[position:start], "big", signed=True)
    if length < 0 or start + length > len(data):
        raise Undecodable("value", f"the length at byte {position} runs past its end")
    return data[start : start + length] or None, start + length


def _decode_text(text: bytes | None) -> str | None:
    # Java's String replaces malformed bytes where Python would refuse them.
    return None if text is None else text.decode("utf-8", "replace")


# Escaped backslashes are matched so that the u after one is not taken for an escape.
_JACKSON_DIFFERS = re.compile(rb"\\\\|\\u00[01][0-9a-f]|[\xf0-\xf4][\x80-\xbf]{3}")


def _spell_as_jackson(match: re.Match[bytes]) -> bytes:
    spelled = match.group()
    if spelled[0] != ord("\\"):
        pair = spelled.decode().encode("utf-16-be").hex().upper()
        return f"\\u{pair[:4]}\\u{pair[4:]}".encode()
    return spelled if len(spelled) == 2 else spelled[:2] + spelled[2:].upper()


def _dumps(fields: dict[str, Any]) -> bytes:
    try:
        data = orjson.dumps(fields)
    except TypeError as error:
        raise ValueError(f"this cannot be written as JSON: {error}") from None
    # Jackson writes control characters in capitals and astral ones as two escapes.
    return _JACKSON_DIFFERS.sub(_spell_as_jackson, data)
