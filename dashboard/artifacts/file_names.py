"""Names of files for contents: safe to unpack anywhere, and no two alike."""

import re
from collections.abc import Iterator, Sequence

from dashboard.frame.converters import group_name
from registry.queries import VersionMeta

_ENDINGS = {
    "AVRO": "avsc",
    "PROTOBUF": "proto",
    "GRAPHQL": "graphql",
    "WSDL": "wsdl",
    "XSD": "xsd",
    "XML": "xml",
}
_UNSAFE = re.compile(r"[^\w.\-]+")
_LONGEST = 100
#: What Windows keeps for devices.
_KEPT = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


def file_names(metas: Sequence[VersionMeta]) -> Iterator[str]:
    """group/artifact id, with the ending of its type; letters' case tells no two apart."""
    taken: set[str] = set()
    for meta in metas:
        ending = _ENDINGS.get(meta.type, "json")
        plain = f"{_safe(group_name(meta.group_id))}/{_safe(meta.artifact_id)}"
        if plain.lower().endswith(f".{ending}"):
            plain = plain[: -len(ending) - 1]
        name, number = f"{plain}.{ending}", 1
        while name.lower() in taken:
            number += 1
            name = f"{plain}-{number}.{ending}"
        taken.add(name.lower())
        yield name


def _safe(text: str) -> str:
    name = _UNSAFE.sub("_", text).strip(". ")[:_LONGEST] or "_"
    return f"_{name}" if _KEPT.fullmatch(name) else name
