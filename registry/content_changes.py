"""What changed from one content to another in what they mean, and whom each change breaks."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from registry.artifact_types import UnknownArtifactType, get_artifact_type
from registry.artifact_types.checks import Document, Incompatibility, Severity, Violation
from registry.artifact_types.syntax.documents import read_json_or_yaml
from registry.outlines import Field, Operation, Outline, make_outline

_MOST = 300


@dataclass(frozen=True, slots=True)
class ContentChange:
    """`kind` is added, removed or changed; `place` is where, `told` what.

    `backward` says why new readers break on old data, `forward` why old readers break on new data;
    empty where nothing breaks.
    """

    kind: str
    path: str
    description: str
    backward: str = ""
    forward: str = ""


@dataclass(frozen=True, slots=True)
class ContentDifference:
    """Without `is_compared` nobody can tell whom a change breaks."""

    changes: tuple[ContentChange, ...]
    is_compared: bool
    is_backward: bool = True
    is_forward: bool = True


def compare_contents(type_name: str, old: Document, new: Document) -> ContentDifference:
    """Never raises, whatever the bytes are; at most 300 changes are told."""
    listed = list(_listed(_shape(type_name, old), _shape(type_name, new)))[:_MOST]
    incompatibilities = _incompatibilities(type_name, old, new)
    if incompatibilities is None:
        return ContentDifference(tuple(listed), is_compared=False)
    backward, forward = incompatibilities
    changes = [replace(each) for each in listed]
    changes = _judged(changes, backward, new, "backward")
    changes = _judged(changes, forward, old, "forward")
    return ContentDifference(tuple(changes[:_MOST]), True, not backward, not forward)


def _incompatibilities(
    type_name: str, old: Document, new: Document
) -> tuple[list[Incompatibility], list[Incompatibility]] | None:
    try:
        compare = get_artifact_type(type_name).load_checks().incompatibilities
    except UnknownArtifactType:
        return None
    if compare is None:
        return None
    backward, forward = compare(new, old), compare(old, new)
    return [_e for _e in backward if _is_error(_e)], [_e for _e in forward if _is_error(_e)]


def _is_error(incompatibility: Incompatibility) -> bool:
    return incompatibility.severity is Severity.ERROR


def _judged(
    changes: list[ContentChange],
    incompatibilities: list[Incompatibility],
    reader: Document,
    way: str,
) -> list[ContentChange]:
    """Each misfit goes to the change that it is about, or becomes a change of its own."""
    for incompatibility in incompatibilities:
        why = f"{incompatibility.message}. {incompatibility.why}."
        where = _in_words(reader.content, incompatibility.path)
        at = _about(changes, incompatibility, where)
        if at is None:
            changes.append(
                replace(ContentChange("changed", where, incompatibility.message), **{way: why})
            )
        elif not getattr(changes[at], way):
            changes[at] = replace(changes[at], **{way: why})
    return changes


def _about(
    changes: list[ContentChange], incompatibility: Incompatibility, where: str
) -> int | None:
    """The change at the very place, else one whose own name the misfit says."""
    for at, each in enumerate(changes):
        if f".{where}".endswith(f".{each.path}") or f".{each.path}".endswith(f".{where}"):
            return at
    said = set(re.findall(r"[\w$-]+", incompatibility.message))
    names = (re.split(r"[.\s]", each.path)[-1] for each in changes)
    return next((at for at, name in enumerate(names) if name in said), None)


#: Steps of a JSON pointer that say how a schema is built, and nothing of what it describes.
_SYNTAX = frozenset({"fields", "type", "items", "values", "properties", "$defs", "definitions"})


def _in_words(content: bytes, path: str) -> str:
    """A JSON pointer as the names along it: "Price.cents" for "/fields/0/type"."""
    if not path.startswith("/"):
        return path
    read = read_json_or_yaml(content)
    value = None if isinstance(read, Violation) else read.value
    names = [_name(value, "")]
    for step in path.split("/")[1:]:
        value = _inner(value, step.replace("~1", "/").replace("~0", "~"))
        names.append(_name(value, step))
    return ".".join(each for each in names if each) or path


def _inner(value: object, step: str) -> object:
    if isinstance(value, list) and step.isdecimal() and int(step) < len(value):
        return value[int(step)]
    return value.get(step) if isinstance(value, dict) else None


def _name(value: object, step: str) -> str:
    named = value.get("name") if isinstance(value, dict) else None
    if isinstance(named, str):
        return named
    return "" if step in _SYNTAX or step.isdecimal() else step


def _shape(type_name: str, document: Document) -> dict[str, str]:
    """All places of a content, each with what stands there in words."""
    told = make_outline(type_name, document.content)
    return dict(_places(told)) if told is not None else {}


def _places(told: Outline) -> Iterator[tuple[str, str]]:
    for section in told.sections:
        yield section.name, section.kind
        yield from _fields(section.name, section.fields)
    for operation in told.operations:
        yield from _operation(operation)


def _fields(within: str, fields: tuple[Field, ...]) -> Iterator[tuple[str, str]]:
    path: list[str] = [within]
    for field in fields:
        del path[field.depth + 1 :]
        path.append(field.name)
        facts = [*field.facts]
        if field.is_required:
            facts.append("required")
        if field.default is not None:
            facts.append(f"default {field.default}")
        yield ".".join(path), ", ".join([field.type, *facts] if field.type else facts)


def _operation(operation: Operation) -> Iterator[tuple[str, str]]:
    name = f"{operation.verb} {operation.path}"
    yield name, "deprecated" if operation.is_deprecated else "operation"
    yield from _fields(name, operation.parameters)
    for media, kind, _ in operation.body:
        yield f"{name} body {media}".strip(), kind
    for status, _, kind, _ in operation.responses:
        yield f"{name} answer {status}".strip(), kind


def _listed(old: dict[str, str], new: dict[str, str]) -> Iterator[ContentChange]:
    for place, told in new.items():
        if place not in old:
            yield ContentChange("added", place, told)
        elif old[place] != told:
            yield ContentChange("changed", place, f"{old[place]} → {told}")
    for place, told in old.items():
        if place not in new:
            yield ContentChange("removed", place, told)
