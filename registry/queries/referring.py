"""References followed: to what a content needs, and back to those that need a version."""

from collections.abc import Sequence

from registry.models import DEFAULT_TENANT
from registry.queries.rows import named_group, row, rows, stored_group
from registry.references import Reference, parse


def inbound_references(
    group_id: str | None, artifact_id: str, version: str
) -> tuple[Reference, ...]:
    """The versions that refer to this one, each with the name by which it does; oldest first."""
    found = rows(
        "SELECT a.group_id, a.artifact_id, v.version, r.name FROM registry_reference r "
        "JOIN registry_version v ON v.content_id = r.content_id "
        "JOIN registry_artifact a ON a.id = v.artifact_id "
        "WHERE r.artifact_id = %s AND r.group_id = %s AND r.version = %s AND v.tenant_id = %s "
        "ORDER BY v.global_id, r.name",
        *(artifact_id, stored_group(group_id), version, DEFAULT_TENANT),
    )
    return tuple(Reference(named_group(each[0]), *each[1:]) for each in found)


def referenced_contents(references: Sequence[Reference]) -> dict[str, bytes]:
    """Contents by the names that refer to them, each after those that it needs itself.

    The first content of a name counts; a version that is not there is left out.
    """
    resolved: dict[str, bytes] = {}
    _resolve(references, resolved, set())
    return resolved


def _resolve(
    references: Sequence[Reference], resolved: dict[str, bytes], looked_at: set[Reference]
) -> None:
    for reference in references:
        if reference.name in resolved or reference in looked_at:
            continue
        # Contents may refer to each other in a circle.
        looked_at.add(reference)
        found = row(
            "SELECT c.content, c.serialized_references FROM registry_version v "
            "JOIN registry_artifact a ON a.id = v.artifact_id "
            "JOIN registry_content c ON c.id = v.content_id "
            "WHERE a.tenant_id = %s AND a.group_id = %s AND a.artifact_id = %s AND v.version = %s",
            *(DEFAULT_TENANT, stored_group(reference.group_id)),
            *(reference.artifact_id, reference.version),
        )
        if found is not None:
            _resolve(parse(found[1]), resolved, looked_at)
            resolved.setdefault(reference.name, bytes(found[0]))
