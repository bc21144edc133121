"""How bodies are sent, and which valid requests may be rejected."""

from typing import Any

import schemathesis

#: Operations with the parameter `dereference`.
DEREFERENCED = {"getLatestArtifact", "getArtifactVersion", "getContentByGlobalId"}


@schemathesis.serializer("application/zip")
def zip_as_it_is(context: Any, value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: Any) -> None:
    """Send an array for each number or boolean, which no field of an object has.

    The node takes these for texts, beyond what the document promises, and refuses arrays.
    """
    if isinstance(case.body, dict):
        case.body = in_arrays(case.body)


@schemathesis.check
def only_dereferencing_is_rejected(context: Any, response: Any, case: Any) -> None:
    """Of valid requests for a content, only one that can't be dereferenced may be a 400."""
    operation = case.operation.definition.raw.get("operationId")
    is_valid = case.meta is not None and case.meta.generation.mode.is_positive
    if operation in DEREFERENCED and is_valid and response.status_code == 400:
        assert response.json()["message"].startswith("The content can't be dereferenced"), operation


def in_arrays(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: in_arrays(member) for name, member in value.items()}
    if isinstance(value, list):
        return [in_arrays(item) for item in value]
    return [value] if isinstance(value, bool | int | float) else value
