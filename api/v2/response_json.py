"""The JSON of Registry API v2, with the fields recorded from Java nodes, and no nulls."""

from typing import Any

from django.conf import settings

from registry.queries import ArtifactSummary, Comment, GroupMeta, Page, VersionMeta
from registry.references import Reference
from registry.times import format_seconds

_ZONES = {"legacy": "+0000", "iso": "Z"}
_OPTIONAL = (
    *("groupId", "name", "description", "labels", "properties"),
    # A group may be known by its id alone.
    *("createdBy", "modifiedBy", "modifiedOn"),
)


def artifact_meta(meta: VersionMeta) -> dict[str, Any]:
    """Return ArtifactMetaData: `created` is the artifact's, `modified` the version's."""
    return _without_empty({
        **_common(meta),
        "id": meta.artifact_id,
        "groupId": meta.group_id,
        "createdBy": meta.artifact_created_by,
        "createdOn": format_date(meta.artifact_created_on),
        "modifiedBy": meta.created_by,
        "modifiedOn": format_date(meta.created_on),
        "references": references(meta.references),
    })


def version_meta(meta: VersionMeta) -> dict[str, Any]:
    """Return VersionMetaData."""
    return _without_empty({
        **_common(meta),
        "id": meta.artifact_id,
        "groupId": meta.group_id,
        "createdBy": meta.created_by,
        "createdOn": format_date(meta.created_on),
    })


def new_version_meta(meta: VersionMeta) -> dict[str, Any]:
    """Return VersionMetaData after a POST, with the artifact's creator and creation time."""
    return {
        **version_meta(meta),
        "createdBy": meta.artifact_created_by,
        "createdOn": format_date(meta.artifact_created_on),
    }


def version_page(page: Page[VersionMeta]) -> dict[str, Any]:
    """Return VersionSearchResults."""
    return {
        "count": page.count,
        "versions": [
            _without_empty({
                **_common(meta),
                "createdBy": meta.created_by,
                "createdOn": format_date(meta.created_on),
                "references": references(meta.references),
            })
            for meta in page.items
        ],
    }


def artifact_page(page: Page[ArtifactSummary]) -> dict[str, Any]:
    """Return ArtifactSearchResults."""
    return {
        "artifacts": [
            _without_empty({
                "id": artifact.artifact_id,
                "groupId": artifact.group_id,
                "name": artifact.name,
                "description": artifact.description,
                "labels": list(artifact.labels),
                "type": artifact.type,
                "state": artifact.state,
                "createdBy": artifact.created_by,
                "createdOn": format_date(artifact.created_on),
                "modifiedBy": artifact.modified_by,
                "modifiedOn": format_date(artifact.modified_on),
            })
            for artifact in page.items
        ],
        "count": page.count,
    }


def group_page(page: Page[GroupMeta]) -> dict[str, Any]:
    """Return GroupSearchResults."""
    return {
        "groups": [
            _without_empty({
                **_group(group),
                "modifiedOn": None if group.modified_on is None else format_date(group.modified_on),
            })
            for group in page.items
        ],
        "count": page.count,
    }


def group_meta(group: GroupMeta) -> dict[str, Any]:
    """Return GroupMetaData, with the time 1970 for a group never modified."""
    return _without_empty({
        **_group(group),
        "modifiedOn": format_date(group.modified_on or 0),
        "properties": group.properties,
    })


def _group(group: GroupMeta) -> dict[str, Any]:
    return {
        "id": group.group_id,
        "description": group.description,
        "createdBy": group.created_by,
        "createdOn": format_date(group.created_on),
        "modifiedBy": group.modified_by,
    }


def comment(row: Comment) -> dict[str, Any]:
    return {
        "commentId": row.comment_id,
        "createdBy": row.created_by,
        "createdOn": format_date(row.created_on),
        "value": row.value,
    }


def references(rows: tuple[Reference, ...]) -> list[dict[str, Any]]:
    return [
        _without_empty({
            "groupId": row.group_id,
            "artifactId": row.artifact_id,
            "version": row.version,
            "name": row.name,
        })
        for row in rows
    ]


def format_date(milliseconds: int) -> str:
    """Format a time in epoch ms according to ANNALS_DATE_FORMAT."""
    return format_seconds(milliseconds) + _ZONES[settings.ANNALS_DATE_FORMAT]


def _common(meta: VersionMeta) -> dict[str, Any]:
    return {
        "name": meta.name,
        "description": meta.description,
        "labels": list(meta.labels),
        "properties": meta.properties,
        "version": meta.version,
        "type": meta.type,
        "globalId": meta.global_id,
        "contentId": meta.content_id,
        "state": meta.state,
    }


def _without_empty(document: dict[str, Any]) -> dict[str, Any]:
    return {
        key: value
        for key, value in document.items()
        if key not in _OPTIONAL or (value is not None and value not in ([], {}))
    }
