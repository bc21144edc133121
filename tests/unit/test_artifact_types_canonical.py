"""Canonical forms equal those that the real classes of two releases gave."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from registry.artifact_types import CanonicalGeneration, canonical_hash, get_artifact_type

CANON = Path(__file__).parents[1] / "data" / "canon"
GENERATIONS = {"2.1.4.Final": CanonicalGeneration.A1, "2.6.13.Final": CanonicalGeneration.A2}

Row = dict[str, Any]


def rows(release: str) -> list[Row]:
    text = (CANON / f"canon-vectors-{release}.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.split("\n") if line]


def is_reached(release: str, type_name: str, row: Row) -> bool:
    named = row.get("resolvedReferences", {})
    references = {name: text.encode() for name, text in named.items()}
    canonical = get_artifact_type(type_name).canonicalize(
        row["content"].encode(), GENERATIONS[release], references
    )
    return canonical == str(row["canonical"]).encode()


def test_every_row_is_reached() -> None:
    missed = {
        (release, row["contentSha256"][:12])
        for release in GENERATIONS
        for row in rows(release)
        for type_name in row["artifactType"].split("/")
        if not is_reached(release, type_name, row)
    }
    assert missed == set()


def test_the_hash_is_that_of_the_canonical_form() -> None:
    content = b'{"type":"record","namespace":"foo","name":"User1","fields":[]}'
    a2 = b'{"type":"record","name":"User1","namespace":"foo","doc":"","fields":[]}'
    assert canonical_hash("AVRO", content) == hashlib.sha256(a2).hexdigest()


def test_references_are_hashed_after_the_canonical_form() -> None:
    references = '[{"groupId":"g"}]'
    expected = hashlib.sha256(b"{}" + references.encode()).hexdigest()
    assert canonical_hash("JSON", b"{ }", references) == expected


@pytest.mark.parametrize("type_name", [None, "CUSTOM"])
def test_content_of_an_unknown_type_is_its_own_canonical_form(type_name: str | None) -> None:
    assert canonical_hash(type_name, b"{ }") == hashlib.sha256(b"{ }").hexdigest()


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("0.002", "0.002"),
        ("9999999.5", "9999999.5"),
        ("1e7", "1.0E7"),
        ("1.5e-5", "1.5E-5"),
        ("-1e400", '"-Infinity"'),
        ("-0", "0"),
        ('"\\u001f\\u007f\\n"', '"\\u001F\x7f\\n"'),
        ('"\\ud800"', '"?"'),
    ],
)
def test_scalars_are_printed_as_java_prints_them(written: str, printed: str) -> None:
    canonical = get_artifact_type("JSON").canonicalize(
        f"[{written}]".encode(), CanonicalGeneration.A2, {}
    )
    assert canonical.decode() == f"[{printed}]"


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        (
            '<?p  q?><a xmlns:u="urn:u" y="1" u:x="2" xmlns="urn:d"><b xmlns=""/></a><!-- c -->',
            '<?p q?>\n<a xmlns="urn:d" xmlns:u="urn:u" y="1" u:x="2"><b xmlns=""></b></a>',
        ),
        ("<a b='&#10;&quot;'>&#13;</a>\n<?p?>", '<a b="&#xA;&quot;">&#xD;</a>\n<?p?>'),
        (
            '<a xml:lang="en" xmlns:u="urn:u"><u:b xmlns:u="urn:u"/></a>',
            '<a xmlns:u="urn:u" xml:lang="en"><u:b></u:b></a>',
        ),
        # What libxml2 prints otherwise than Santuario, Apicurio's library.
        (
            '<!DOCTYPE a [<!ATTLIST a x CDATA "1">]><a y="2"/>',
            '<a x="1" y="2"></a>',
        ),
        ('<a xmlns="http://exámple/"/>', '<a xmlns="http://exámple/"></a>'),
    ],
)
def test_xml_is_printed_in_canonical_form(written: str, printed: str) -> None:
    canonical = get_artifact_type("XML").canonicalize(written.encode(), CanonicalGeneration.A2, {})
    assert canonical.decode() == printed


@pytest.mark.parametrize(
    "content",
    [
        b'{"type":"record","name":"R","fields":[{"name":"a","type":"n.Unknown"}]}',
        b'[{"type":"fixed","name":"F","size":1},{"type":"fixed","name":"F","size":1}]',
        b'{"type":"enum","name":"E","symbols":["A","A"]}',
        b'{"type":"fixed","name":"F","size":-1}',
        b'{"type":"record","name":"1R","fields":[]}',
        b"7",
    ],
)
def test_content_that_is_no_avro_schema_stays_as_it_is(content: bytes) -> None:
    assert get_artifact_type("AVRO").canonicalize(content, CanonicalGeneration.A2, {}) == content
