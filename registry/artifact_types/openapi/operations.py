"""Checks paths, operations and parameters by OpenAPI's rules beyond its JSON Schema."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from registry.artifact_types.checks import Violation
from registry.artifact_types.syntax.api_documents import (
    inner_list,
    inner_object,
    iter_inner_objects,
)
from registry.artifact_types.syntax.documents import ParsedDocument
from registry.artifact_types.syntax.json_objects import Path, iter_objects, iter_refs
from registry.artifact_types.syntax.json_references import resolve_pointer

_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace", "query")
_TEMPLATE = re.compile(r"\{([^{}]+)\}")
#: By the version's beginning: a place that one parameter takes, and the one that it excludes.
_SINGLE_PLACES = {"2.": ("body", "formData"), "3.2": ("querystring", "query")}
_MAX_REFS = 10


@dataclass(frozen=True, slots=True)
class PathItem:
    """The operations at one address; `template` is None for webhooks and callbacks."""

    path: Path
    value: Mapping[str, Any]
    template: str | None = None


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of a path item."""

    path: Path
    value: Mapping[str, Any]
    item: PathItem


def find_operations(value: object) -> list[Operation]:
    """List the operations of paths, webhooks, reusable path items and callbacks."""
    components = inner_object(value, "components")
    pending = [
        *(PathItem(("paths", path), item, path) for path, item in iter_paths(value)),
        *(
            PathItem(("webhooks", name), item)
            for name, item in iter_inner_objects(value, "webhooks")
        ),
        *(
            PathItem(("components", "pathItems", name), item)
            for name, item in iter_inner_objects(components, "pathItems")
        ),
        *_iter_callbacks(components, ("components",)),
    ]
    operations: list[Operation] = []
    for item in pending:
        for method in _METHODS:
            operation = item.value.get(method)
            if isinstance(operation, dict):
                operations.append(Operation((*item.path, method), operation, item))
                # Callbacks hold path items, whose operations may have callbacks.
                pending.extend(_iter_callbacks(operation, (*item.path, method)))
    return operations


def iter_paths(value: object) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Iterate over the paths with their items; extensions are left out."""
    for path, item in iter_inner_objects(value, "paths"):
        if path.startswith("/"):
            yield path, item


def _iter_callbacks(holder: Mapping[str, Any], path: Path) -> Iterator[PathItem]:
    for name, callback in iter_inner_objects(holder, "callbacks"):
        for expression, item in callback.items():
            if isinstance(item, dict) and not expression.startswith("x-"):
                yield PathItem((*path, "callbacks", name, expression), item)


def operation_id_violations(
    document: ParsedDocument, operations: list[Operation]
) -> Iterator[Violation]:
    """Report repeated operation ids."""
    known: set[str] = set()
    for operation in operations:
        identifier = operation.value.get("operationId")
        if not isinstance(identifier, str):
            continue
        if identifier in known:
            message = f"The operationId {identifier!r} is there twice"
            yield document.violation(message, (*operation.path, "operationId"))
        known.add(identifier)


def link_violations(document: ParsedDocument, operations: list[Operation]) -> Iterator[Violation]:
    """Report links to unknown operations, unless other documents may have them."""
    if any(ref.resource for ref in iter_refs(document.value)):
        return
    known = {operation.value.get("operationId") for operation in operations}
    for path, link in iter_objects(document.value):
        identifier = link.get("operationId")
        if path[-2:-1] == ("links",) and isinstance(identifier, str) and identifier not in known:
            message = f"No operation has the operationId {identifier!r}"
            yield document.violation(message, (*path, "operationId"), "Mend its spelling.")


def path_violations(document: ParsedDocument) -> Iterator[Violation]:
    """Report invalid path templates, and templates equal except for parameter names.

    Version 2 has no words on this, but the same matching of paths, and its validators refuse both.
    """
    paths: dict[str, str] = {}
    for path, _item in iter_paths(document.value):
        place = ("paths", path)
        names = _TEMPLATE.findall(path)
        template = _TEMPLATE.sub("", path)
        if "{" in template or "}" in template:
            message = f"The path {path!r} has a brace without its counterpart"
            yield document.violation(message, place)
        for name in sorted({name for name in names if names.count(name) > 1}):
            yield document.violation(f"The path {path!r} has {{{name}}} twice", place)
        first = paths.setdefault(_TEMPLATE.sub("{}", path), path)
        if first != path:
            message = f"The path {path!r} is the same as {first!r}: only names differ"
            yield document.violation(message, place, "Keep one of the two.")


def template_violations(
    document: ParsedDocument, operations: list[Operation]
) -> Iterator[Violation]:
    """Report parameters of a path missing in its operations, and the reverse."""
    for operation in operations:
        declared = _declared_path_parameters(document.value, operation)
        if operation.item.template is None or declared is None:
            continue
        templated = set(_TEMPLATE.findall(operation.item.template))
        for name in sorted(templated - declared):
            message = f"The path has {{{name}}}, and the operation has no such parameter"
            hint = f'Add a parameter {name!r} with "in": "path".'
            yield document.violation(message, operation.path, hint)
        for name in sorted(declared - templated):
            message = f"The parameter {name!r} is one of the path, which has no {{{name}}}"
            hint = "Mend its name, or the path."
            yield document.violation(message, operation.path, hint)


def parameter_violations(
    document: ParsedDocument, operations: list[Operation], version: str
) -> Iterator[Violation]:
    """Report repeated and mutually exclusive parameters."""
    items = {operation.item.path: operation.item for operation in operations}
    holders: list[PathItem | Operation] = [*items.values(), *operations]
    for holder in holders:
        keys: set[tuple[object, object]] = set()
        for index, parameter in enumerate(_parameters(document.value, holder.value)):
            if parameter is None:
                continue
            key = (str(parameter.get("name")), str(parameter.get("in")))
            if key in keys:
                message = f"The parameter {key[0]!r} in {key[1]} is there twice"
                yield document.violation(message, (*holder.path, "parameters", index))
            keys.add(key)
    places = [pair for beginning, pair in _SINGLE_PLACES.items() if version.startswith(beginning)]
    for single, excluded in places:
        for operation in operations:
            used = _places(document.value, operation)
            if used.count(single) > 1 or (single in used and excluded in used):
                message = f"A parameter in {single} excludes others in {single} and in {excluded}"
                yield document.violation(message, operation.path)


def _places(value: Any, operation: Operation) -> list[str]:
    """List the places of parameters; an operation's replace those of its path."""
    parameters = {
        (str(parameter.get("name")), str(parameter.get("in")))
        for holder in (operation.item.value, operation.value)
        for parameter in _parameters(value, holder)
        if parameter is not None
    }
    return [place for _name, place in parameters]


def _declared_path_parameters(value: Any, operation: Operation) -> set[str] | None:
    """Return the names of the path's parameters; None if some are in another document."""
    if "$ref" in operation.item.value:
        return None
    names: set[str] = set()
    for holder in (operation.item.value, operation.value):
        for parameter in _parameters(value, holder):
            if parameter is None:
                return None
            if parameter.get("in") == "path":
                names.add(str(parameter.get("name")))
    return names


def _parameters(value: Any, holder: Mapping[str, Any]) -> Iterator[Mapping[str, Any] | None]:
    """Iterate over the parameters of an operation or path item; None for an unresolved one."""
    for parameter in inner_list(holder, "parameters"):
        for _ in range(_MAX_REFS):
            ref = parameter.get("$ref") if isinstance(parameter, dict) else None
            if not isinstance(ref, str):
                break
            parameter = _resolve(value, ref)
        yield parameter if isinstance(parameter, dict) and "$ref" not in parameter else None


def _resolve(value: Any, ref: str) -> object:
    """Follow a `$ref` within the document; None if it leads out of it, or to nothing."""
    try:
        return resolve_pointer(value, ref.removeprefix("#")) if ref.startswith("#/") else None
    except (LookupError, ValueError):
        return None
