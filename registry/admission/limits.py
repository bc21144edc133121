"""Whether there is room for what somebody wants to write: asked before anything of it is said."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from django.conf import settings

from registry import queries
from registry.limits import NO_LIMIT, Limits, check_limit, check_meta_data_limits


class _MetaData(Protocol):
    """What people may edit of a version; a record's MetaData is one."""

    @property
    def name(self) -> str | None: ...
    @property
    def description(self) -> str | None: ...
    @property
    def labels(self) -> Sequence[str] | None: ...
    @property
    def properties(self) -> Mapping[str, str | None] | None: ...


def check_count_limits(
    group_id: str | None, artifact_id: str, content: bytes, *, is_new: bool
) -> None:
    """Of a new artifact, or an artifact's next version; raises LimitExceeded.

    Two writers at once may each find room for one: the limits are no exact counts.
    """
    limits: Limits = settings.ANNALS_LIMITS
    check_limit("Bytes of the content", len(content), limits.schema_size_bytes)
    if limits.total_schemas_count != NO_LIMIT:
        versions = queries.count_versions() + 1
        check_limit("Versions in the registry", versions, limits.total_schemas_count)
    if is_new and limits.artifacts_count != NO_LIMIT:
        artifacts = queries.count_artifacts() + 1
        check_limit("Artifacts in the registry", artifacts, limits.artifacts_count)
    if not is_new and limits.versions_per_artifact_count != NO_LIMIT:
        of_one = len(queries.version_names(group_id, artifact_id)) + 1
        check_limit("Versions of the artifact", of_one, limits.versions_per_artifact_count)


def check_meta_data(meta_data: _MetaData) -> None:
    """Raises LimitExceeded."""
    check_meta_data_limits(
        settings.ANNALS_LIMITS,
        name=meta_data.name,
        description=meta_data.description,
        labels=meta_data.labels,
        properties=meta_data.properties,
    )
