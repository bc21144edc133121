"""Every type's own mistakes, each told with its place; and real schemas, in which there is none."""

from pathlib import Path

import pytest

from registry.artifact_types import ARTIFACT_TYPES, get_artifact_type
from registry.artifact_types.checks import Document, Violation
from tests.rules.contents import DATA, INVALID, VALID, XS

SCHEMAS = DATA / "schemas"


def violations(kind: str, content: str | bytes, **references: str) -> list[Violation]:
    encoded = content if isinstance(content, bytes) else content.encode()
    known = {name: text.encode() for name, text in references.items()}
    return get_artifact_type(kind).load_checks().violations(Document(encoded, known))


def text_at(content: str | bytes, violation: Violation) -> str | None:
    """What stands where the violation says it is; None if it says nothing."""
    text = content if isinstance(content, str) else content.decode("latin-1")
    lines = [*text.split("\n"), ""]
    return lines[violation.line - 1][violation.column - 1 :] if violation.line else None


@pytest.mark.parametrize(("kind", "content", "told", "at"), INVALID)
def test_a_violation_has_its_position_and_hint(
    kind: str, content: str | bytes, told: str, at: str | None
) -> None:
    result = violations(kind, content)
    fitting = [each for each in result if told in f"{each.message} {each.hint}"]
    assert fitting, result
    places = [text_at(content, each) for each in fitting]
    assert at in [each if each is None or at is None else each[: len(at)] for each in places]


@pytest.mark.parametrize(("kind", "content"), VALID)
def test_valid_contents_have_no_violations(kind: str, content: str) -> None:
    assert violations(kind, content) == []


#: Real files in which something is wrong when they stand alone, with what it is.
NOT_ALONE = {
    "-k3d-io-k3d-tree-main-pkg-config-config.versions.schema.json": "The dialect",
    "DataDog-schema-tree-main-service-catalog-version.schema.json": "The dialect",
    "JSON-schema-for-the-Grunt-clean-task.json": "Nothing is known of 'https://json.schemastore",
    "azure-deviceupdate-import-manifest-4.0.json": "Nothing is known of 'azure-deviceupdate",
    "azure-iot-edge-deployment-template-4.0.json": "Nothing is known of 'https://json.schemastore",
    "c-schemas-json-sarif-external-property-file-2.1.0-rtm.3.json": "Nothing is known of 'sarif",
    "jsbeautifyrc-nested.json": "Nothing is known of 'https://json.schemastore.org/jsbeautifyrc",
    "github.graphql": "Field 'EnterpriseOwnerInfo.repositoryDeployKeySetting",
}


def real() -> list[tuple[str, Path]]:
    return [
        (kind.name, file)
        for kind in ARTIFACT_TYPES
        for file in sorted((SCHEMAS / kind.name.lower()).rglob("*.*"))
    ]


@pytest.mark.parametrize(("kind", "file"), real(), ids=lambda each: getattr(each, "name", each))
def test_real_schemas_are_valid(kind: str, file: Path) -> None:
    checks = get_artifact_type(kind).load_checks()
    root = SCHEMAS / "protobuf"
    imports = {str(each.relative_to(root)): each.read_bytes() for each in root.rglob("*.proto")}
    known = imports if kind == "PROTOBUF" else {}
    assert checks.syntax_violations(file.read_bytes()) == []
    result = checks.violations(Document(file.read_bytes(), known))
    reason = NOT_ALONE.get(file.name)
    assert bool(result) == bool(reason), result
    assert all(reason is not None and each.message.startswith(reason) for each in result)


def test_references_are_what_a_schema_may_import() -> None:
    body = '<xs:element name="a" type="T"/></xs:schema>'
    inner = f'{XS}<xs:simpleType name="T"><xs:restriction base="xs:string"/></xs:simpleType>'
    document = Document(
        f'{XS}<xs:include schemaLocation="in/b.xsd"/>{body}'.encode(),
        {"in/b.xsd": f"{inner}</xs:schema>".encode()},
    )
    assert get_artifact_type("XSD").load_checks().violations(document) == []


@pytest.mark.parametrize("name", ["C:/a.proto", "a%20b.proto", "urn:a", "document.proto", "in/a"])
def test_a_protobuf_reference_is_found_by_every_name_that_protoc_allows(name: str) -> None:
    content = f'syntax = "proto3"; import "{name}"; message M {{ A a = 1; }}'
    document = Document(content.encode(), {name: b'syntax = "proto3"; message A {}'})
    assert get_artifact_type("PROTOBUF").load_checks().violations(document) == []


def test_two_imports_of_one_namespace_both_count() -> None:
    imports = "".join(f'<xs:import namespace="n" schemaLocation="{file}"/>' for file in "bc")
    body = '<xs:element name="b" type="n:b"/><xs:element name="c" type="n:c"/></xs:schema>'
    files = {
        name: f'{XS[:-1]} targetNamespace="n"><xs:simpleType name="{name}"><xs:restriction '
        f'base="xs:string"/></xs:simpleType></xs:schema>'
        for name in "bc"
    }
    assert violations("XSD", f'{XS[:-1]} xmlns:n="n">{imports}{body}', **files) == []


@pytest.mark.parametrize("kind", [each.name for each in ARTIFACT_TYPES])
def test_syntax_only_checks_less_than_full(kind: str) -> None:
    syntax = get_artifact_type(kind).load_checks().syntax_violations
    for wrong_kind, content, *_ in INVALID:
        encoded = content if isinstance(content, bytes) else content.encode()
        if wrong_kind == kind and syntax(encoded):
            assert violations(kind, content), content
