"""JSON pointers as the names along them."""

from collections.abc import Collection

from registry.artifact_types.checks import Violation
from registry.artifact_types.syntax.documents import read_json_or_yaml

#: Steps of a JSON pointer that belong to how a schema is built, and not to what it describes.
_SYNTAX = frozenset({"fields", "type", "items", "values", "properties", "$defs", "definitions"})


def find_name_paths(content: bytes, pointers: Collection[str]) -> dict[str, str]:
    """Return each pointer into a content with its names: "Price.cents" for "/fields/0/type"."""
    read = read_json_or_yaml(content)
    value = None if isinstance(read, Violation) else read.value
    return {pointer: _path_of_names(value, pointer) for pointer in pointers}


def _path_of_names(value: object, pointer: str) -> str:
    names = [_name(value, "")]
    for step in pointer.split("/")[1:]:
        key = step.replace("~1", "/").replace("~0", "~")
        if isinstance(value, list) and key.isdecimal() and int(key) < len(value):
            value = value[int(key)]
        else:
            value = value.get(key) if isinstance(value, dict) else None
        names.append(_name(value, step))
    return ".".join(name for name in names if name) or pointer


def _name(value: object, step: str) -> str:
    name = value.get("name") if isinstance(value, dict) else None
    if isinstance(name, str):
        return name
    return "" if step in _SYNTAX or step.isdecimal() else step
