"""Validates documents by the JSON Schema of their format, with positions and hints."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from itertools import chain, islice
from typing import Any, NoReturn

import jsonschema_rs

from registry.artifact_types.checks import Violation
from registry.artifact_types.syntax.documents import MAX_VIOLATIONS, ParsedDocument, shorten
from registry.artifact_types.syntax.json_text import is_shallow
from registry.artifact_types.syntax.regexes import is_regex

#: Steps back that one match of a pattern may take; metaschemas' own patterns need a few.
_MAX_BACKTRACKING = 10_000
#: Objects in a document up to which all errors are searched for, and its levels.
_MAX_OBJECTS_FOR_ALL_ERRORS = 20_000
_MAX_DEPTH = 100


def build_validator(schema: Mapping[str, Any]) -> jsonschema_rs.Validator:
    """Build a validator for a schema of our own or of a specification, never for an upload."""
    return jsonschema_rs.validator_for(
        dict(schema),
        retriever=_retrieve_nothing,
        pattern_options=jsonschema_rs.FancyRegexOptions(backtrack_limit=_MAX_BACKTRACKING),
        validate_formats=True,
        formats={"regex": is_regex},
    )


def schema_violations(
    validator: jsonschema_rs.Validator, document: ParsedDocument
) -> list[Violation]:
    """List violations once each, by their position; of a large document only the first."""
    try:
        if validator.is_valid(document.value):
            return []
    except UnicodeEncodeError:
        message = "A text has half a surrogate pair, such as \\ud800, which is no character"
        return [Violation(message, hint="Write both halves, or the character itself.")]
    if not is_shallow(document.value, _MAX_DEPTH):
        return [Violation(f"Something is wrong in what is nested more than {_MAX_DEPTH} deep")]
    violations: dict[tuple[tuple[str | int, ...], str], Violation] = {}
    try:
        for error in _iter_errors(validator, document):
            cause = _find_cause(error)
            path = tuple(cause.instance_path)
            message, hint = _describe(cause)
            if (path, message) not in violations:
                violations[path, message] = document.violation(message, path, hint)
            if len(violations) == MAX_VIOLATIONS:
                break
    except ValueError as error:
        return [Violation(f"The content can't be checked: {error}")]
    return sorted(violations.values(), key=lambda violation: (violation.line, violation.column))


def merge_violations(*groups: Iterable[Violation]) -> list[Violation]:
    """Join the groups up to the maximum of reported violations, lazily."""
    return list(islice(chain.from_iterable(groups), MAX_VIOLATIONS))


def _retrieve_nothing(uri: str, /) -> NoReturn:
    raise ValueError(f"{uri} is not fetched")


def _iter_errors(
    validator: jsonschema_rs.Validator, document: ParsedDocument
) -> Iterable[jsonschema_rs.ValidationError]:
    """List all errors of a small document, else the first.

    The library gathers all of them, each with those beneath it, before it returns the first.
    """
    if document.size <= _MAX_OBJECTS_FOR_ALL_ERRORS:
        return validator.iter_errors(document.value)
    try:
        validator.validate(document.value)
    except jsonschema_rs.ValidationError as error:
        return (error,)
    return ()


def _find_cause(error: jsonschema_rs.ValidationError) -> jsonschema_rs.ValidationError:
    """Return the error in the alternative with the furthest match, presumably the intended one."""
    while error.kind.name in {"anyOf", "oneOf"}:
        branches = [errors for errors in getattr(error.kind, "context", ()) if errors]
        if not branches:
            break
        best = max(branches, key=_match_depth)
        deepest = max(best, key=lambda inner: len(inner.instance_path))
        if len(deepest.instance_path) < len(error.instance_path):
            break
        error = deepest
    return error


def _match_depth(errors: list[jsonschema_rs.ValidationError]) -> tuple[int, int]:
    """Rank an alternative by the depth of its errors, then by their number.

    A mismatch of a type or a `$ref` at its top excludes an alternative.
    """
    top = min(len(error.instance_path) for error in errors)
    is_intended = not any(
        len(error.instance_path) == top
        and (
            error.kind.name == "type"
            or (error.kind.name == "required" and "$ref" in _missing_key(error))
        )
        for error in errors
    )
    deepest = max(len(error.instance_path) for error in errors)
    return (int(is_intended) + deepest, -len(errors))


def _describe(error: jsonschema_rs.ValidationError) -> tuple[str, str]:
    """Describe an error by a message and a hint."""
    kind = error.kind
    if kind.name == "enum":
        options = [str(option) for option in getattr(kind, "options", ())]
        value = error.instance
        similar = get_close_matches(value, options, 1) if isinstance(value, str) else []
        hint = f"Did you mean {similar[0]!r}?" if similar else ""
        return f"{shorten(value)} is none of {', '.join(options)}", hint
    if kind.name in {"additionalProperties", "unevaluatedProperties"}:
        unexpected = ", ".join(map(repr, getattr(kind, "unexpected", ())))
        return f"Nothing of the name {unexpected} belongs here", "Remove it, or mend its spelling."
    if kind.name == "required":
        return f"{_missing_key(error)} is missing", "Add it."
    message = error.message
    return message[:1].upper() + message[1:] if len(message) < 400 else f"{message[:400]}…", ""


def _missing_key(error: jsonschema_rs.ValidationError) -> str:
    name = getattr(error.kind, "property", None)
    return repr(name) if isinstance(name, str) else error.message.partition(" is a required")[0]
