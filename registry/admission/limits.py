"""Checks of a new version against the limits of the registry."""

from django.conf import settings

from registry import queries
from registry.admission.new_versions import ProposedVersion
from registry.limits import NO_LIMIT, Limits, check_limit, check_meta_data_limits


def check_limits(proposed: ProposedVersion) -> None:
    """Raise LimitExceeded for a version exceeding a limit of the registry.

    Two concurrent writers may each find room for one: the limits are no exact counts.
    """
    limits: Limits = settings.ANNALS_LIMITS
    new = proposed.new
    check_limit("Bytes of the content", len(new.content), limits.schema_size_bytes)
    if limits.total_schemas_count != NO_LIMIT:
        count = queries.count_versions() + 1
        check_limit("Versions in the registry", count, limits.total_schemas_count)
    if proposed.is_new_artifact and limits.artifacts_count != NO_LIMIT:
        count = queries.count_artifacts() + 1
        check_limit("Artifacts in the registry", count, limits.artifacts_count)
    if not proposed.is_new_artifact and limits.versions_per_artifact_count != NO_LIMIT:
        count = len(queries.version_names(new.group_id, new.artifact_id)) + 1
        check_limit("Versions of the artifact", count, limits.versions_per_artifact_count)
    meta = proposed.meta
    check_meta_data_limits(limits, name=meta.name, description=meta.description, labels=new.labels)
