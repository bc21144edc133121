"""Changes from one version to another, by the meaning of their contents."""

from registry import queries
from registry.admission.new_versions import NewVersion
from registry.artifact_types.checks import Document
from registry.content_changes import ContentDifference, compare_contents
from registry.errors import ArtifactNotFound
from registry.queries import VersionMeta


def compare_versions(
    old: VersionMeta, new: VersionMeta, contents: tuple[bytes, bytes]
) -> ContentDifference:
    """Compare two versions; `contents` are theirs, in the same order."""
    before, after = (
        Document(content, queries.referenced_contents(meta.references))
        for content, meta in zip(contents, (old, new), strict=True)
    )
    return compare_contents(new.type, before, after)


def compare_with_latest(
    new: NewVersion, type_name: str
) -> tuple[VersionMeta, ContentDifference] | None:
    """Return the artifact's latest version and the new one's differences; None without a latest."""
    try:
        latest = queries.version_meta(new.group_id, new.artifact_id)
    except ArtifactNotFound:
        return None
    stored = queries.content_of_version(latest.group_id, latest.artifact_id, latest.version)
    before = Document(stored.content, queries.referenced_contents(latest.references))
    after = Document(new.content, queries.referenced_contents(new.references))
    return latest, compare_contents(type_name, before, after)
