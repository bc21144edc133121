"""Checks schemas embedded in another one, maybe of another dialect.

https://json-schema.org/draft/2020-12/json-schema-core#section-9.3.3 has each of them checked by the
metaschema of its own dialect.
"""

from dataclasses import dataclass, replace
from typing import Any

from registry.artifact_types.checks import Violation
from registry.artifact_types.json_schema.dialects import Dialect, detect_dialect, load_metaschema
from registry.artifact_types.syntax.documents import ParsedDocument
from registry.artifact_types.syntax.json_objects import Path
from registry.artifact_types.syntax.json_positions import pointer
from registry.artifact_types.syntax.json_references import JsonDocument
from registry.artifact_types.syntax.metaschemas import schema_violations


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of one dialect; inner parts of another dialect are replaced by empty schemas."""

    path: Path
    value: object
    dialect: Dialect


def metaschema_violations(
    schema: ParsedDocument, document: JsonDocument, dialect: Dialect
) -> list[Violation]:
    """Check a schema, and its embedded schemas, by the metaschemas of their dialects."""
    return [
        violation
        for part in _split_by_dialect(document, dialect)
        for violation in _violations_of_part(schema, part)
    ]


def _split_by_dialect(document: JsonDocument, dialect: Dialect) -> list[_Part]:
    dialects: dict[Path, Dialect] = {(): dialect}
    inner: dict[Path, list[Path]] = {(): []}
    # In older drafts, a document has one dialect.
    for path, place in document.resources.items() if not dialect.ref_stands_alone else ():
        outer = next(
            path[:length] for length in range(len(path), -1, -1) if path[:length] in dialects
        )
        own = detect_dialect({"$schema": place.dialect})
        if own is not None and own is not dialects[outer]:
            dialects[path] = own
            inner[path] = []
            inner[outer].append(path[len(outer) :])
    return [
        _Part(path, _with_anything_at(document.value_at(path), inner[path]), part_dialect)
        for path, part_dialect in dialects.items()
    ]


def _with_anything_at(value: Any, paths: list[Path]) -> Any:
    """Copy a value with empty schemas at the paths."""
    if not paths:
        return value
    if () in paths:
        return {}
    rests: dict[str | int, list[Path]] = {}
    for path in paths:
        rests.setdefault(path[0], []).append(path[1:])
    copy = value.copy()
    for step, rest in rests.items():
        copy[step] = _with_anything_at(value[step], rest)
    return copy


def _violations_of_part(schema: ParsedDocument, part: _Part) -> list[Violation]:
    alone = replace(
        schema, value=part.value, locate=lambda path: schema.locate((*part.path, *path))
    )
    return [
        replace(violation, path=pointer(part.path) + violation.path)
        for violation in schema_violations(load_metaschema(part.dialect), alone)
    ]
