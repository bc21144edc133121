"""Documents held against the JSON Schema of their format: what is wrong, where, and the mend."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, NoReturn

import jsonschema_rs

from registry.artifact_types.checks import Violation
from registry.artifact_types.syntax.documents import MOST_TOLD, Structured
from registry.artifact_types.syntax.json_text import is_shallow
from registry.artifact_types.syntax.regexes import is_regex

#: Steps back that one match of a pattern may take; metaschemas' own patterns need a few.
_BACKTRACKING = 10_000
#: Objects in a document, up to which all errors are looked for, and levels of them.
_MOST_FOR_ALL = 20_000
_MOST_DEEP = 100


def validator(schema: Mapping[str, Any]) -> jsonschema_rs.Validator:
    """For a schema of our own or of a specification, never for one that somebody sent."""
    return jsonschema_rs.validator_for(
        dict(schema),
        retriever=_retrieve_nothing,
        pattern_options=jsonschema_rs.FancyRegexOptions(backtrack_limit=_BACKTRACKING),
        validate_formats=True,
        formats={"regex": is_regex},
    )


def violations(checking: jsonschema_rs.Validator, document: Structured) -> list[Violation]:
    """Each once, in the order of the document's places; of a large document the first alone."""
    if checking.is_valid(document.value):
        return []
    if not is_shallow(document.value, _MOST_DEEP):
        return [Violation(f"Something is wrong in what is nested more than {_MOST_DEEP} deep")]
    found: dict[tuple[tuple[str | int, ...], str], Violation] = {}
    try:
        for error in _errors(checking, document):
            leaf = _leaf(error)
            path = tuple(leaf.instance_path)
            message, mend = _told(leaf)
            if (path, message) not in found:
                found[path, message] = document.violation(message, path, mend)
            if len(found) == MOST_TOLD:
                break
    except ValueError as error:
        return [Violation(f"The content can't be checked: {error}")]
    return sorted(found.values(), key=lambda each: (each.line, each.column))


def _errors(
    checking: jsonschema_rs.Validator, document: Structured
) -> Iterable[jsonschema_rs.ValidationError]:
    """The library gathers all of them before it gives the first, each with those beneath it."""
    if document.size <= _MOST_FOR_ALL:
        return checking.iter_errors(document.value)
    try:
        checking.validate(document.value)
    except jsonschema_rs.ValidationError as error:
        return (error,)
    return ()


def _retrieve_nothing(uri: str, /) -> NoReturn:
    raise ValueError(f"{uri} is not fetched")


def _leaf(error: jsonschema_rs.ValidationError) -> jsonschema_rs.ValidationError:
    """Of alternatives, the fault of the one that came furthest: what its writer meant."""
    while branches := _branches(error):
        best = max(branches, key=_depth)
        deepest = max(best, key=lambda each: len(each.instance_path))
        if len(deepest.instance_path) < len(error.instance_path):
            break
        error = deepest
    return error


def _branches(error: jsonschema_rs.ValidationError) -> list[list[jsonschema_rs.ValidationError]]:
    if error.kind.name not in {"anyOf", "oneOf"}:
        return []
    context: Sequence[list[jsonschema_rs.ValidationError]] = getattr(error.kind, "context", ())
    return [branch for branch in context if branch]


def _depth(branch: list[jsonschema_rs.ValidationError]) -> tuple[int, int]:
    """How far its writer came: one that fails on a type or a `$ref` at its top was not meant.

    Of branches that are equally far, the one with fewer faults.
    """
    top = min(len(each.instance_path) for each in branch)
    is_meant = not any(len(each.instance_path) == top and _is_other_thing(each) for each in branch)
    deepest = max(len(each.instance_path) for each in branch)
    return (int(is_meant) + deepest, -len(branch))


def _is_other_thing(error: jsonschema_rs.ValidationError) -> bool:
    return error.kind.name == "type" or (
        error.kind.name == "required" and "$ref" in _missing(error)
    )


def _told(error: jsonschema_rs.ValidationError) -> tuple[str, str]:
    kind = error.kind
    if kind.name == "enum":
        options = [str(each) for each in getattr(kind, "options", ())]
        return f"{_shown(error.instance)} is none of {', '.join(options)}", _near(
            error.instance, options
        )
    if kind.name in {"additionalProperties", "unevaluatedProperties"}:
        unexpected = ", ".join(map(repr, getattr(kind, "unexpected", ())))
        return f"Nothing of the name {unexpected} belongs here", "Remove it, or mend its spelling."
    if kind.name == "required":
        return f"{_missing(error)} is missing", "Add it."
    message = error.message
    return message[:1].upper() + message[1:] if len(message) < 400 else f"{message[:400]}…", ""


def _missing(error: jsonschema_rs.ValidationError) -> str:
    name = getattr(error.kind, "property", None)
    return repr(name) if isinstance(name, str) else error.message.partition(" is a required")[0]


def _near(given: object, options: list[str]) -> str:
    near = get_close_matches(given, options, 1) if isinstance(given, str) else []
    return f"Did you mean {near[0]!r}?" if near else ""


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:60]}…"


def merged(*groups: list[Violation]) -> list[Violation]:
    """All of them, as many as help."""
    return list(_first(MOST_TOLD, *groups))


def _first(count: int, *groups: list[Violation]) -> Iterator[Violation]:
    for group in groups:
        for each in group:
            if count == 0:
                return
            count -= 1
            yield each
