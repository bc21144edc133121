"""What a version changes in another one, in what they mean."""

from registry import queries
from registry.admission.rules import ProposedContent, _content_of
from registry.artifact_types.checks import Document
from registry.content_changes import ContentDifference, compare_contents
from registry.errors import ArtifactNotFound
from registry.queries import VersionMeta


def compare_versions(
    old: VersionMeta, new: VersionMeta, contents: tuple[bytes, bytes]
) -> ContentDifference:
    """What changed between two versions in what they mean, and whom that breaks."""
    before, after = (
        Document(content, queries.referenced_contents(meta.references))
        for content, meta in zip(contents, (old, new), strict=True)
    )
    return compare_contents(new.type, before, after)


def compare_with_latest(proposed: ProposedContent) -> tuple[VersionMeta, ContentDifference] | None:
    """The latest version and what the proposed content changes in it; None where there is none."""
    try:
        latest = queries.version_meta(proposed.group_id, proposed.artifact_id)
    except ArtifactNotFound:
        return None
    before, after = (
        Document(content, queries.referenced_contents(references))
        for content, references in (
            (_content_of(latest), latest.references),
            (proposed.content, proposed.references),
        )
    )
    return latest, compare_contents(proposed.type_name, before, after)
