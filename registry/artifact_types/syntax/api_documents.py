"""What OpenAPI and AsyncAPI documents share: a version that selects their schema, and `$ref`s."""

import json
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import jsonschema_rs

from registry.artifact_types.checks import Document, Violation
from registry.artifact_types.syntax.documents import ParsedDocument, read_json_or_yaml
from registry.artifact_types.syntax.json_references import iter_refs, resolve_pointer
from registry.artifact_types.syntax.metaschemas import (
    build_validator,
    merge_violations,
    schema_violations,
)


@lru_cache(maxsize=16)
def load_specification(path: Path) -> jsonschema_rs.Validator:
    """Load the JSON Schema of a specification's documents."""
    schema: dict[str, Any] = json.loads(path.read_bytes())
    inner = schema.get("$defs", {}).get("schema", {})
    if inner.get("$dynamicAnchor") == "meta":
        # OpenAPI 3.1 leaves the dialect of its schemas open; most have the default one.
        inner["$ref"] = "https://json-schema.org/draft/2020-12/schema"
    return build_validator(schema)


def syntax_violations(content: bytes, *keys: str) -> list[Violation]:
    """Check that content is JSON or YAML and has one of the keys that give a version."""
    document = read_json_or_yaml(content)
    return [document] if isinstance(document, Violation) else _shape_violations(document, keys)


def violations(
    document: Document,
    folder: Path,
    keys: tuple[str, ...],
    find_schema: Callable[[str, str], str | None],
    check_meaning: Callable[[ParsedDocument], list[Violation]],
) -> list[Violation]:
    """Check by the specification's schema, by the targets of `$ref`s, and by `check_meaning`.

    One of the `keys` gives a version; `find_schema` returns the name of the schema in `folder` for
    a key and its version, or None.
    """
    parsed = read_json_or_yaml(document.content)
    if isinstance(parsed, Violation):
        return [parsed]
    wrong_shape = _shape_violations(parsed, keys)
    if wrong_shape or not isinstance(parsed.value, dict):
        return wrong_shape
    key = next(key for key in keys if key in parsed.value)
    version = str(parsed.value[key])
    name = find_schema(key, version)
    if name is None:
        known = ", ".join(sorted(file.stem for file in folder.glob("*.json")))
        message = f"The version {version!r} is not known here"
        return [parsed.violation(message, (key,), f"Known are {known}.")]
    return merge_violations(
        parsed.duplicate_key_violations(),
        schema_violations(load_specification(folder / f"{name}.json"), parsed),
        _dangling_refs(parsed),
        check_meaning(parsed),
    )


def _shape_violations(document: ParsedDocument, keys: tuple[str, ...]) -> list[Violation]:
    if isinstance(document.value, dict) and any(key in document.value for key in keys):
        return []
    alternatives = " or ".join(map(repr, keys))
    return [document.violation(f"The document is no object with {alternatives}", ())]


def _dangling_refs(document: ParsedDocument) -> list[Violation]:
    """Report `$ref`s within the document that lead nowhere; INTEGRITY checks the others."""
    dangling = []
    for ref in iter_refs(document.value):
        if ref.resource or (ref.fragment and not ref.fragment.startswith("/")):
            continue
        try:
            resolve_pointer(document.value, ref.fragment)
        except (LookupError, ValueError):
            message = f"There is nothing at {ref.text!r}, to which it refers"
            hint = "Define it, or mend the path."
            dangling.append(document.violation(message, (*ref.path, "$ref"), hint))
    return dangling
