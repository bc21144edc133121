"""Hostile content raises nothing, expands nothing and is done with soon."""

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.artifact_types import (
    ARTIFACT_TYPES,
    CanonicalGeneration,
    Extracted,
    canonical_hash,
    detect,
)

MEGABYTE = 1024 * 1024
# Far above what the slowest takes, far below what any expansion or backtracking would.
SECONDS_ALLOWED = 10


def handle(content: bytes) -> None:
    """All that is done to content, by every type, whatever it was detected as."""
    detect(content)
    for artifact_type in ARTIFACT_TYPES:
        extracted = artifact_type.extract(content)
        assert isinstance(extracted, Extracted)
        assert artifact_type.media_type_of(content)
        for generation in CanonicalGeneration:
            canonical_hash(artifact_type.name, content, generation=generation)


def laughs(count: int) -> bytes:
    entities = '<!ENTITY e0 "ha">' + "".join(
        f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, count)
    )
    last = f"&e{count - 1};"
    return f'<!DOCTYPE a [{entities}]><a b="{last}">{last}</a>'.encode()


def aliases(count: int) -> bytes:
    lines = ["a0: &a0 {x: y}"]
    lines += [f"a{n}: &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * 10)}]}}" for n in range(1, count)]
    return ("openapi: 3.0.0\n" + "\n".join(lines) + f"\ninfo: *a{count - 1}\n").encode()


HOSTILE = {
    "billion laughs": laughs(12),
    "yaml aliases": aliases(12),
    "deep json arrays": b"[" * 100_000 + b"]" * 100_000,
    "deep json objects": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "deep json schema": b'{"properties":' * 900 + b"1" + b"}" * 900,
    "deep avro": b'{"type":"array","items":' * 900 + b'"int"' + b"}" * 900,
    "deep yaml": b"openapi: 3.0.0\nx: " + b"[" * 100_000,
    "deep yaml indents": b"".join(b" " * n + b"a:\n" for n in range(2000)),
    "deep xml": b"<a>" * 100_000 + b"</a>" * 100_000,
    "deep namespaces": b"<a "
    + b"".join(b"xmlns:p%d='urn:p' " % n for n in range(5000))
    + b">"
    + b"".join(b"<b xmlns:q='urn:%d'>" % n for n in range(5000))
    + b"</b>" * 5000
    + b"</a>",
    "unclosed comment": b"/*" * MEGABYTE,
    "many comments": b"/**/" * MEGABYTE,
    "unclosed description": b'"""' + b'"" ' * MEGABYTE,
    "long word": b"a" * (4 * MEGABYTE),
    "long number": b"[" + b"9" * MEGABYTE + b"]",
    "unknown encoding": b'<?xml version="1.0" encoding="rot13"?><a/>',
    "lone surrogate": b'{"title":"\\ud800","type":"object"}',
    "nul characters": b"\0" * MEGABYTE,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_content_is_handled_soon(name: str) -> None:
    started = time.monotonic()
    handle(HOSTILE[name])
    assert time.monotonic() - started < SECONDS_ALLOWED


def test_declared_entities_are_not_expanded(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret")
    outside = f'<!DOCTYPE a [<!ENTITY e SYSTEM "{secret.as_uri()}">]><a>&e;</a>'.encode()
    inside = b'<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>'
    for content in (outside, inside, laughs(3)):
        for artifact_type in ARTIFACT_TYPES:
            canonical = artifact_type.canonicalize(content, CanonicalGeneration.A2, {})
            assert canonical == content


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400))
def test_random_bytes_raise_nothing(content: bytes) -> None:
    handle(content)


@settings(max_examples=150, deadline=None)
@given(st.text("{}[]<>\"':,/*#&!-\n\\ \0aopeni3.=x|%@", max_size=120))
def test_random_punctuation_raises_nothing(text: str) -> None:
    handle(text.encode())


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(sorted(HOSTILE)), st.integers(0, 300), st.binary(max_size=5))
def test_damaged_content_raises_nothing(name: str, at: int, damage: bytes) -> None:
    content = HOSTILE[name][:300]
    handle(content[:at] + damage + content[at:])
