"""The JSON of Registry API v2, with the fields that a Java node was seen to send, and no nulls."""

from datetime import UTC, datetime
from typing import Any

from django.conf import settings

from registry.queries import ArtifactSummary, Comment, GroupMeta, Page, VersionMeta
from registry.references import Reference

_FORMATS = {"legacy": "%Y-%m-%dT%H:%M:%S+0000", "iso": "%Y-%m-%dT%H:%M:%SZ"}
_OPTIONAL = (
    *("groupId", "name", "description", "labels", "properties"),
    # Of a group, which may be known by its id alone.
    *("createdBy", "modifiedBy", "modifiedOn"),
)


def artifact_meta(meta: VersionMeta) -> dict[str, Any]:
    """ArtifactMetaData: `created` is the artifact's, `modified` the version's."""
    return _without_empty({
        **_common(meta),
        "id": meta.artifact_id,
        "groupId": meta.group_id,
        "createdBy": meta.artifact_created_by,
        "createdOn": date(meta.artifact_created_on),
        "modifiedBy": meta.created_by,
        "modifiedOn": date(meta.created_on),
        "references": references(meta.references),
    })


def version_meta(meta: VersionMeta) -> dict[str, Any]:
    """VersionMetaData."""
    return _without_empty({
        **_common(meta),
        "id": meta.artifact_id,
        "groupId": meta.group_id,
        "createdBy": meta.created_by,
        "createdOn": date(meta.created_on),
    })


def new_version_meta(meta: VersionMeta) -> dict[str, Any]:
    """VersionMetaData after a POST, where a Java node tells who made the artifact, and when."""
    return {
        **version_meta(meta),
        "createdBy": meta.artifact_created_by,
        "createdOn": date(meta.artifact_created_on),
    }


def version_page(page: Page[VersionMeta]) -> dict[str, Any]:
    """VersionSearchResults."""
    return {
        "count": page.count,
        "versions": [
            _without_empty({
                **_common(meta),
                "createdBy": meta.created_by,
                "createdOn": date(meta.created_on),
                "references": references(meta.references),
            })
            for meta in page.items
        ],
    }


def artifact_page(page: Page[ArtifactSummary]) -> dict[str, Any]:
    """ArtifactSearchResults."""
    return {"artifacts": [_summary(each) for each in page.items], "count": page.count}


def _summary(summary: ArtifactSummary) -> dict[str, Any]:
    return _without_empty({
        "id": summary.artifact_id,
        "groupId": summary.group_id,
        "name": summary.name,
        "description": summary.description,
        "labels": list(summary.labels),
        "type": summary.type,
        "state": summary.state,
        "createdBy": summary.created_by,
        "createdOn": date(summary.created_on),
        "modifiedBy": summary.modified_by,
        "modifiedOn": date(summary.modified_on),
    })


def group_page(page: Page[GroupMeta]) -> dict[str, Any]:
    """GroupSearchResults."""
    return {
        "groups": [
            _without_empty({**_group(each), "modifiedOn": _date_or_none(each.modified_on)})
            for each in page.items
        ],
        "count": page.count,
    }


def group_meta(group: GroupMeta) -> dict[str, Any]:
    """GroupMetaData, where a group that was never modified was so in 1970."""
    return _without_empty({
        **_group(group),
        "modifiedOn": date(group.modified_on or 0),
        "properties": group.properties,
    })


def _group(group: GroupMeta) -> dict[str, Any]:
    return {
        "id": group.group_id,
        "description": group.description,
        "createdBy": group.created_by,
        "createdOn": date(group.created_on),
        "modifiedBy": group.modified_by,
    }


def comment(of: Comment) -> dict[str, Any]:
    return {
        "commentId": of.comment_id,
        "createdBy": of.created_by,
        "createdOn": date(of.created_on),
        "value": of.value,
    }


def references(of: tuple[Reference, ...]) -> list[dict[str, Any]]:
    return [
        _without_empty({
            "groupId": each.group_id,
            "artifactId": each.artifact_id,
            "version": each.version,
            "name": each.name,
        })
        for each in of
    ]


def date(milliseconds: int) -> str:
    """In the format that ANNALS_DATE_FORMAT names."""
    moment = datetime.fromtimestamp(milliseconds // 1000, UTC)
    return moment.strftime(_FORMATS[settings.ANNALS_DATE_FORMAT])


def _date_or_none(milliseconds: int | None) -> str | None:
    return None if milliseconds is None else date(milliseconds)


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
