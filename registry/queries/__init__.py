"""What the registry's tables hold, read only; a group of None is the default group."""

from registry.queries.contents import (
    ContentBody,
    content_by_content_id,
    content_by_global_id,
    content_by_hash,
    content_id_by_hash,
    content_of_version,
)
from registry.queries.groups import GroupSummary, group_exists, groups
from registry.queries.rows import Page
from registry.queries.search import (
    ArtifactFilter,
    ArtifactSummary,
    Order,
    OrderBy,
    search_artifacts,
)
from registry.queries.standing import Standing, standing
from registry.queries.tables import (
    ArtifactRow,
    ContentRow,
    SequenceRow,
    artifacts_table,
    contents_table,
    sequences_table,
)
from registry.queries.versions import (
    VersionMeta,
    artifact_exists,
    artifact_type,
    find_version_by_content,
    version_exists,
    version_meta,
    version_meta_by_global_id,
    version_meta_of_any_state,
    version_names,
    versions,
)

__all__ = [
    "ArtifactFilter",
    "ArtifactRow",
    "ArtifactSummary",
    "ContentBody",
    "ContentRow",
    "GroupSummary",
    "Order",
    "OrderBy",
    "Page",
    "SequenceRow",
    "Standing",
    "VersionMeta",
    "artifact_exists",
    "artifact_type",
    "artifacts_table",
    "content_by_content_id",
    "content_by_global_id",
    "content_by_hash",
    "content_id_by_hash",
    "content_of_version",
    "contents_table",
    "find_version_by_content",
    "group_exists",
    "groups",
    "search_artifacts",
    "sequences_table",
    "standing",
    "version_exists",
    "version_meta",
    "version_meta_by_global_id",
    "version_meta_of_any_state",
    "version_names",
    "versions",
]
