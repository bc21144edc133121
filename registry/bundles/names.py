"""Names declared by a content, for references by other contents, and ids made of them."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import PurePosixPath

from registry.artifact_types import ARTIFACT_TYPES, UnknownArtifactType, get_artifact_type
from registry.artifact_types.avro.parser import parse_schema
from registry.artifact_types.checks import Document, UnresolvedReference, Violation
from registry.artifact_types.protobuf.parser import parse
from registry.artifact_types.protobuf.tokens import ProtobufSyntaxError
from registry.artifact_types.syntax import json_text
from registry.artifact_types.syntax.documents import ParsedDocument, decode_text, read_json_or_yaml
from registry.checking import find_unresolved_references

_MAX_ID_LENGTH = 512
#: Of file names, taken off one after the other: address.schema.json is called address.
_SUFFIXES = frozenset({
    *(".json", ".yaml", ".yml", ".avsc", ".avro", ".proto", ".xsd", ".wsdl", ".xml"),
    *(".graphql", ".gql", ".schema", ".openapi", ".asyncapi", ".txt"),
})
_API_TYPES = frozenset({"OPENAPI", "ASYNCAPI"})


def suggest_id(type_name: str | None, content: bytes, path: str) -> str:
    """Return an id made of the content's own name, else of its file's.

    The id is ASCII without "%", "/" and spaces.
    """
    own_name = _own_name(type_name or "", content, path)
    return _to_id(own_name) or _to_id(base_name(path)) or "artifact"


def suggest_ids(parts: Sequence[tuple[str | None, bytes, str]]) -> list[str]:
    """Suggest ids for types, contents and paths, unique if the file names are unique."""
    ids = [suggest_id(*part) for part in parts]
    base_names = [_to_id(base_name(path)) for _, _, path in parts]
    file_names = [_to_id(PurePosixPath(path).name) for _, _, path in parts]
    for alternatives in (base_names, file_names):
        counts = Counter(ids)
        ids = [
            (alternative or artifact_id) if counts[artifact_id] > 1 else artifact_id
            for artifact_id, alternative in zip(ids, alternatives, strict=True)
        ]
    return ids


def base_name(path: str) -> str:
    """Return a file's name without the suffixes of its kind."""
    name = PurePosixPath(path).name
    while (suffix := PurePosixPath(name).suffix.lower()) in _SUFFIXES:
        name = name[: -len(suffix)]
    return name


def provided_names(type_name: str | None, content: bytes) -> frozenset[str]:
    """Return the names for references by other contents, independent of the file's place."""
    if type_name == "AVRO":
        value = json_text.parse_strictly(content)
        return (
            frozenset() if value is json_text.NOT_JSON else frozenset(parse_schema(value, {}).names)
        )
    if type_name not in {"JSON", *_API_TYPES}:
        return frozenset()
    read = read_json_or_yaml(content)
    document = read.value if isinstance(read, ParsedDocument) else None
    if not isinstance(document, Mapping):
        return frozenset()
    texts = (document.get(key) for key in ("$id", "id"))
    return frozenset(text.removesuffix("#") for text in texts if isinstance(text, str))


def required_references(type_name: str | None, content: bytes) -> list[UnresolvedReference]:
    """Return the external references of a content, each once; empty if unreadable."""
    if type_name not in {known.name for known in ARTIFACT_TYPES}:
        return []
    by_reference: dict[str, UnresolvedReference] = {}
    for unresolved in find_unresolved_references(type_name, Document(content), ()):
        by_reference.setdefault(reference_name(type_name, unresolved), unresolved)
    return list(by_reference.values())


def reference_name(type_name: str | None, unresolved: UnresolvedReference) -> str:
    """Return the name for resolving a reference.

    For a `$ref`, the name is without fragment, and resolves every `$ref` to the same document.
    """
    return unresolved.names[0] if type_name == "AVRO" else unresolved.names[-1]


def _own_name(type_name: str, content: bytes, path: str) -> str:
    match type_name:
        case "AVRO":
            value = json_text.parse_strictly(content)
            name, namespace = (json_text.text_at(value, key) or "" for key in ("name", "namespace"))
            return name if "." in name or not (name and namespace) else f"{namespace}.{name}"
        case "JSON":
            # Of an address the last part; of another `$id` all of it.
            declared = next(iter(provided_names("JSON", content)), "")
            return base_name(declared.rstrip("/")) if "/" in declared else declared
        case "PROTOBUF":
            text = decode_text(content)
            package = None
            if not isinstance(text, Violation):
                with suppress(ProtobufSyntaxError, RecursionError):
                    package = parse(text).package
            return f"{package}.{base_name(path)}" if package else ""
    try:
        name = get_artifact_type(type_name).extract(content).name or ""
    except UnknownArtifactType:
        return ""
    return name.lower() if type_name in _API_TYPES else name


def _to_id(name: str) -> str:
    plain = re.sub(r"[^A-Za-z0-9._~:@+=,$-]+", "-", name).strip("-.")
    return plain[:_MAX_ID_LENGTH]
