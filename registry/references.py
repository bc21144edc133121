"""References: how a content names the artifact versions it needs, and the hash that covers them."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import orjson


@dataclass(frozen=True, slots=True)
class Reference:
    """`name` is how the content spells what it refers to; a group of None is the default group."""

    group_id: str | None
    artifact_id: str
    version: str
    name: str


def serialize_references(references: Sequence[Reference]) -> str | None:
    """The JSON text that the journal carries and the content hash covers; None for none.

    Its keys come in the order of Apicurio's ArtifactReferenceDto, nulls included.
    """
    if not references:
        return None
    spelled = [
        {
            "groupId": each.group_id,
            "artifactId": each.artifact_id,
            "version": each.version,
            "name": each.name,
        }
        for each in references
    ]
    return orjson.dumps(spelled).decode()


def parse_references(text: str | None) -> tuple[Reference, ...]:
    """The references of a serialized text; none where it is no list of them."""
    try:
        return tuple(
            Reference(each.get("groupId"), each["artifactId"], each["version"], each["name"])
            for each in orjson.loads(text or "[]")
        )
    except (orjson.JSONDecodeError, TypeError, KeyError, AttributeError):
        return ()


def content_hash(content: bytes, serialized: str | None, *, covers_references: bool = True) -> str:
    """SHA-256 in lower-case hex of the content and, since Apicurio 2.4.2, its references' text."""
    covered = (serialized or "") if covers_references else ""
    return hashlib.sha256(content + covered.encode()).hexdigest()
