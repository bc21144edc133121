"""Schemas as Confluent's API tells them: a text, its type, what it refers to."""

from typing import Any

import msgspec
from msgspec import Struct
from rest_framework.request import Request

from access.middleware import get_caller
from api.ccompat.problems import InvalidSchema
from api.http import read_body
from journal.commands import NewVersion
from registry import queries
from registry.artifact_types import UnknownArtifactType, by_name
from registry.queries import VersionMeta
from registry.references import Reference

#: What a schema is when nothing else is said of it.
USUAL_TYPE = "AVRO"


class _Reference(Struct):
    name: str
    subject: str
    version: int


class _Schema(Struct, rename="camel"):
    schema: str
    schema_type: str = USUAL_TYPE
    references: list[_Reference] = []


def new_schema(request: Request, subject: str) -> NewVersion:
    """Of the default group; raises InvalidSchema, BodyTooLarge."""
    try:
        told = msgspec.json.decode(read_body(request), type=_Schema)
        type_name = by_name(told.schema_type).name
    except (msgspec.DecodeError, UnicodeDecodeError, UnknownArtifactType) as error:
        raise InvalidSchema(f"Invalid schema: {error}") from error
    references = tuple(
        Reference(None, each.subject, str(each.version), each.name) for each in told.references
    )
    return NewVersion(
        group_id=None,
        artifact_id=subject,
        content=told.schema.encode(),
        type=type_name,
        references=references,
        created_by=get_caller(request._request).name,
    )


def schema_id(meta: VersionMeta) -> int:
    """The content's id, or the global one where that is set."""
    return meta.global_id if queries.is_enabled(queries.LEGACY_IDS) else meta.content_id


def schema_document(meta: VersionMeta, content: bytes) -> dict[str, Any]:
    document: dict[str, Any] = {
        "id": schema_id(meta),
        "subject": meta.artifact_id,
        "version": meta.version_id,
        "schema": content.decode(errors="replace"),
        "references": [_reference(each) for each in meta.references],
    }
    if meta.type != USUAL_TYPE:
        document["schemaType"] = meta.type
    return document


def _reference(reference: Reference) -> dict[str, Any]:
    is_number = reference.version.isascii() and reference.version.isdecimal()
    return {
        "name": reference.name,
        "subject": reference.artifact_id,
        "version": int(reference.version) if is_number else reference.version,
    }
