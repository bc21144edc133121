"""Whether content is an OpenAPI document: 2.0, 3.0, 3.1 or 3.2, in JSON or YAML."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from registry.artifact_types.checks import Document, Violation
from registry.artifact_types.syntax import api_documents
from registry.artifact_types.syntax.documents import Structured
from registry.artifact_types.syntax.json_references import find

_SCHEMAS = Path(__file__).with_name("schemas")
_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace", "query")
_TEMPLATE = re.compile(r"\{([^{}]+)\}")


def syntax_violations(content: bytes) -> list[Violation]:
    return api_documents.syntax_violations(content, "openapi", "swagger")


def violations(document: Document) -> list[Violation]:
    """By the schema of its version; operations are told apart, and paths have their parameters."""
    versions = {"openapi": _schema_of_openapi, "swagger": _schema_of_swagger}
    return api_documents.violations(document, _SCHEMAS, versions, _meaning)


def _schema_of_openapi(version: str) -> str | None:
    minor = ".".join(version.split(".")[:2])
    return minor if minor in {"3.0", "3.1", "3.2"} else None


def _schema_of_swagger(version: str) -> str | None:
    return "2.0" if version == "2.0" else None


def _meaning(read: Structured) -> list[Violation]:
    return [*_doubled_operations(read), *_parameters_of_paths(read)]


def _doubled_operations(read: Structured) -> Iterator[Violation]:
    seen: set[str] = set()
    for path, method, operation in _operations(read.value):
        named = operation.get("operationId")
        if isinstance(named, str) and named in seen:
            place = ("paths", path, method, "operationId")
            yield read.violation(f"The operationId {named!r} is there twice", place)
        seen.add(str(named))


def _parameters_of_paths(read: Structured) -> Iterator[Violation]:
    """Whatever a path has in braces is a parameter of its operations, and the other way round."""
    for path, method, operation in _operations(read.value):
        declared = _declared(read.value, path, operation)
        if declared is None:
            continue
        templated = set(_TEMPLATE.findall(path))
        for name in sorted(templated - declared):
            told = f"The path has {{{name}}}, and the operation has no such parameter"
            mend = f'Add a parameter {name!r} with "in": "path".'
            yield read.violation(told, ("paths", path, method), mend)
        for name in sorted(declared - templated):
            told = f"The parameter {name!r} is one of the path, which has no {{{name}}}"
            yield read.violation(told, ("paths", path, method), "Mend its name, or the path.")


def _operations(value: Any) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    paths = value.get("paths")
    for path, item in (paths if isinstance(paths, dict) else {}).items():
        for method, operation in (item if isinstance(item, dict) else {}).items():
            if method in _METHODS and isinstance(operation, dict):
                yield path, method, operation


def _declared(value: Any, path: str, operation: Mapping[str, Any]) -> set[str] | None:
    """Names of the path's parameters; None where some of them stand in another document."""
    names: set[str] = set()
    listed = [value["paths"][path].get("parameters"), operation.get("parameters")]
    for parameters in listed:
        for each in parameters if isinstance(parameters, list) else []:
            found = _followed(value, each)
            if found is None:
                return None
            if found.get("in") == "path":
                names.add(str(found.get("name")))
    return None if "$ref" in value["paths"][path] else names


def _followed(value: Any, parameter: Any) -> Mapping[str, Any] | None:
    ref = parameter.get("$ref") if isinstance(parameter, dict) else None
    if isinstance(ref, str):
        try:
            parameter = find(value, ref.removeprefix("#")) if ref.startswith("#/") else None
        except (LookupError, ValueError):
            return None
    return parameter if isinstance(parameter, dict) else None
