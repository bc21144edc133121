"""Schemas, documents and names within WSDL 1.1, in whatever order they stand."""

from itertools import permutations
from pathlib import Path

import pytest

from registry.artifact_types import get_artifact_type
from registry.artifact_types.checks import Document
from tests.rules.type_checks import connections_rejected

PREFIXES = (
    'xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:t="urn:t" xmlns:a="urn:a" xmlns:b="urn:b"'
    ' xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/"'
    ' xmlns:soap12="http://schemas.xmlsoap.org/wsdl/soap12/"'
)
#: A needs B, B needs A, and C is more of B.
A = (
    f'<xsd:schema {PREFIXES} targetNamespace="urn:a"><xsd:import namespace="urn:b"/>'
    '<xsd:element name="x" type="b:T"/></xsd:schema>'
)
B = (
    f'<xsd:schema {PREFIXES} targetNamespace="urn:b"><xsd:import namespace="urn:a"/>'
    '<xsd:simpleType name="T"><xsd:restriction base="xsd:string"/></xsd:simpleType>'
    '<xsd:group name="g"><xsd:sequence><xsd:element ref="a:x"/></xsd:sequence></xsd:group>'
    "</xsd:schema>"
)
C = (
    f'<xsd:schema {PREFIXES} targetNamespace="urn:b">'
    '<xsd:simpleType name="U"><xsd:restriction base="b:T"/></xsd:simpleType></xsd:schema>'
)
FILES = (
    '<xsd:schema><xsd:import namespace="urn:a" schemaLocation="a.xsd"/>'
    '<xsd:import namespace="urn:b" schemaLocation="b.xsd"/></xsd:schema>'
)
MESSAGE = '<message name="m"><part name="p" element="a:x"/></message>'
PORT = (
    '<portType name="P"><operation name="o"><input message="t:m"/><output message="t:m"/>'
    "</operation></portType>"
)


def wsdl(*parts: str, namespace: str = "urn:t") -> str:
    return (
        f'<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" {PREFIXES} '
        f'targetNamespace="{namespace}">{"".join(parts)}</definitions>'
    )


def types(*schemas: str) -> str:
    return f"<types>{''.join(schemas)}</types>"


def binding(inner: str, soap: str = "soap") -> str:
    return f'<binding name="{soap}" type="t:P"><{soap}:binding transport="urn:x"/>{inner}</binding>'


def messages(content: str, **references: str) -> list[str]:
    known = {name.replace("_", "."): text.encode() for name, text in references.items()}
    checks = get_artifact_type("WSDL").load_checks()
    return [each.message for each in checks.violations(Document(content.encode(), known))]


@pytest.mark.parametrize("schemas", [*permutations([A, B, C])])
def test_schemas_use_each_other_in_any_order(schemas: tuple[str, ...]) -> None:
    assert messages(wsdl(types(*schemas), MESSAGE)) == []


@pytest.mark.parametrize("schemas", [*permutations([FILES, C])])
def test_schemas_use_imported_files_in_any_order(schemas: tuple[str, ...]) -> None:
    assert messages(wsdl(types(*schemas), MESSAGE), a_xsd=A, b_xsd=B) == []


@pytest.mark.parametrize("schemas", [*permutations([FILES, B])])
def test_a_file_that_repeats_a_schema_is_not_taken_twice(schemas: tuple[str, ...]) -> None:
    assert messages(wsdl(types(*schemas), MESSAGE), a_xsd=A, b_xsd=B) == []


def test_a_schema_may_be_imported_like_a_document() -> None:
    imported = '<import namespace="urn:a" location="a.xsd"/>'
    assert messages(wsdl(imported, types(B), MESSAGE), a_xsd=A) == []


def test_documents_may_import_each_other() -> None:
    imported = '<import namespace="urn:a" location="a.wsdl"/>'
    back = '<import namespace="urn:t" location="document"/>'
    inner = '<portType name="Q"><operation name="o"><input message="t:m"/></operation></portType>'
    port = PORT.replace("t:m", "a:n")
    both = MESSAGE.replace('"m"', '"n"')
    other = wsdl(back, types(A, B), both, inner, namespace="urn:a")
    assert messages(wsdl(imported, MESSAGE, port), a_wsdl=other) == []


def test_a_namespace_may_be_spread_over_documents() -> None:
    message = wsdl('<message name="m"/>')
    own = wsdl('<import namespace="urn:t" location="m.wsdl"/>', PORT)
    assert messages(own, m_wsdl=message) == []
    # By the schema of WSDL, one document imports a namespace once.
    twice = "".join(f'<import namespace="urn:t" location="{name}.wsdl"/>' for name in "mn")
    (key,) = messages(wsdl(twice), m_wsdl=message, n_wsdl=wsdl('<message name="n"/>'))
    assert key.startswith("duplicated value (AnyURI('urn:t'),)")
    through = wsdl('<import namespace="urn:t" location="n.wsdl"/>', '<message name="m"/>')
    assert messages(own, m_wsdl=through, n_wsdl=wsdl('<message name="n"/>')) == []


def test_a_document_is_imported_by_its_own_namespace() -> None:
    content = wsdl('<import namespace="urn:b" location="a.wsdl"/>')
    assert messages(content, a_wsdl=wsdl(namespace="urn:a")) == [
        "'a.wsdl' has the namespace 'urn:a', and not 'urn:b', by which it is imported"
    ]


def test_what_is_wrong_in_a_schema_is_reported_at_its_line() -> None:
    checks = get_artifact_type("WSDL").load_checks()
    content = wsdl("\n", types("\n", A.replace("b:T", "b:Z"), B), MESSAGE).encode()
    (violation,) = checks.violations(Document(content))
    assert (violation.message, violation.line) == ("unknown type 'b:Z'", 3)


@pytest.mark.parametrize(
    ("schemas", "message"),
    [
        ([A], "unknown type 'b:T'"),
        ([B], "unknown element '{urn:a}x'"),
        ([A, B, B], "global xs:simpleType with name='{urn:b}T' is already loaded"),
        ([A, B.replace("base=", "bas=")], "attribute 'bas' not allowed"),
        ([A.replace('<xsd:import namespace="urn:b"/>', ""), B], "has not an xs:import statement"),
    ],
)
def test_a_wrong_schema_is_wrong_in_any_order(schemas: list[str], message: str) -> None:
    for ordered in permutations(schemas):
        assert message in "\n".join(messages(wsdl(types(*ordered))))


def test_a_prefix_may_be_declared_where_it_is_used() -> None:
    part = '<message name="m"><part name="p" xmlns:q="urn:{}" element="q:x"/></message>'
    assert messages(wsdl(types(A, B), part.format("a"))) == []
    assert messages(wsdl(types(A, B), part.format("z"))) == ["missing schema element '{urn:z}x'"]


def test_a_port_type_may_have_bindings_of_soap_1_1_and_1_2() -> None:
    operation = '<operation name="o"><input/><output/></operation>'
    both = binding(operation), binding(operation, "soap12")
    assert messages(wsdl(types(A, B), MESSAGE, PORT, *both)) == []


NAMED = PORT.replace("<input ", '<input name="i" ')
OVERLOADED = (
    '<portType name="P"><operation name="o"><input name="i" message="t:m"/></operation>'
    '<operation name="o"><input name="j" message="t:m"/></operation></portType>'
)


@pytest.mark.parametrize(
    ("port", "operation", "is_found"),
    [
        (NAMED, '<operation name="o"><input/><output/></operation>', True),
        (NAMED, '<operation name="o"><input name="i"/><output/></operation>', True),
        (NAMED, '<operation name="o"><input name="j"/><output/></operation>', False),
        (PORT, '<operation name="o"><input name="oRequest"/><output/></operation>', True),
        (PORT, '<operation name="o"><input/><output name="oResponse"/></operation>', True),
        (PORT, '<operation name="o"><input name="o"/><output/></operation>', False),
        (PORT, '<operation name="p"><input/><output/></operation>', False),
        (OVERLOADED, '<operation name="o"><input name="j"/></operation>', True),
        (OVERLOADED, '<operation name="o"><input/></operation>', False),
    ],
)
def test_a_binding_names_messages_where_it_has_to(
    port: str, operation: str, is_found: bool
) -> None:
    result = messages(wsdl(types(A, B), MESSAGE, port, binding(operation)))
    assert (result == []) is is_found, result


@pytest.mark.parametrize("place", ["http://127.0.0.1:9/b.xsd", "{outside}", "file://{outside}"])
def test_nothing_is_read_but_the_references(tmp_path: Path, place: str) -> None:
    outside = tmp_path / "b.xsd"
    outside.write_text(B.replace('<xsd:import namespace="urn:a"/>', "").replace("a:x", "b:y"))
    location = place.format(outside=outside)
    schema = (
        '<xsd:schema targetNamespace="urn:c">'
        f'<xsd:import namespace="urn:b" schemaLocation="{location}"/>'
        '<xsd:element name="y" type="b:T"/></xsd:schema>'
    )
    imported = f'<import namespace="urn:b" location="{location}"/>'
    with connections_rejected():
        for content in (wsdl(types(schema)), wsdl(imported, MESSAGE)):
            assert f"Nothing is known of {location!r}, which is imported" in messages(content)


def test_what_is_unknown_is_named_and_no_object_of_a_library() -> None:
    content = (
        b'<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:t="urn:t" '
        b'targetNamespace="urn:t"><portType name="P"><operation name="o">'
        b'<input message="t:None"/></operation></portType></definitions>'
    )
    violations = get_artifact_type("WSDL").load_checks().violations(Document(content))
    assert [each.message for each in violations] == ["unknown message '{urn:t}None'"]
