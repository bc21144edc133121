"""Rows required by a writer before publishing, in one statement."""

from dataclasses import dataclass

from registry.models import DEFAULT_TENANT
from registry.queries.sql import fetch_row, to_stored_group


@dataclass(frozen=True, slots=True)
class WriteContext:
    """`artifact_type` and `content_id` are None if the artifact or the content does not exist."""

    artifact_type: str | None
    has_group: bool
    content_id: int | None


def load_write_context(group_id: str | None, artifact_id: str, content_hash: str) -> WriteContext:
    group = to_stored_group(group_id)
    row = fetch_row(
        "SELECT (SELECT type FROM registry_artifact "
        "WHERE tenant_id = %s AND group_id = %s AND artifact_id = %s), "
        "EXISTS (SELECT 1 FROM registry_group WHERE tenant_id = %s AND group_id = %s), "
        "(SELECT content_id FROM registry_content WHERE tenant_id = %s AND content_hash = %s)",
        DEFAULT_TENANT,
        group,
        artifact_id,
        DEFAULT_TENANT,
        group,
        DEFAULT_TENANT,
        content_hash,
    )
    artifact_type, has_group, content_id = row or (None, False, None)
    return WriteContext(artifact_type, group_id is None or bool(has_group), content_id)
