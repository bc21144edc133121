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
#: Versions are 32-bit numbers in this API.
_MAX_VERSION = 2**31 - 1


class _ReferenceBody(Struct):
    name: str
    subject: str
    version: str


class _SchemaBody(Struct, rename="camel"):
    schema: str
    schema_type: str | None = None
    references: list[_ReferenceBody] | None = None


_parse_body = body_parser(_SchemaBody)


def parse_schema(request: Request, subject: str) -> NewVersion:
    """Return a new version of a subject; raises InvalidSchema, BodyTooLarge."""
    try:
        body = _parse_body(request)
        schema_type = DEFAULT_TYPE if body.schema_type is None else body.schema_type
        type_name = get_artifact_type(schema_type).name
    except (BadRequest, UnknownArtifactType) as error:
        raise InvalidSchema(f"Invalid schema: {error}") from error
    references = tuple(
        Reference(None, reference.subject, _parse_version(reference.version), reference.name)
        for reference in body.references or ()
    )
    return NewVersion(
        group_id=None,
        artifact_id=subject,
        content=body.schema.encode(),
        type=type_name,
        references=references,
        by_confluent_rules=True,
    )


def _parse_version(text: str) -> str:
    """Return the number as digits; raises InvalidSchema."""
    # A number in JSON may be written as 1.0, and Jackson takes a text with blanks around it.
    number = parse_whole_number(text.strip().removesuffix(".0"), _MAX_VERSION)
    if number is None:
        raise InvalidSchema(
            f"Invalid schema: a reference's version is a whole number up to {_MAX_VERSION}, "
            f"not '{text}'."
        )
    return str(number)


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
    """Return a number, or else the text: versions made by other APIs may have any name."""
    number = parse_whole_number(version)
    return version if number is None else number
