"""References: names in a content for required artifact versions, and the hash over them."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import orjson


@dataclass(frozen=True, slots=True)
class Reference:
    """`name` is the spelling in the content; a group of None is the default group."""

    group_id: str | None
    artifact_id: str
    version: str
    name: str


def serialize_references(references: Sequence[Reference]) -> str | None:
    """Return the JSON text for the journal and the content hash; None for no references.

    Its keys are in the order of Apicurio's ArtifactReferenceDto, nulls included.
    """
    if not references:
        return None
    documents = [
        {
            "groupId": reference.group_id,
            "artifactId": reference.artifact_id,
            "version": reference.version,
            "name": reference.name,
        }
        for reference in references
    ]
    return orjson.dumps(documents).decode()


def parse_references(text: str | None) -> tuple[Reference, ...]:
    """Parse the JSON text of references; empty for anything but a list of them."""
    if not text:
        return ()
    try:
        return tuple(
            Reference(
                None if item.get("groupId") is None else _to_text(item["groupId"]),
                _to_text(item["artifactId"]),
                _to_text(item["version"]),
                _to_text(item["name"]),
            )
            for item in orjson.loads(text)
        )
    except (orjson.JSONDecodeError, TypeError, KeyError, AttributeError):
        return ()


def _to_text(value: object) -> str:
    """Return a text as it is and a number as text, like Apicurio's Jackson; raises TypeError."""
    if isinstance(value, str):
        return value
    if isinstance(value, int | float):
        return orjson.dumps(value).decode()
    raise TypeError(f"{value!r} is no text")


def content_hash(content: bytes, serialized: str | None) -> str:
    """Return the SHA-256, in lower-case hex, of the content and its references' text.

    Before Apicurio 2.4.2, hashes cover no references: pass None.
    """
    return hashlib.sha256(content + (serialized or "").encode()).hexdigest()
