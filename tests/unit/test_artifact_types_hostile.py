"""Hostile content raises nothing, expands nothing and takes no more calls than its size."""

from functools import cache, partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.artifact_types import (
    ARTIFACT_TYPES,
    CanonicalGeneration,
    ExtractedMetadata,
    canonical_hash,
    detect_type,
    get_artifact_type,
)
from tests.examples import examples
from tests.rules.calls import assert_few_calls
from tests.rules.hostile_contents import EVERY_TYPE, MEGABYTE, Hostile, repeated


def handle(content: bytes, names: tuple[str, ...] = EVERY_TYPE) -> None:
    """Do all that is done to content of unknown or wrong type."""
    detect_type(content)
    for name in names:
        artifact_type = get_artifact_type(name)
        assert isinstance(artifact_type.extract(content), ExtractedMetadata)
        assert artifact_type.get_media_type(content)
        for generation in CanonicalGeneration:
            canonical_hash(name, content, generation=generation)


def billion_laughs(count: int) -> bytes:
    entities = '<!ENTITY e0 "ha">' + "".join(
        f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, count)
    )
    last = f"&e{count - 1};"
    return f'<!DOCTYPE a [{entities}]><a b="{last}">{last}</a>'.encode()


def aliases(count: int) -> bytes:
    lines = ["a0: &a0 {x: y}"]
    lines += [f"a{n}: &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * 10)}]}}" for n in range(1, count)]
    return ("openapi: 3.0.0\n" + "\n".join(lines) + f"\ninfo: *a{count - 1}\n").encode()


def namespaces(count: int) -> bytes:
    declared = b"".join(b"xmlns:p%d='urn:p' " % n for n in range(count))
    opened = b"".join(b"<b xmlns:q='urn:%d'>" % n for n in range(count))
    return b"<a " + declared + b">" + opened + b"</b>" * count + b"</a>"


HOSTILE = {
    "billion laughs": Hostile(("XML",), lambda _: billion_laughs(12)),
    "yaml aliases": Hostile(("OPENAPI",), lambda _: aliases(12)),
    "deep json arrays": Hostile(("JSON", "AVRO"), lambda _: b"[" * 100_000 + b"]" * 100_000),
    "deep json objects": Hostile(
        ("JSON", "AVRO"), lambda _: b'{"a":' * 100_000 + b"1" + b"}" * 100_000
    ),
    "deep json schema": Hostile(("JSON",), lambda _: b'{"properties":' * 900 + b"1" + b"}" * 900),
    "deep avro": Hostile(
        ("AVRO",), lambda _: b'{"type":"array","items":' * 900 + b'"int"' + b"}" * 900
    ),
    "deep yaml": Hostile(("OPENAPI",), lambda _: b"openapi: 3.0.0\nx: " + b"[" * 100_000),
    "deep yaml indents": Hostile(
        ("OPENAPI",), lambda _: b"".join(b" " * n + b"a:\n" for n in range(2000))
    ),
    "deep xml": Hostile(("XML",), lambda count: b"<a>" * count + b"</a>" * count, 100_000),
    "deep namespaces": Hostile(("XML",), namespaces, 5_000),
    "unclosed comment": Hostile(("PROTOBUF",), repeated(b"/*"), MEGABYTE),
    "many comments": Hostile(("PROTOBUF",), repeated(b"/**/"), MEGABYTE),
    "unclosed description": Hostile(("GRAPHQL",), repeated(b'"" ', b'"""'), MEGABYTE),
    "long word": Hostile(("PROTOBUF", "GRAPHQL"), repeated(b"a"), 4 * MEGABYTE),
    "long number": Hostile(("JSON",), repeated(b"9", b"[", b"]"), MEGABYTE),
    "unknown encoding": Hostile(("XML",), lambda _: b'<?xml version="1.0" encoding="rot13"?><a/>'),
    "lone surrogate": Hostile(("JSON",), lambda _: b'{"title":"\\ud800","type":"object"}'),
    "nul characters": Hostile(EVERY_TYPE, repeated(b"\0"), MEGABYTE),
}


@cache
def start_of(name: str) -> bytes:
    return HOSTILE[name].content[:300]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_content_raises_nothing(name: str) -> None:
    handle(HOSTILE[name].content, HOSTILE[name].checking_types)


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_content_takes_no_more_calls_than_its_size_asks_for(name: str) -> None:
    assert_few_calls(partial(handle, names=HOSTILE[name].checking_types), HOSTILE[name])


def test_declared_entities_are_not_expanded(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret")
    outside = f'<!DOCTYPE a [<!ENTITY e SYSTEM "{secret.as_uri()}">]><a>&e;</a>'.encode()
    inside = b'<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>'
    for content in (outside, inside, billion_laughs(3)):
        for artifact_type in ARTIFACT_TYPES:
            canonical = artifact_type.canonicalize(content, CanonicalGeneration.A2, {})
            assert canonical == content


@examples(test=150, soak=3_000)
@given(st.binary(max_size=400))
def test_random_bytes_raise_nothing(content: bytes) -> None:
    handle(content)


@examples(test=150, soak=3_000)
@given(st.text("{}[]<>\"':,/*#&!-\n\\ \0aopeni3.=x|%@", max_size=120))
def test_random_punctuation_raises_nothing(text: str) -> None:
    handle(text.encode())


@examples(test=100, soak=3_000)
@given(st.sampled_from(sorted(HOSTILE)), st.integers(0, 300), st.binary(max_size=5))
def test_damaged_content_raises_nothing(name: str, at: int, damage: bytes) -> None:
    content = start_of(name)
    handle(content[:at] + damage + content[at:])
