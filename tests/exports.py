"""Reads an export's zip and the registry's tables as the same plain rows, to compare them."""

import json
import zipfile
from collections import defaultdict
from pathlib import Path
from typing import Any

from registry.models import (
    DEFAULT_GROUP,
    ArtifactRule,
    Comment,
    Content,
    GlobalRule,
    Group,
    Version,
)

#: Documents by the kind of their entry, such as `ArtifactVersion`, in an order of their own.
Rows = dict[str, list[dict[str, Any]]]


def exported(file: Path) -> Rows:
    """Read a Java node's export without its manifest; `data` of a content is its bytes."""
    rows: Rows = defaultdict(list)
    with zipfile.ZipFile(file) as entries:
        for name in entries.namelist():
            kind, form = name.split(".")[-2:]
            if form == "json" and kind != "Manifest":
                rows[kind].append(_entry(entries, name, kind))
    return _sorted(rows)


def _entry(entries: zipfile.ZipFile, name: str, kind: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(entries.read(name))
    if kind == "Content":
        # Always null, where a release has it at all; and 2.1 has no references.
        document.pop("artifactType", None)
        document.setdefault("serializedReferences", None)
        document["data"] = entries.read(name.removesuffix("json") + "data")
    if kind == "Group":
        document["modifiedOn"] = document["modifiedOn"] or None
    return document


def stored() -> Rows:
    """Read Django's present database, all tenants, in the form of an export."""
    return _sorted({
        "Content": [_content(row) for row in Content.objects.all()],
        "Group": [_group(row) for row in Group.objects.all()],
        "ArtifactVersion": [
            _version(row) for row in Version.objects.select_related("artifact", "content")
        ],
        "ArtifactRule": [_artifact_rule(row) for row in ArtifactRule.objects.all()],
        "GlobalRule": [
            {"ruleType": row.type, "configuration": row.configuration}
            for row in GlobalRule.objects.all()
        ],
        "Comment": [_comment(row) for row in Comment.objects.select_related("version")],
    })


def without_derived_times(rows: Rows) -> Rows:
    """Remove the groups' creation times, which a node derives where the journal has 0."""
    groups = [{**group, "createdOn": None} for group in rows.get("Group", [])]
    return {**rows, "Group": groups} if groups else dict(rows)


def _sorted(rows: Rows) -> Rows:
    """Sort the rows of each kind; kinds without rows are left out, as in a zip."""
    return {kind: sorted(documents, key=repr) for kind, documents in rows.items() if documents}


def _group_id(stored_id: str) -> str | None:
    return None if stored_id == DEFAULT_GROUP else stored_id


def _content(row: Content) -> dict[str, Any]:
    return {
        "contentId": row.content_id,
        "canonicalHash": row.canonical_hash,
        "contentHash": row.content_hash,
        "serializedReferences": row.serialized_references,
        "data": bytes(row.content),
    }


def _group(row: Group) -> dict[str, Any]:
    return {
        "groupId": row.group_id,
        "description": row.description,
        "artifactsType": row.artifacts_type,
        "createdBy": row.created_by,
        "createdOn": row.created_on,
        "modifiedBy": row.modified_by,
        "modifiedOn": row.modified_on,
        "properties": json.loads(row.properties or "null"),
    }


def _version(row: Version) -> dict[str, Any]:
    return {
        "globalId": row.global_id,
        "groupId": _group_id(row.artifact.group_id),
        "artifactId": row.artifact.artifact_id,
        "version": row.version,
        "versionId": row.version_id,
        "artifactType": row.artifact.type,
        "state": row.state,
        "name": row.name,
        "description": row.description,
        "createdBy": row.created_by,
        "createdOn": row.created_on,
        "labels": json.loads(row.labels or "null"),
        "properties": json.loads(row.properties or "null"),
        "isLatest": row.artifact.latest == row.global_id,
        "contentId": row.content.content_id,
    }


def _artifact_rule(row: ArtifactRule) -> dict[str, Any]:
    return {
        "groupId": _group_id(row.group_id),
        "artifactId": row.artifact_id,
        "type": row.type,
        "configuration": row.configuration,
    }


def _comment(row: Comment) -> dict[str, Any]:
    return {
        "globalId": row.version.global_id,
        "commentId": row.comment_id,
        "createdBy": row.created_by,
        "createdOn": row.created_on,
        "value": row.value,
    }
