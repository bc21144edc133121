"""Schemas in Confluent's API: a text, its type, its references."""

from typing import Any

from msgspec import Struct
from rest_framework.request import Request

from api.ccompat.problems import InvalidSchema
from api.json_bodies import body_parser
from api.problems import BadRequest
from journal.commands import NewVersion
from registry import queries
from registry.artifact_types import UnknownArtifactType, get_artifact_type
from registry.queries import VersionMeta
from registry.references import Reference
from registry.whole_numbers import parse_whole_number

#: The type of a schema that names none.
DEFAULT_TYPE = "AVRO"


class _ReferenceBody(Struct):
    name: str
    subject: str
    version: int


class _SchemaBody(Struct, rename="camel"):
    schema: str
    schema_type: str = DEFAULT_TYPE
    references: list[_ReferenceBody] = []


_parse_body = body_parser(_SchemaBody)


def parse_schema(request: Request, subject: str) -> NewVersion:
    """Return a new version of a subject; raises InvalidSchema, BodyTooLarge."""
    try:
        body = _parse_body(request)
        type_name = get_artifact_type(body.schema_type).name
    except (BadRequest, UnknownArtifactType) as error:
        raise InvalidSchema(f"Invalid schema: {error}") from error
    references = tuple(
        Reference(None, reference.subject, str(reference.version), reference.name)
        for reference in body.references
    )
    return NewVersion(
        group_id=None,
        artifact_id=subject,
        content=body.schema.encode(),
        type=type_name,
        references=references,
        by_confluent_rules=True,
    )


def schema_id(meta: VersionMeta) -> int:
    """Return the content id, or the global id if `LEGACY_IDS` is enabled."""
    return meta.global_id if queries.is_enabled(queries.LEGACY_IDS) else meta.content_id


def schema_document(meta: VersionMeta, content: bytes) -> dict[str, Any]:
    document: dict[str, Any] = {
        "id": schema_id(meta),
        "subject": meta.artifact_id,
        "version": meta.version_id,
        "schema": content.decode(errors="replace"),
        "references": [
            {
                "name": reference.name,
                "subject": reference.artifact_id,
                "version": _version_number(reference.version),
            }
            for reference in meta.references
        ],
    }
    if meta.type != DEFAULT_TYPE:
        document["schemaType"] = meta.type
    return document


def _version_number(version: str) -> int | str:
    """Return the text where it is no number: versions that other APIs made may have any name."""
    number = parse_whole_number(version)
    return version if number is None else number
