"""The two generations of Avro's canonical form."""

from registry.artifact_types.avro import normal_form
from registry.artifact_types.base import CanonicalGeneration, References
from registry.artifact_types.syntax import json_text


def canonicalize(content: bytes, generation: CanonicalGeneration, references: References) -> bytes:
    """Return the canonical form, or the content unchanged if it has none.

    The older generation is JSON with sorted keys, and the outermost record's fields sorted by
    name, of which the first counts.
    """
    if generation is CanonicalGeneration.A2:
        return normal_form.canonicalize(content, references)
    schema = json_text.parse_first(content.decode(errors="replace"))
    if schema is json_text.NOT_JSON:
        return content
    if isinstance(schema, dict) and "fields" in schema:
        if not isinstance(schema["fields"], list):
            return content
        fields: dict[str, object] = {}
        for field in schema["fields"]:
            name = field.get("name") if isinstance(field, dict) else None
            if not isinstance(name, str):
                return content
            fields.setdefault(name, field)
        names = sorted(fields, key=json_text.utf16_sort_key)
        schema = {**schema, "fields": [fields[name] for name in names]}
    return json_text.dump(schema, sort_keys=True)
