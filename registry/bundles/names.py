"""What a content calls itself, by which others refer to it, and the id that suits it."""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import PurePosixPath

from registry.artifact_types import UnknownArtifactType, by_name
from registry.artifact_types.avro.schema import parsed
from registry.artifact_types.checks import Document, Unmapped, Violation
from registry.artifact_types.protobuf.parser import parse
from registry.artifact_types.protobuf.tokens import NotProtobuf
from registry.artifact_types.syntax import json_text
from registry.artifact_types.syntax.documents import Structured, read_json_or_yaml, text_of

_LONGEST_ID = 512
#: Of file names, taken off one after the other: address.schema.json is called address.
_SUFFIXES = frozenset({
    *(".json", ".yaml", ".yml", ".avsc", ".avro", ".proto", ".xsd", ".wsdl", ".xml"),
    *(".graphql", ".gql", ".schema", ".openapi", ".asyncapi", ".txt"),
})
_API_TYPES = frozenset({"OPENAPI", "ASYNCAPI"})


def suggest_id(type_name: str | None, content: bytes, path: str) -> str:
    """By the content's own name, else by its file's; ASCII without "%", "/" and spaces."""
    own = _OWN_NAMES.get(type_name or "", _extracted)
    named = own(type_name or "", content, path)
    return _as_id(named) or _as_id(base_name(path)) or "artifact"


def suggest_ids(pieces: Sequence[tuple[str | None, bytes, str]]) -> list[str]:
    """Of types, contents and paths: no two alike if their files' names tell them apart."""
    first = [suggest_id(*each) for each in pieces]
    stems = [_as_id(base_name(path)) for _, _, path in pieces]
    whole = [_as_id(PurePosixPath(path).name) for _, _, path in pieces]
    found = list(first)
    for other in (stems, whole):
        counts = Counter(found)
        found = [(other[at] or each) if counts[each] > 1 else each for at, each in enumerate(found)]
    return found


def base_name(path: str) -> str:
    """A file's name without what only tells its kind."""
    name = PurePosixPath(path).name
    while (suffix := PurePosixPath(name).suffix.lower()) in _SUFFIXES:
        name = name[: -len(suffix)]
    return name


def provided_names(type_name: str | None, content: bytes) -> frozenset[str]:
    """Names by which other contents may mean this one, wherever its file lies."""
    if type_name == "AVRO":
        return frozenset(_avro_names(content))
    if type_name in {"JSON", *_API_TYPES}:
        given = _structured(content)
        texts = (given.get(each) for each in ("$id", "id"))
        return frozenset(each.removesuffix("#") for each in texts if isinstance(each, str))
    return frozenset()


def required_references(type_name: str | None, content: bytes) -> list[Unmapped]:
    """What it refers to outside of itself, each once; nothing of what can't be read."""
    try:
        search = by_name(type_name or "").judging().unmapped
    except UnknownArtifactType:
        return []
    found = [] if search is None else search(Document(content), ())
    return list({reference_name(type_name, each): each for each in reversed(found)}.values())[::-1]


def reference_name(type_name: str | None, need: Unmapped) -> str:
    """The name of a reference for it: of a `$ref` without its fragment, so that one serves all."""
    return need.names[0] if type_name == "AVRO" else need.names[-1]


def _as_id(name: str) -> str:
    plain = re.sub(r"[^A-Za-z0-9._~:@+=,$-]+", "-", name).strip("-.")
    return plain[:_LONGEST_ID]


def _extracted(type_name: str, content: bytes, path: str) -> str:
    try:
        name = by_name(type_name).extract(content).name or ""
    except UnknownArtifactType:
        return ""
    return name.lower() if type_name in _API_TYPES else name


def _of_avro(type_name: str, content: bytes, path: str) -> str:
    value = json_text.parse_strictly(content)
    name, space = (json_text.text_at(value, each) or "" for each in ("name", "namespace"))
    return name if "." in name or not (name and space) else f"{space}.{name}"


def _avro_names(content: bytes) -> Mapping[str, object]:
    value = json_text.parse_strictly(content)
    return {} if value is json_text.NOT_JSON else parsed(value, {})[1].names


def _of_json(type_name: str, content: bytes, path: str) -> str:
    """Of an address the last part; of another `$id` all of it."""
    given = next(iter(provided_names("JSON", content)), "")
    return base_name(given.rstrip("/")) if "/" in given else given


def _of_protobuf(type_name: str, content: bytes, path: str) -> str:
    text = text_of(content)
    if isinstance(text, Violation):
        return ""
    try:
        package = parse(text).package
    except (NotProtobuf, RecursionError):
        return ""
    return f"{package}.{base_name(path)}" if package else ""


def _structured(content: bytes) -> Mapping[str, object]:
    read = read_json_or_yaml(content)
    value = read.value if isinstance(read, Structured) else None
    return value if isinstance(value, dict) else {}


_OWN_NAMES: Mapping[str, Callable[[str, bytes, str], str]] = {
    "AVRO": _of_avro,
    "JSON": _of_json,
    "PROTOBUF": _of_protobuf,
}
