"""Names declared by a content, for references by other contents, and ids made of them."""

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import PurePosixPath

from registry.artifact_types import ARTIFACT_TYPES
from registry.artifact_types.checks import Document, UnresolvedReference
from registry.checking import declared_name, find_unresolved_references

_MAX_ID_LENGTH = 512
#: Of file names, taken off one after the other: address.schema.json is called address.
_SUFFIXES = frozenset({
    *(".json", ".yaml", ".yml", ".avsc", ".avro", ".proto", ".xsd", ".wsdl", ".xml"),
    *(".graphql", ".gql", ".schema", ".openapi", ".asyncapi", ".txt"),
})
_KNOWN_TYPES = frozenset(known.name for known in ARTIFACT_TYPES)


def suggest_id(type_name: str | None, content: bytes, path: str) -> str:
    """Return an id made of the content's own name, else of its file's.

    The id is ASCII without "%", "/" and spaces.
    """
    return _to_id(_own_name(type_name, content, path)) or _to_id(base_name(path)) or "artifact"


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


def required_references(type_name: str | None, content: bytes) -> list[UnresolvedReference]:
    """Return the external references of a content, each once; empty if unreadable."""
    if type_name not in _KNOWN_TYPES:
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


def _own_name(type_name: str | None, content: bytes, path: str) -> str:
    name = declared_name(type_name, content) if type_name in _KNOWN_TYPES else ""
    match type_name:
        case "JSON" if "/" in name:
            # Of an address the last part; of another `$id` all of it.
            return base_name(name.rstrip("/"))
        case "PROTOBUF" if name:
            return f"{name}.{base_name(path)}"
        case "OPENAPI" | "ASYNCAPI":
            return name.lower()
    return name


def _to_id(name: str) -> str:
    plain = re.sub(r"[^A-Za-z0-9._~:@+=,$-]+", "-", name).strip("-.")
    return plain[:_MAX_ID_LENGTH]
