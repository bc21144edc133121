"""Changes from one content to another by their meaning, and the readers broken by each change."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from registry.artifact_types import supports_comparison
from registry.artifact_types.checks import (
    Direction,
    Document,
    Incompatibility,
    Severity,
)
from registry.checking import CheckBudget, compare, find_name_paths, make_outline
from registry.outlines import Field

_MAX_CHANGES = 300
#: Of an incompatibility: whether it is in the older content, and the path in it.
_Place = tuple[bool, str]


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
    paths = _name_paths([*backward, *forward], old.content, new.content)
    _attribute(changes, backward, paths, "backward")
    _attribute(changes, forward, paths, "forward")
    return ContentDifference(tuple(changes), True, not backward, not forward)


def _name_paths(
    incompatibilities: Sequence[Incompatibility], old: bytes, new: bytes
) -> dict[_Place, str]:
    """Return the JSON pointers of the incompatibilities as names: "Price.cents" for "/fields/0"."""
    places = {
        (item.is_in_older, item.path) for item in incompatibilities if item.path.startswith("/")
    }
    return {
        (is_in_older, pointer): path
        for is_in_older, content in ((True, old), (False, new))
        for pointer, path in find_name_paths(
            content, [pointer for is_older, pointer in places if is_older is is_in_older]
        ).items()
    }


def _attribute(
    changes: list[ContentChange],
    incompatibilities: list[Incompatibility],
    paths: Mapping[_Place, str],
    direction: str,
) -> None:
    """Add each incompatibility to its change, or as a change of its own while there is room."""
    for incompatibility in incompatibilities:
        reason = f"{incompatibility.message}. {incompatibility.why}."
        place = (incompatibility.is_in_older, incompatibility.path)
        path = paths.get(place, incompatibility.path)
        index = _find_change(changes, incompatibility.message, path)
        if index is None:
            if len(changes) < _MAX_CHANGES:
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
