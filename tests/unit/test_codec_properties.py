"""The codec under generated messages and damaged bytes."""

import json
from collections.abc import Callable
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from journal.wire import codec, messages
from journal.wire.codec import Undecodable, decode, encode
from journal.wire.json_fields import Layout
from journal.wire.layouts import KEYS as KEY_LAYOUTS
from journal.wire.layouts import VALUES as VALUE_LAYOUTS

LONG = 2**63
TEXT = st.none() | st.text()
LONGS = st.integers(-LONG, LONG - 1)
INTS = st.none() | st.integers(-(2**31), 2**31 - 1)
PROPERTIES = st.none() | st.dictionaries(st.text(), TEXT)
META_DATA = st.builds(
    messages.MetaData,
    name=TEXT,
    description=TEXT,
    labels=st.none() | st.lists(st.text()).map(tuple),
    properties=PROPERTIES,
)
CONTEXTS = st.builds(
    messages.DownloadContext,
    type=st.sampled_from((None, "EXPORT", "CONTENT_BY_GLOBAL_ID")),
    expires=LONGS,
    global_id=st.none() | LONGS,
    content_id=st.none() | LONGS,
    content_hash=TEXT,
)
# Strategies of attributes, by name and, where it differs, by class and name.
ATTRIBUTES: dict[str, st.SearchStrategy[Any]] = {
    "rule_type": st.sampled_from((None, "VALIDITY", "COMPATIBILITY", "INTEGRITY")),
    "state": st.sampled_from((None, "ENABLED", "DISABLED", "DEPRECATED")),
    "log_level": st.sampled_from((None, "DEBUG", "FINEST")),
    "action": st.none() | st.sampled_from(messages.Action),
    "meta_data": st.none() | META_DATA,
    "context": st.none() | CONTEXTS,
    "properties": PROPERTIES,
    "only_artifacts": st.booleans(),
    "latest": st.none() | st.booleans(),
    "version_id": INTS,
    "global_id": st.none() | LONGS,
    "content_id": st.none() | LONGS,
    "created_on": st.none() | LONGS,
    "content": st.none() | st.binary(),
    "ContentKey.content_id": LONGS,
    "ContentV2Key.content_id": LONGS,
    "CommentValue.global_id": LONGS,
    "GroupValue.created_on": LONGS,
    "GroupValue.modified_on": LONGS,
    "UpgraderValue.version": INTS,
    "ContentValue.action": st.sampled_from(messages.Action),
    "ContentValue.content": st.none() | st.binary(min_size=1),
    "ContentValue.canonical_hash": st.none() | st.text(min_size=1),
    "ContentValue.serialized_references": st.none() | st.text(min_size=1),
}


def instances(cls: type[Any]) -> st.SearchStrategy[Any]:
    def values(name: str) -> st.SearchStrategy[Any]:
        return ATTRIBUTES.get(f"{cls.__name__}.{name}", ATTRIBUTES.get(name, TEXT))

    return st.builds(cls, **{name: values(name) for name in cls.__struct_fields__})


KEYS = {cls.type: instances(cls) for cls in messages.Key.__args__}
VALUES = {cls.type: instances(cls) for cls in messages.Value.__args__}
STYLES = st.sampled_from(messages.ActionStyle)


def messages_of(kind: messages.MessageType) -> st.SearchStrategy[messages.Message]:
    values = st.none() | VALUES[kind] if kind in VALUES else st.none()
    return st.builds(messages.Message, KEYS[kind], values, st.builds(messages.Form, STYLES))


@pytest.mark.parametrize("kind", messages.MessageType)
@given(st.data())
def test_every_message_is_decoded_as_it_was_encoded(
    kind: messages.MessageType, data: st.DataObject
) -> None:
    message = data.draw(messages_of(kind))
    key, value = encode(message)
    decoded = decode(key, value)
    assert (decoded.key, decoded.value) == (message.key, message.value)
    assert encode(decoded) == (key, value)


@given(messages_of(messages.MessageType.CONTENT))
def test_content_without_a_references_length_is_decoded(message: messages.Message) -> None:
    if isinstance(message.value, messages.ContentValue):
        bare = structs.replace(message.value, serialized_references=None)
        message = messages.Message(message.key, bare, messages.Form(references=False))
        assert decode(*encode(message)) == message


def assert_only_undecodable(key: bytes | None, value: bytes | None) -> None:
    try:
        message = decode(key, value)
    except Undecodable:
        return
    encode(message)


JUNK = st.none() | st.binary()


@given(JUNK, JUNK)
def test_random_bytes_raise_only_undecodable(key: bytes | None, value: bytes | None) -> None:
    assert_only_undecodable(key, value)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=4,
)
NAMES = (
    "tenantId ruleType contentId action config configuration metaData labels properties globalId"
    " createdOn latest onlyArtifacts downloadContext expires type base64Content version versionId"
)


@given(st.sampled_from(messages.MessageType), st.data())
def test_any_json_raises_only_undecodable(kind: messages.MessageType, data: st.DataObject) -> None:
    names = st.sampled_from(NAMES.split())
    objects = st.dictionaries(names, JSON | st.dictionaries(names, JSON))
    key, value = (data.draw(objects) for _ in range(2))
    assert_only_undecodable(encode_json(kind, {}), encode_json(kind, value | {"action": 1}))
    assert_only_undecodable(encode_json(kind, key), None)


def encode_json(kind: int, fields: object) -> bytes:
    return bytes((kind,)) + json.dumps(fields).encode()


MUTATIONS: tuple[Callable[[bytes, int, int], bytes], ...] = (
    lambda data, index, byte: data[:index] + bytes((byte,)) + data[index + 1 :],
    lambda data, index, byte: data[:index] + bytes((byte,)) + data[index:],
    lambda data, index, _: data[:index] + data[index + 1 :],
    lambda data, index, _: data[:index],
)


@given(st.sampled_from(messages.MessageType).flatmap(messages_of), st.data())
def test_a_mutated_record_raises_only_undecodable(
    message: messages.Message, data: st.DataObject
) -> None:
    parts = list(encode(message))
    which = data.draw(st.integers(0, 1))
    part = parts[which]
    if part is None:
        return
    mutate = data.draw(st.sampled_from(MUTATIONS))
    parts[which] = mutate(
        part, data.draw(st.integers(0, len(part))), data.draw(st.integers(0, 255))
    )
    assert_only_undecodable(parts[0], parts[1])


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**65), 2**65) | st.floats() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=4,
)
TYPICAL = st.sampled_from((
    *(1, 8, 0, "CREATE", "7", -1, 2**63, 1.0, True, "", "QUJD", "QUI=", "ENABLED", "EXPORT"),
    *("VALIDITY", "2020-01-01T00:00:00Z", ["a"], ["a", None], {"name": "n"}, {"type": "EXPORT"}),
))


@st.composite
def almost_valid(draw: st.DrawFn, layouts: dict[int, Layout]) -> bytes:
    """Draw a part with the right names and any values."""
    kind = draw(st.sampled_from(sorted(layouts)))
    layout = layouts[kind]
    names = [*(item.name for item in layout.properties), "action", "type", "unknown"]
    fields = draw(st.dictionaries(st.sampled_from(names), TYPICAL | JSON, max_size=5))
    try:
        return bytes((kind,)) + orjson.dumps(fields)
    except TypeError:
        return bytes((kind,)) + json.dumps(fields).encode()


@given(key=almost_valid(KEY_LAYOUTS))
def test_a_key_is_decoded_the_same_strictly_and_by_its_layout(key: bytes) -> None:
    try:
        strict = codec._STRICT_KEYS[key[0]](key[1:])
    except codec._STRICT_ERRORS:
        return
    assert strict == KEY_LAYOUTS[key[0]].read(json.loads(key[1:]))


@given(value=almost_valid({kind: VALUE_LAYOUTS[kind] for kind in codec._STRICT_VALUES}))
def test_a_value_is_decoded_the_same_strictly_and_by_its_layout(value: bytes) -> None:
    try:
        strict = codec._STRICT_VALUES[value[0]](value[1:])
    except codec._STRICT_ERRORS:
        return
    key = codec.decode_key(bytes((value[0],)) + b"{}")
    assert codec._decode_leniently(key, value).value == strict
