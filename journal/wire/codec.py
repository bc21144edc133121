"""The journal's bytes to messages and back, as Apicurio Registry 2.0 to 2.6 writes and reads them.

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
    """Bytes no Apicurio node would act on: `reason` is a plain sentence, `part` its half."""

    def __init__(self, part: RecordPart, reason: str) -> None:
        super().__init__(f"{part}: {reason}")
        self.part: RecordPart = part
        self.reason = reason


_TYPES: Final = {int(kind): kind for kind in MessageType}
_ACTIONS: Final = {int(action): action for action in Action}
_ACTION_NAMES: Final = {action.name: action for action in Action}
# What is spelled just as our classes are declared, as nearly all is, msgspec reads six times faster
# than the layouts do; it refuses everything else, and those judge it as Java would.
_STRICT_KEYS: Final = {kind: Decoder(layout.cls).decode for kind, layout in KEYS.items()}
_STRICT_VALUES: Final = {
    kind: Decoder(layout.cls).decode for kind, layout in VALUES.items() if layout.nest is None
}
_REFUSALS: Final = (MsgspecError, UnicodeDecodeError, RecursionError)
_FORMS: Final = {style: Form(style) for style in ActionStyle}
_WITHOUT_REFERENCES: Final = Form(references=False)


def decode(key: bytes | None, value: bytes | None) -> Message:
    """What a record says; raises Undecodable, and nothing else, whatever the bytes.

    A value of None is a tombstone; one of zero bytes is damage, for Java drops it as such.
    """
    return decode_value(decode_key(key), value)


def decode_value(known: Key, value: bytes | None) -> Message:
    """Decode the value of a record whose key is decoded; raise Undecodable."""
    if value is None:
        return Message(known)
    if not value:
        raise Undecodable("value", "it has no bytes, which is not a tombstone")
    kind = value[0]
    if kind != known.type:
        raise Undecodable("value", f"it is {_name(kind)}, its key is {_name(known.type)}")
    if kind == MessageType.CONTENT:
        return _content(known, value)
    strict = _STRICT_VALUES.get(kind)
    if strict is not None:
        try:
            return Message(known, strict(value[1:]))
        except _REFUSALS:
            pass
    return _decode_leniently(known, value)


def _decode_leniently(known: Key, value: bytes) -> Message:
    kind = value[0]
    layout = VALUES.get(kind)
    if layout is None:
        raise Undecodable("value", f"{_name(kind)} has no value")
    try:
        raw = orjson.loads(value[1:])
        action, style = _action(raw)
        return Message(known, layout.read(raw, action), _FORMS[style])
    except orjson.JSONDecodeError as error:
        raise Undecodable("value", f"it is not JSON: {error}") from None
    except PropertyError as misfit:
        raise Undecodable("value", str(misfit)) from None


def decode_key(key: bytes | None) -> Key:
    """What a record is about, also where its value is damaged; raises Undecodable."""
    if not key:
        raise Undecodable("key", "there is none" if key is None else "it has no bytes")
    layout = KEYS.get(key[0])
    if layout is None:
        raise Undecodable("key", _name(key[0]))
    try:
        strictly: Key = _STRICT_KEYS[key[0]](key[1:])
        return strictly
    except _REFUSALS:
        pass
    try:
        known: Key = layout.read(orjson.loads(key[1:]))
    except orjson.JSONDecodeError as error:
        raise Undecodable("key", f"it is not JSON: {error}") from None
    except PropertyError as misfit:
        raise Undecodable("key", str(misfit)) from None
    return known


def encode(message: Message) -> tuple[bytes, bytes | None]:
    """A record's key and value; raises ValueError where the text is no Unicode."""
    value = message.value
    return encode_key(message.key), None if value is None else encode_value(value, message.form)


def encode_key(key: Key) -> bytes:
    """The bytes of a key, None attributes left out."""
    return bytes((key.type,)) + _dumps(KEYS[key.type].write(key, {}))


def encode_value(value: Value, form: Form) -> bytes:
    """The bytes of a value, spelled as `form` says.

    Raises ValueError where references are to be written in a form that has no room for them.
    """
    if isinstance(value, ContentValue):
        return _content_bytes(value, form)
    said: dict[str, Any] = {}
    if value.action is not None:
        said["action"] = _spell(value.action, form.action)
    return bytes((value.type,)) + _dumps(VALUES[value.type].write(value, said))


def _name(kind: int) -> str:
    known = _TYPES.get(kind)
    return f"unknown message type {kind}" if known is None else known.label


def _action(raw: Any) -> tuple[Action | None, ActionStyle]:
    said = raw.get("action") if type(raw) is dict else None
    if said is None:
        return None, ActionStyle.NUMBER
    if type(said) is int and said in _ACTIONS:
        return _ACTIONS[said], ActionStyle.NUMBER
    if type(said) is str and (name := said.upper()) in _ACTION_NAMES:
        style = ActionStyle.UPPER if name == said else ActionStyle.TITLE
        return _ACTION_NAMES[name], style
    raise PropertyError(f"unknown action {str(said)[:40]!r}")


def _spell(action: Action, style: ActionStyle) -> int | str:
    if style is ActionStyle.NUMBER:
        return int(action)
    return action.name if style is ActionStyle.UPPER else action.name.capitalize()


def _content(key: Key, value: bytes) -> Message:
    action = _ACTIONS.get(value[1]) if len(value) > 1 else None
    if action is None:
        raise Undecodable("value", f"unknown action {value[1:2].hex() or 'of no bytes'}")
    canonical, at = _chunk(value, 2)
    content, at = _chunk(value, at)
    references, form = None, _WITHOUT_REFERENCES
    if at < len(value):
        references, _ = _chunk(value, at)
        form = _FORMS[ActionStyle.NUMBER]
    said = ContentValue(action, _utf8(canonical), content, _utf8(references))
    return Message(key, said, form)


def _chunk(value: bytes, at: int) -> tuple[bytes | None, int]:
    start = at + 4
    length = int.from_bytes(value[at:start], "big", signed=True)
    if length < 0 or start + length > len(value):
        raise Undecodable("value", f"the length at byte {at} runs past its end")
    return value[start : start + length] or None, start + length


def _utf8(text: bytes | None) -> str | None:
    # Java's String replaces malformed bytes where Python would refuse them.
    return None if text is None else text.decode("utf-8", "replace")


def _content_bytes(value: ContentValue, form: Form) -> bytes:
    if value.action is None:
        raise ValueError("a Content value needs an action")
    references = _length_and_bytes((value.serialized_references or "").encode())
    if not form.references:
        if value.serialized_references:
            raise ValueError("this form of a Content value has no room for references")
        references = b""
    return b"".join((
        bytes((MessageType.CONTENT, value.action)),
        _length_and_bytes((value.canonical_hash or "").encode()),
        _length_and_bytes(value.content or b""),
        references,
    ))


def _length_and_bytes(chunk: bytes) -> bytes:
    return len(chunk).to_bytes(4, "big") + chunk


# Escaped backslashes are matched so that the u after one is not taken for an escape.
_RESPELLED = re.compile(rb"\\\\|\\u00[01][0-9a-f]|[\xf0-\xf4][\x80-\xbf]{3}")


def _respell(found: re.Match[bytes]) -> bytes:
    spelled = found.group()
    if spelled[0] != ord("\\"):
        pair = spelled.decode().encode("utf-16-be").hex().upper()
        return f"\\u{pair[:4]}\\u{pair[4:]}".encode()
    return spelled if len(spelled) == 2 else spelled[:2] + spelled[2:].upper()


def _dumps(said: dict[str, Any]) -> bytes:
    try:
        plain = orjson.dumps(said)
    except TypeError as error:
        raise ValueError(f"this cannot be written as JSON: {error}") from None
    # Jackson writes control characters in capitals and astral ones as two escapes.
    return _RESPELLED.sub(_respell, plain)
