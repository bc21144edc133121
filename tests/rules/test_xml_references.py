"""References of XML Schemas and WSDL documents: however they are named, they are found or told."""

from pathlib import Path
from urllib.request import urlopen

import pytest

from registry.artifact_types import get_artifact_type
from registry.artifact_types.checks import Document
from tests.rules.type_checks import connections_rejected

XS = '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:b="urn:b"'
STRING = '<xs:simpleType name="T"><xs:restriction base="xs:string"/></xs:simpleType>'
TYPES = f'{XS} targetNamespace="urn:b">{STRING}</xs:schema>'.encode()
WSDL = '<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:o="urn:o" targetNamespace='
MESSAGES = f'{WSDL}"urn:o"><message name="M"/></definitions>'.encode()
LOCATIONS = (
    *("b.xsd", "./b.xsd", "../b.xsd", "../../b.xsd", "/b.xsd", "in/../b.xsd", "b.xsd#part", "b?v"),
    *("http://x.example/b.xsd", "file:///etc/b.xsd", "urn:x:b", "C:\\b.xsd", "http://["),
    *("a%20b.xsd", "a b.xsd", "%2e%2e/b.xsd", "ü.xsd", f"{'long' * 90}.xsd", "document", "%"),
)  # fmt: skip


def importing(kind: str, location: str) -> bytes:
    """A document that needs what is at the location."""
    if kind == "XSD":
        return (
            f'{XS}><xs:import namespace="urn:b" schemaLocation="{location}"/>'
            '\n<xs:element name="e" type="b:T"/></xs:schema>'
        ).encode()
    return (
        f'{WSDL}"urn:w"><import namespace="urn:o" location="{location}"/><portType name="p">'
        '<operation name="x"><input message="o:M"/></operation></portType></definitions>'
    ).encode()


IMPORTED = {"XSD": TYPES, "WSDL": MESSAGES}


@pytest.mark.parametrize(
    ("kind", "location"),
    [
        *(("XSD", location) for location in LOCATIONS),
        # One place writes the files of both; a WSDL document takes ten times as long.
        *(("WSDL", location) for location in ("../b.xsd", "/b.xsd", "http://x.example/b", "a%20b")),
    ],
)
def test_a_reference_is_found_however_it_is_named(kind: str, location: str) -> None:
    checks = get_artifact_type(kind).load_checks()
    assert checks.unresolved_references is not None
    content = importing(kind, location)
    known = Document(content, {location: IMPORTED[kind]})
    assert checks.violations(known) == []
    assert checks.unresolved_references(known, {location}) == []

    unknown = Document(content)
    messages = [violation.message for violation in checks.violations(unknown)]
    assert f"Nothing is known of {location!r}, which is imported" in messages
    assert not [text for text in messages if "annals-" in text or "tmp" in text or "Errno" in text]
    assert [each.names for each in checks.unresolved_references(unknown, ())] == [(location,)]


@pytest.mark.parametrize(
    ("location", "name"),
    [("./b.xsd", "b.xsd"), ("b.xsd", "./b.xsd"), ("in/../b.xsd", "b.xsd"), ("a%20b", "a b")],
)
def test_two_spellings_of_one_path_are_one_reference(location: str, name: str) -> None:
    checks = get_artifact_type("XSD").load_checks()
    assert checks.unresolved_references is not None
    document = Document(importing("XSD", location), {name: TYPES})
    assert checks.violations(document) == []
    assert checks.unresolved_references(document, {name}) == []


@pytest.mark.parametrize("inner_name", ["../c.xsd", "c.xsd"])
def test_a_reference_refers_to_others_by_its_own_spelling_or_its_place(inner_name: str) -> None:
    outer = f'{XS} targetNamespace="urn:b"><xs:include schemaLocation="../c.xsd"/></xs:schema>'
    references = {"in/b.xsd": outer.encode(), inner_name: TYPES}
    checks = get_artifact_type("XSD").load_checks()
    assert checks.violations(Document(importing("XSD", "in/b.xsd"), references)) == []


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "iso-8859-1"])
def test_locations_are_found_in_every_encoding(encoding: str) -> None:
    declared = "utf-16" if encoding.startswith("utf") else encoding
    text = f'<?xml version="1.0" encoding="{declared}"?>{importing("XSD", "../b.xsd").decode()}'
    document = Document(text.encode(encoding), {"../b.xsd": TYPES})
    assert get_artifact_type("XSD").load_checks().violations(document) == []


@pytest.mark.parametrize("kind", ["XSD", "WSDL"])
def test_a_document_type_without_declarations_is_left_alone(kind: str) -> None:
    """As W3C's own schemas have it; the file that it names is not read."""
    doctype = b'<!DOCTYPE xs:schema PUBLIC "-//W3C//DTD XMLSCHEMA 200102//EN" "file:///etc/x">\n'
    content = doctype + importing(kind, "b.xsd")
    checks = get_artifact_type(kind).load_checks()
    assert checks.violations(Document(content, {"b.xsd": doctype + IMPORTED[kind]})) == []


@pytest.mark.parametrize("content", [b"{}", b"<a>", b'<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>'])
@pytest.mark.parametrize("kind", ["XSD", "WSDL"])
def test_a_reference_that_cannot_be_read_is_told_by_its_name(kind: str, content: bytes) -> None:
    document = Document(importing(kind, "../b"), {"../b": content})
    messages = [each.message for each in get_artifact_type(kind).load_checks().violations(document)]
    assert messages[0].startswith("The reference '../b' can't be read: The ")


def hostile(kind: str, location: str) -> list[bytes]:
    """Documents that would read the location, were libraries to follow what they say."""
    schema = (
        f'{XS}><xs:import namespace="urn:b" schemaLocation="{location}"/>'
        f'<xs:include schemaLocation="{location}"/><xs:element name="e" type="b:T"/></xs:schema>'
    )
    hint = (
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        f'xsi:schemaLocation="urn:b {location}" xsi:noNamespaceSchemaLocation="{location}"'
    )
    in_wsdl = f'{WSDL}"urn:w" {hint}><types>{schema}</types></definitions>'
    own = [schema.replace(" xmlns:b=", f" {hint} xmlns:b=")] if kind == "XSD" else [in_wsdl]
    return [importing(kind, location), *(each.encode() for each in own)]


@pytest.mark.parametrize("kind", ["XSD", "WSDL"])
def test_no_location_reads_a_file_of_this_machine_or_asks_another(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = tmp_path / "secret.xml"
    secret.write_bytes(IMPORTED[kind])
    asked: list[str] = []

    def recorded(url: str, timeout: float) -> object:
        asked.append(url)
        return urlopen(url, timeout=timeout)

    monkeypatch.setattr("xmlschema.resources.xml_resource.urlopen", recorded)
    checks = get_artifact_type(kind).load_checks()
    with connections_rejected():
        for location in (str(secret), secret.as_uri(), "../secret.xml", "http://127.0.0.1:9/"):
            for content in hostile(kind, location):
                checks.violations(Document(content, {"unused": content}))
            found = checks.violations(Document(importing(kind, location)))
            assert found[-1].message == f"Nothing is known of {location!r}, which is imported"
    assert asked
    assert not [url for url in asked if "/annals-" not in url and "/xmlschema/" not in url]
