"""Shared parts of OpenAPI and AsyncAPI: JSON or YAML with internal references."""

from collections.abc import Mapping
from typing import Any

from registry.artifact_types.checks import Violation
from registry.artifact_types.syntax.documents import read_json_or_yaml
from registry.outlines.model import as_mapping

#: A reference may lead to another one, so many times at most.
_MAX_REFERENCES = 5


def read_document(content: bytes) -> Mapping[str, Any] | None:
    """Return the content as an object, or None."""
    read = read_json_or_yaml(content)
    if isinstance(read, Violation) or not isinstance(read.value, dict):
        return None
    return read.value


def resolve(document: Mapping[str, Any], value: object) -> Mapping[str, Any]:
    """Return an object, or the target of its `$ref`; empty without a target."""
    for _ in range(_MAX_REFERENCES):
        ref = as_mapping(value).get("$ref")
        if not isinstance(ref, str):
            break
        value = document
        for step in ref.removeprefix("#/").split("/"):
            value = as_mapping(value).get(step.replace("~1", "/").replace("~0", "~"))
    return as_mapping(value)
