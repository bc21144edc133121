"""The two generations of Avro's canonical form."""

from registry.artifact_types.avro import normal_form
from registry.artifact_types.base import CanonicalGeneration, References
from registry.artifact_types.syntax import json_text


def canonicalize(content: bytes, generation: CanonicalGeneration, references: References) -> bytes:
    """The canonical form, or the content as it is where it has none."""
    if generation is CanonicalGeneration.A1:
        return _with_sorted_fields(content)
    return normal_form.of(content, references)


def _with_sorted_fields(content: bytes) -> bytes:
    """JSON with sorted keys, and the outermost record's fields sorted by name, first one kept."""
    schema = json_text.parse_first(content.decode(errors="replace"))
    if schema is json_text.NOT_JSON:
        return content
    if isinstance(schema, dict) and "fields" in schema:
        by_name = _by_name(schema["fields"])
        if by_name is None:
            return content
        names = sorted(by_name, key=json_text.utf16_order)
        schema = {**schema, "fields": [by_name[name] for name in names]}
    return json_text.printed(schema, sort_keys=True)


def _by_name(fields: object) -> dict[str, object] | None:
    if not isinstance(fields, list):
        return None
    by_name: dict[str, object] = {}
    for field in fields:
        name = field.get("name") if isinstance(field, dict) else None
        if not isinstance(name, str):
            return None
        by_name.setdefault(name, field)
    return by_name
