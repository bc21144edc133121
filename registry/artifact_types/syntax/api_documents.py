"""What OpenAPI and AsyncAPI documents share: a version that names their schema, and `$ref`s."""

import json
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import jsonschema_rs

from registry.artifact_types.checks import Document, Violation
from registry.artifact_types.syntax.documents import Structured, read_json_or_yaml
from registry.artifact_types.syntax.json_references import find, refs
from registry.artifact_types.syntax.metaschemas import merged, validator
from registry.artifact_types.syntax.metaschemas import violations as violations_of

_2020_12 = "https://json-schema.org/draft/2020-12/schema"


@lru_cache(maxsize=16)
def specification(path: Path) -> jsonschema_rs.Validator:
    """The schema of a specification's documents, which says of schemas in them what it can."""
    schema: dict[str, Any] = json.loads(path.read_bytes())
    inner = schema.get("$defs", {}).get("schema", {})
    if inner.get("$dynamicAnchor") == "meta":
        # OpenAPI 3.1 leaves open of which dialect they are; most are of its default.
        inner["$ref"] = _2020_12
    return validator(schema)


def syntax_violations(content: bytes, *keys: str) -> list[Violation]:
    """Of what is neither JSON nor YAML, or has none of the keys that name a version."""
    read = read_json_or_yaml(content)
    return [read] if isinstance(read, Violation) else _of_shape(read, keys)


def violations(
    document: Document,
    folder: Path,
    keys: Mapping[str, Callable[[str], str | None]],
    meaning: Callable[[Structured], list[Violation]],
) -> list[Violation]:
    """By the specification's schema, by where its `$ref`s lead, and by what `meaning` finds.

    `keys` are those that name a version, each with what gives the schema's name for it.
    """
    read = read_json_or_yaml(document.content)
    if isinstance(read, Violation):
        return [read]
    wrong = _of_shape(read, tuple(keys))
    if wrong or not isinstance(read.value, dict):
        return wrong
    key = next(each for each in keys if each in read.value)
    version = str(read.value[key])
    name = keys[key](version)
    if name is None:
        known = ", ".join(sorted(each.stem for each in folder.glob("*.json")))
        told = f"The version {version!r} is not known here"
        return [read.violation(told, (key,), f"Known are {known}.")]
    found = violations_of(specification(folder / f"{name}.json"), read)
    return merged(read.violations_of_keys(), found, _dangling(read), meaning(read))


def _of_shape(read: Structured, keys: tuple[str, ...]) -> list[Violation]:
    if isinstance(read.value, dict) and any(key in read.value for key in keys):
        return []
    named = " or ".join(map(repr, keys))
    return [read.violation(f"The document is no object with {named}", ())]


def _dangling(read: Structured) -> list[Violation]:
    """`$ref`s within the document that lead nowhere; others are INTEGRITY's concern."""
    found = []
    for ref in refs(read.value):
        if ref.resource or (ref.fragment and not ref.fragment.startswith("/")):
            continue
        try:
            find(read.value, ref.fragment)
        except (LookupError, ValueError):
            told = f"There is nothing at {ref.text!r}, to which it refers"
            found.append(read.violation(told, (*ref.path, "$ref"), "Define it, or mend the path."))
    return found
