"""Names that a content gives itself, read from all of it; for a checking process."""

from collections.abc import Mapping
from contextlib import suppress

from registry.artifact_types import UnknownArtifactType, get_artifact_type
from registry.artifact_types.avro.parser import parse_schema
from registry.artifact_types.checks import Violation
from registry.artifact_types.protobuf.parser import parse
from registry.artifact_types.protobuf.tokens import ProtobufSyntaxError
from registry.artifact_types.syntax import json_text
from registry.artifact_types.syntax.documents import ParsedDocument, decode_text, read_json_or_yaml

#: Types whose contents are found by names of their own.
NAMED_TYPES = frozenset({"AVRO", "JSON", "OPENAPI", "ASYNCAPI"})


def provided_names(type_name: str, content: bytes) -> frozenset[str]:
    """Return the names for references by other contents, independent of the file's place."""
    if type_name not in NAMED_TYPES:
        return frozenset()
    if type_name == "AVRO":
        value = json_text.parse_strictly(content)
        return (
            frozenset() if value is json_text.NOT_JSON else frozenset(parse_schema(value, {}).names)
        )
    read = read_json_or_yaml(content)
    document = read.value if isinstance(read, ParsedDocument) else None
    if not isinstance(document, Mapping):
        return frozenset()
    texts = (document.get(key) for key in ("$id", "id"))
    return frozenset(text.removesuffix("#") for text in texts if isinstance(text, str))


def declared_name(type_name: str, content: bytes) -> str:
    """Return an Avro type's full name, a JSON schema's `$id`, a Protobuf package, or the title.

    It is empty if the content has none.
    """
    match type_name:
        case "AVRO":
            value = json_text.parse_strictly(content)
            name, namespace = (json_text.text_at(value, key) or "" for key in ("name", "namespace"))
            return name if "." in name or not (name and namespace) else f"{namespace}.{name}"
        case "JSON":
            return next(iter(provided_names("JSON", content)), "")
        case "PROTOBUF":
            text = decode_text(content)
            if isinstance(text, Violation):
                return ""
            with suppress(ProtobufSyntaxError, RecursionError):
                return parse(text).package or ""
            return ""
    try:
        return get_artifact_type(type_name).extract(content).name or ""
    except UnknownArtifactType:
        return ""
