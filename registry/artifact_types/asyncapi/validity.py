"""Checks AsyncAPI documents: 2.0 to 2.6, 3.0 and 3.1, in JSON or YAML."""

from collections.abc import Iterator
from pathlib import Path

from registry.artifact_types.asyncapi.channels import (
    channel_violations,
    iter_secured,
    operation_violations,
)
from registry.artifact_types.checks import Document, Violation
from registry.artifact_types.syntax import api_documents
from registry.artifact_types.syntax.api_documents import inner_object
from registry.artifact_types.syntax.documents import ParsedDocument
from registry.artifact_types.syntax.json_objects import iter_objects

_SCHEMAS = Path(__file__).with_name("schemas")
_UNIQUE_KEYS = ("operationId", "messageId")


def syntax_violations(content: bytes) -> list[Violation]:
    return api_documents.syntax_violations(content, "asyncapi")


def violations(document: Document) -> list[Violation]:
    """Check by the schema of the version, and by the specification's rules beside it."""
    keys = ("asyncapi",)
    return api_documents.violations(document, _SCHEMAS, keys, _find_schema, _meaning_violations)


def _find_schema(_key: str, version: str) -> str | None:
    """Return the name of a version's schema; patch releases have none of their own."""
    name = ".".join([*version.split(".")[:2], "0"])
    return name if name in {file.stem for file in _SCHEMAS.glob("*.json")} else None


def _meaning_violations(document: ParsedDocument, version: str) -> Iterator[Violation]:
    yield from _duplicate_ids(document)
    yield from channel_violations(document, version)
    if not version.startswith("2."):
        yield from operation_violations(document)
        return
    yield from api_documents.tag_violations(document)
    yield from api_documents.security_violations(
        document,
        iter_secured(document.value),
        inner_object(inner_object(document.value, "components"), "securitySchemes"),
        may_list_roles=False,
        may_be_addresses=False,
    )


def _duplicate_ids(document: ParsedDocument) -> Iterator[Violation]:
    known: set[tuple[str, str]] = set()
    for path, value in iter_objects(document.value):
        for key in _UNIQUE_KEYS:
            identifier = value.get(key)
            if isinstance(identifier, str) and (key, identifier) in known:
                message = f"The {key} {identifier!r} is there twice"
                yield document.violation(message, (*path, key))
            known.add((key, str(identifier)))
