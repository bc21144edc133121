"""Real schemas are told apart, named and given the media type of their syntax."""

from pathlib import Path

import pytest

from registry.artifact_types import (
    ARTIFACT_TYPES,
    ExtractedMetadata,
    UnknownArtifactType,
    detect_type,
    get_artifact_type,
    get_media_type,
)

SCHEMAS = Path(__file__).parents[1] / "data" / "schemas"
FILES = sorted(path for path in SCHEMAS.rglob("*") if path.is_file())


def detected(content: bytes, content_type: str | None = None) -> str | None:
    found = detect_type(content, content_type)
    return found.name if found else None


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SCHEMAS)))
def test_a_real_schema_is_detected_as_its_folder_says(path: Path) -> None:
    folder = path.relative_to(SCHEMAS).parts[0]
    assert detected(path.read_bytes()) == folder.upper()


def test_all_real_schemas_are_here() -> None:
    assert len(FILES) == 120


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b'"string"', "AVRO"),
        (b'["null", "foo.Bar"]', "AVRO"),
        (b'{"type":"map","values":"long"}', "AVRO"),
        (b'{"type":"object"}', "JSON"),
        (b'{"connector.class":"x.Sink","tasks.max":"1"}', "KCONNECT"),
        (b'{"name":"c","config":{"connector.class":"x.Sink"}}', "KCONNECT"),
        (b"swagger: '2.0'\ninfo: {title: x}", "OPENAPI"),
        (b"// c\n/* d */ message M { string s = 1; }", "PROTOBUF"),
        (b'"""d""" type Query { a: Int }', "GRAPHQL"),
        (b'<definitions xmlns="http://schemas.xmlsoap.org/wsdl/"/>', "WSDL"),
        (b'<w:description xmlns:w="http://www.w3.org/ns/wsdl"/>', "WSDL"),
        (b"<a/>", "XML"),
        (b'{"a":1}', None),
        (b"plain words", None),
        (b"", None),
    ],
)
def test_content_is_detected_by_its_shape(content: bytes, name: str | None) -> None:
    assert detected(content) == name


def test_a_content_type_decides_where_the_content_is_silent() -> None:
    assert detected(b"// nothing yet", "application/x-protobuf") == "PROTOBUF"
    assert detected(b"# nothing yet", "application/graphql; charset=utf-8") == "GRAPHQL"


@pytest.mark.parametrize(
    ("type_name", "content", "extracted"),
    [
        (
            "AVRO",
            b'{"type":"record","name":"User1","namespace":"foo","doc":"d","fields":[]}',
            ExtractedMetadata(name="User1"),
        ),
        ("JSON", b'{"title":"Order","description":"d"}', ExtractedMetadata("Order", "d")),
        ("OPENAPI", b'{"openapi":"3.0.2","info":{"title":"T"}}', ExtractedMetadata("T")),
        (
            "ASYNCAPI",
            b"asyncapi: 2.0.0\ninfo:\n  title: T\n  description: d",
            ExtractedMetadata("T", "d"),
        ),
        ("WSDL", b'<definitions name="W"/>', ExtractedMetadata("W")),
        ("XSD", b'<schema name="W"/>', ExtractedMetadata()),
        ("PROTOBUF", b"message M {}", ExtractedMetadata()),
        ("JSON", b'{"title":7}', ExtractedMetadata()),
    ],
)
def test_name_and_description_are_extracted(
    type_name: str, content: bytes, extracted: ExtractedMetadata
) -> None:
    assert get_artifact_type(type_name).extract(content) == extracted


def test_the_media_type_follows_the_syntax() -> None:
    assert get_media_type("OPENAPI", b"openapi: 3.0.0") == "application/x-yaml"
    assert get_media_type("ASYNCAPI", b'{"asyncapi":"2.0.0"}') == "application/json"
    assert get_media_type("PROTOBUF", b"") == "application/x-protobuf"
    assert all(known.media_type for known in ARTIFACT_TYPES)


def test_an_unknown_type_is_rejected_with_the_known_names() -> None:
    with pytest.raises(UnknownArtifactType, match=r"'THRIFT'.*ASYNCAPI, AVRO, .*XSD"):
        get_artifact_type("THRIFT")
