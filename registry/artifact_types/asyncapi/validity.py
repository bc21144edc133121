"""Whether content is an AsyncAPI document: 2.0 to 2.6, 3.0 or 3.1, in JSON or YAML."""

from collections.abc import Iterator
from pathlib import Path

from registry.artifact_types.checks import Document, Violation
from registry.artifact_types.syntax import api_documents
from registry.artifact_types.syntax.documents import Structured
from registry.artifact_types.syntax.json_references import objects

_SCHEMAS = Path(__file__).with_name("schemas")
_NAMES = ("operationId", "messageId")


def syntax_violations(content: bytes) -> list[Violation]:
    return api_documents.syntax_violations(content, "asyncapi")


def violations(document: Document) -> list[Violation]:
    """By the schema of its version; what has a name of its own has it alone."""
    versions = {"asyncapi": _schema_of}
    return api_documents.violations(document, _SCHEMAS, versions, lambda read: [*_doubled(read)])


def _schema_of(version: str) -> str | None:
    """Patch releases have no schema of their own."""
    minor = ".".join([*version.split(".")[:2], "0"])
    return minor if (_SCHEMAS / f"{minor}.json").name in _known() else None


def _known() -> set[str]:
    return {each.name for each in _SCHEMAS.glob("*.json")}


def _doubled(read: Structured) -> Iterator[Violation]:
    seen: set[tuple[str, str]] = set()
    for path, each in objects(read.value):
        for key in _NAMES:
            named = each.get(key)
            if isinstance(named, str) and (key, named) in seen:
                yield read.violation(f"The {key} {named!r} is there twice", (*path, key))
            seen.add((key, str(named)))
