"""Whether content is an OpenAPI document: 2.0, 3.0, 3.1 or 3.2, in JSON or YAML."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from registry.artifact_types.checks import Document, Violation
from registry.artifact_types.syntax import api_documents
from registry.artifact_types.syntax.documents import ParsedDocument
from registry.artifact_types.syntax.json_references import resolve_pointer

_SCHEMAS = Path(__file__).with_name("schemas")
_KEYS = ("openapi", "swagger")
_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace", "query")
_TEMPLATE = re.compile(r"\{([^{}]+)\}")


def syntax_violations(content: bytes) -> list[Violation]:
    return api_documents.syntax_violations(content, *_KEYS)


def violations(document: Document) -> list[Violation]:
    """Check by the schema of its version; ids are unique, and paths have their parameters."""
    return api_documents.violations(document, _SCHEMAS, _KEYS, _find_schema, _operation_violations)


def _find_schema(key: str, version: str) -> str | None:
    if key == "swagger":
        return "2.0" if version == "2.0" else None
    minor = ".".join(version.split(".")[:2])
    return minor if minor in {"3.0", "3.1", "3.2"} else None


def _operation_violations(document: ParsedDocument) -> list[Violation]:
    duplicate_ids: list[Violation] = []
    wrong_parameters: list[Violation] = []
    seen: set[str] = set()
    for path, method, operation in _iter_operations(document.value):
        location = ("paths", path, method)
        operation_id = operation.get("operationId")
        if isinstance(operation_id, str) and operation_id in seen:
            message = f"The operationId {operation_id!r} is there twice"
            duplicate_ids.append(document.violation(message, (*location, "operationId")))
        seen.add(str(operation_id))
        declared = _declared_parameters(document.value, path, operation)
        if declared is None:
            continue
        templated = set(_TEMPLATE.findall(path))
        for name in sorted(templated - declared):
            message = f"The path has {{{name}}}, and the operation has no such parameter"
            hint = f'Add a parameter {name!r} with "in": "path".'
            wrong_parameters.append(document.violation(message, location, hint))
        for name in sorted(declared - templated):
            message = f"The parameter {name!r} is one of the path, which has no {{{name}}}"
            hint = "Mend its name, or the path."
            wrong_parameters.append(document.violation(message, location, hint))
    return [*duplicate_ids, *wrong_parameters]


def _iter_operations(value: Any) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    paths = value.get("paths")
    for path, item in (paths if isinstance(paths, dict) else {}).items():
        for method, operation in (item if isinstance(item, dict) else {}).items():
            if method in _METHODS and isinstance(operation, dict):
                yield path, method, operation


def _declared_parameters(value: Any, path: str, operation: Mapping[str, Any]) -> set[str] | None:
    """Name the path's parameters; None where some of them stand in another document."""
    item = value["paths"][path]
    names: set[str] = set()
    for parameters in (item.get("parameters"), operation.get("parameters")):
        for parameter in parameters if isinstance(parameters, list) else []:
            ref = parameter.get("$ref") if isinstance(parameter, dict) else None
            if isinstance(ref, str):
                parameter = _resolve(value, ref)
            if not isinstance(parameter, dict):
                return None
            if parameter.get("in") == "path":
                names.add(str(parameter.get("name")))
    return None if "$ref" in item else names


def _resolve(value: Any, ref: str) -> object:
    """Follow a `$ref` within the document; None if it leads elsewhere, or nowhere."""
    try:
        return resolve_pointer(value, ref.removeprefix("#")) if ref.startswith("#/") else None
    except (LookupError, ValueError):
        return None
