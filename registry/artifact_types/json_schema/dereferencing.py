"""Writes references into the definitions of a JSON Schema."""

from typing import Any

from registry.artifact_types.base import DereferenceError, Embed, ReferencedContents
from registry.artifact_types.json_schema.compound import combine
from registry.artifact_types.json_schema.dialects import DEFAULT, Dialect, detect_dialect
from registry.artifact_types.syntax import json_text
from registry.artifact_types.syntax.documents import ParsedDocument, read_json
from registry.artifact_types.syntax.json_flattening import flatten
from registry.artifact_types.syntax.json_linking import link
from registry.artifact_types.syntax.json_references import JsonDocument


def dereference(content: bytes, references: ReferencedContents, embed: Embed) -> bytes:
    """Write the references into the schema; raises DereferenceError."""
    parsed = read_json(content)
    if not isinstance(parsed, ParsedDocument):
        raise DereferenceError(parsed.message)
    dialect = detect_dialect(parsed.value) or DEFAULT
    root = JsonDocument.read(parsed.value, dialect=dialect.value)
    try:
        linked = link(root, references, embed, dialect.value)
        # Since draft 6, a boolean is a schema.
        kinds = (dict,) if dialect is Dialect.DRAFT_4 else (dict, bool)
        for document in linked.needed:
            if not document.has_refs or not isinstance(document.value, kinds):
                raise DereferenceError(f"{document.name!r} is no JSON Schema")
        if dialect.ref_stands_alone:
            for document in linked.needed:
                _remove_dialect(document, dialect)
            flatten(linked, (dialect.definitions_keyword,))
        else:
            combine(linked, dialect.definitions_keyword)
        return json_text.dump_whole(parsed.value)
    except RecursionError as error:
        raise DereferenceError("it is nested too deeply") from error


def _remove_dialect(document: JsonDocument, dialect: Dialect) -> None:
    """Remove `$schema`, since a document of the older drafts has one; raises DereferenceError.

    A schema of draft 6 means the same in draft 7.
    """
    for path, place in document.resources.items():
        own = detect_dialect({"$schema": place.dialect})
        if own is not dialect and (own, dialect) != (Dialect.DRAFT_6, Dialect.DRAFT_7):
            raise DereferenceError(
                f"the dialect of {document.name!r} is {place.dialect}, and a document of "
                f"{dialect.value} has no other"
            )
        holder: Any = document.value_at(path)
        if isinstance(holder, dict):
            holder.pop("$schema", None)
