"""What a version changes in another one, in what they mean."""

from registry import queries
from registry.admission.rules import Proposed, _content_of
from registry.artifact_types.checks import Document
from registry.content_changes import Difference, difference
from registry.errors import ArtifactNotFound
from registry.queries import VersionMeta


def compared(old: VersionMeta, new: VersionMeta, contents: tuple[bytes, bytes]) -> Difference:
    """What changed between two versions in what they mean, and whom that breaks."""
    before, after = (
        Document(content, queries.referenced_contents(meta.references))
        for content, meta in zip(contents, (old, new), strict=True)
    )
    return difference(new.type, before, after)


def change_proposed(proposed: Proposed) -> tuple[VersionMeta, Difference] | None:
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
    return latest, difference(proposed.type_name, before, after)
