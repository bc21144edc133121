"""Checks OpenAPI documents: 2.0, 3.0, 3.1 and 3.2, in JSON or YAML."""

from collections.abc import Iterator
from pathlib import Path

from registry.artifact_types.checks import Document, Violation
from registry.artifact_types.openapi import operations
from registry.artifact_types.syntax import api_documents
from registry.artifact_types.syntax.api_documents import inner_object
from registry.artifact_types.syntax.documents import ParsedDocument

_SCHEMAS = Path(__file__).with_name("schemas")
_KEYS = ("openapi", "swagger")


def syntax_violations(content: bytes) -> list[Violation]:
    return api_documents.syntax_violations(content, *_KEYS)


def violations(document: Document) -> list[Violation]:
    """Check by the schema of the version, and by the specification's rules beside it."""
    return api_documents.violations(document, _SCHEMAS, _KEYS, _find_schema, _meaning_violations)


def _find_schema(key: str, version: str) -> str | None:
    if key == "swagger":
        return "2.0" if version == "2.0" else None
    minor = ".".join(version.split(".")[:2])
    return minor if minor in {"3.0", "3.1", "3.2"} else None


def _meaning_violations(document: ParsedDocument, version: str) -> Iterator[Violation]:
    value = document.value
    declared = operations.find_operations(value)
    yield from operations.operation_id_violations(document, declared)
    yield from operations.link_violations(document, declared)
    yield from operations.template_violations(document, declared)
    yield from operations.parameter_violations(document, declared, version)
    yield from operations.path_violations(document)
    yield from api_documents.tag_violations(document)
    components = inner_object(value, "components")
    is_version_2 = version == "2.0"
    schemes = (value, "securityDefinitions") if is_version_2 else (components, "securitySchemes")
    own: api_documents.Located = ((), value if isinstance(value, dict) else {})
    yield from api_documents.security_violations(
        document,
        [own, *((operation.path, operation.value) for operation in declared)],
        inner_object(*schemes),
        may_list_roles=version.startswith(("3.1", "3.2")),
        may_be_addresses=version.startswith("3.2"),
    )
