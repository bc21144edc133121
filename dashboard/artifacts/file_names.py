"""Unique names of files for contents, safe to unpack anywhere."""

import re
from collections.abc import Iterator, Sequence

from dashboard.frame.converters import group_name
from registry.queries import VersionMeta

_EXTENSIONS = {
    "AVRO": "avsc",
    "PROTOBUF": "proto",
    "GRAPHQL": "graphql",
    "WSDL": "wsdl",
    "XSD": "xsd",
    "XML": "xml",
}
_UNSAFE = re.compile(r"[^\w.\-]+")
_MAX_LENGTH = 100
#: Names that Windows reserves for devices.
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


def file_names(metas: Sequence[VersionMeta]) -> Iterator[str]:
    """Name files group/artifact id with their type's extension, unique regardless of case."""
    taken: set[str] = set()
    for meta in metas:
        extension = _EXTENSIONS.get(meta.type, "json")
        plain = f"{_safe(group_name(meta.group_id))}/{_safe(meta.artifact_id)}"
        if plain.lower().endswith(f".{extension}"):
            plain = plain[: -len(extension) - 1]
        name, number = f"{plain}.{extension}", 1
        while name.lower() in taken:
            number += 1
            name = f"{plain}-{number}.{extension}"
        taken.add(name.lower())
        yield name


def _safe(text: str) -> str:
    name = _UNSAFE.sub("_", text).strip(". ")[:_MAX_LENGTH] or "_"
    return f"_{name}" if _RESERVED.fullmatch(name) else name
