"""Changes from one content to another by their meaning, and the readers broken by each change."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from registry.artifact_types import supports_comparison
from registry.artifact_types.checks import (
    Direction,
    Document,
    Incompatibility,
    Severity,
    Violation,
)
from registry.artifact_types.syntax.documents import read_json_or_yaml
from registry.checking import CheckBudget, compare, make_outline
from registry.outlines import Field

_MAX_CHANGES = 300
#: Steps of a JSON pointer that belong to how a schema is built, and not to what it describes.
_SYNTAX = frozenset({"fields", "type", "items", "values", "properties", "$defs", "definitions"})


@dataclass(frozen=True, slots=True)
class ContentChange:
    """`kind` is added, removed or changed.

    `backward` is the reason why new readers break on old data, `forward` why old readers break on
    new data; empty if nothing breaks.
    """

    kind: str
    path: str
    description: str
    backward: str = ""
    forward: str = ""


@dataclass(frozen=True, slots=True)
class ContentDifference:
    """Without `is_compared`, compatibility is unknown."""

    changes: tuple[ContentChange, ...]
    is_compared: bool
    is_backward: bool = True
    is_forward: bool = True


def compare_contents(type_name: str, old: Document, new: Document) -> ContentDifference:
    """Return at most 300 changes, for any bytes; raises CheckersBusy."""
    before, after = _describe(type_name, old), _describe(type_name, new)
    changes = []
    for path, text in after.items():
        if path not in before:
            changes.append(ContentChange("added", path, text))
        elif before[path] != text:
            changes.append(ContentChange("changed", path, f"{before[path]} → {text}"))
    changes += [
        ContentChange("removed", path, text) for path, text in before.items() if path not in after
    ]
    del changes[_MAX_CHANGES:]
    if not supports_comparison(type_name):
        return ContentDifference(tuple(changes), is_compared=False)
    budget = CheckBudget()
    backward, forward = (
        [
            item
            for item in compare(type_name, old, new, direction, budget)
            if item.severity is Severity.ERROR
        ]
        for direction in Direction
    )
    _attribute(changes, backward, (old, new), "backward")
    _attribute(changes, forward, (old, new), "forward")
    return ContentDifference(tuple(changes[:_MAX_CHANGES]), True, not backward, not forward)


def _attribute(
    changes: list[ContentChange],
    incompatibilities: list[Incompatibility],
    documents: tuple[Document, Document],
    direction: str,
) -> None:
    """Add each incompatibility to its change, or as a change of its own."""
    old, new = documents
    for incompatibility in incompatibilities:
        reason = f"{incompatibility.message}. {incompatibility.why}."
        content = old.content if incompatibility.is_in_older else new.content
        path = _path_of_names(content, incompatibility.path)
        index = _find_change(changes, incompatibility.message, path)
        if index is None:
            change = ContentChange("changed", path, incompatibility.message)
            changes.append(replace(change, **{direction: reason}))
        elif not getattr(changes[index], direction):
            changes[index] = replace(changes[index], **{direction: reason})


def _find_change(changes: list[ContentChange], message: str, path: str) -> int | None:
    """Return the index of the change at the path, else of one named in the message, or None."""
    for index, change in enumerate(changes):
        if f".{path}".endswith(f".{change.path}") or f".{change.path}".endswith(f".{path}"):
            return index
    words = set(re.findall(r"[\w$-]+", message))
    names = (re.split(r"[.\s]", change.path)[-1] for change in changes)
    return next((index for index, name in enumerate(names) if name in words), None)


def _path_of_names(content: bytes, pointer: str) -> str:
    """Return a JSON pointer as the names along it: "Price.cents" for "/fields/0/type"."""
    if not pointer.startswith("/"):
        return pointer
    read = read_json_or_yaml(content)
    value = None if isinstance(read, Violation) else read.value
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


def _describe(type_name: str, document: Document) -> dict[str, str]:
    """Return the meaning of a content at each of its paths, in words."""
    outline = make_outline(type_name, document.content)
    if outline is None:
        return {}
    described: dict[str, str] = {}
    for section in outline.sections:
        described[section.name] = section.kind
        described.update(_describe_fields(section.name, section.fields))
    for operation in outline.operations:
        name = f"{operation.verb} {operation.path}"
        described[name] = "deprecated" if operation.is_deprecated else "operation"
        described.update(_describe_fields(name, operation.parameters))
        for media_type, kind, _ in operation.body:
            described[f"{name} body {media_type}".strip()] = kind
        for status, _, kind, _ in operation.responses:
            described[f"{name} answer {status}".strip()] = kind
    return described


def _describe_fields(parent: str, fields: tuple[Field, ...]) -> Iterator[tuple[str, str]]:
    path: list[str] = [parent]
    for field in fields:
        del path[field.depth + 1 :]
        path.append(field.name)
        facts = [*field.facts]
        if field.is_required:
            facts.append("required")
        if field.default is not None:
            facts.append(f"default {field.default}")
        yield ".".join(path), ", ".join([field.type, *facts] if field.type else facts)
