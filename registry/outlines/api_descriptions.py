"""What OpenAPI and AsyncAPI descriptions share: JSON or YAML with references within."""

from collections.abc import Mapping
from typing import Any

from registry.artifact_types.checks import Violation
from registry.artifact_types.syntax.documents import read_json_or_yaml
from registry.outlines.model import as_mapping

#: References lead to others, a few times at most.
_STEPS = 5


def read_document(content: bytes) -> Mapping[str, Any] | None:
    """None for what is no such document."""
    found = read_json_or_yaml(content)
    if isinstance(found, Violation) or not isinstance(found.value, dict):
        return None
    return found.value


def resolve(document: Mapping[str, Any], told: object) -> Mapping[str, Any]:
    """What `told` is, or what its reference leads to; empty where that is not there."""
    for _ in range(_STEPS):
        ref = as_mapping(told).get("$ref")
        if not isinstance(ref, str):
            break
        told = document
        for step in ref.removeprefix("#/").split("/"):
            told = as_mapping(told).get(step.replace("~1", "/").replace("~0", "~"))
    return as_mapping(told)
