"""References followed: to what a content needs, and back to those that need a version."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from registry.models import DEFAULT_TENANT
from registry.queries.sql import fetch_row, fetch_rows, from_stored_group, to_stored_group
from registry.references import Reference, parse_references

#: Contents, with their own references, of versions that are about to be stored.
PlannedContents = Mapping[tuple[str | None, str, str], tuple[bytes, tuple[Reference, ...]]]
NO_PLANNED_CONTENTS: PlannedContents = MappingProxyType({})


def inbound_references(
    group_id: str | None, artifact_id: str, version: str
) -> tuple[Reference, ...]:
    """The versions that refer to this one, each with the name by which it does; oldest first."""
    found = fetch_rows(
        "SELECT a.group_id, a.artifact_id, v.version, r.name FROM registry_reference r "
        "JOIN registry_version v ON v.content_id = r.content_id "
        "JOIN registry_artifact a ON a.id = v.artifact_id "
        "WHERE r.artifact_id = %s AND r.group_id = %s AND r.version = %s AND v.tenant_id = %s "
        "ORDER BY v.global_id, r.name",
        *(artifact_id, to_stored_group(group_id), version, DEFAULT_TENANT),
    )
    return tuple(Reference(from_stored_group(each[0]), *each[1:]) for each in found)


@dataclass(slots=True)
class ResolvedReferences:
    """Where references lead, and on from there.

    `contents` are by the names that refer to them, each after those that it needs itself; the first
    content of a name counts. `missing` are references to versions that are not there. `circle` are
    the names along which the references come back to where they were, empty if they don't.
    """

    contents: dict[str, bytes] = field(default_factory=dict)
    missing: list[Reference] = field(default_factory=list)
    cycle: tuple[str, ...] = ()


def resolve_references(
    references: Sequence[Reference], planned: PlannedContents = NO_PLANNED_CONTENTS
) -> ResolvedReferences:
    """Depth first, without recursion: chains may be thousands long.

    What is planned counts as if it were there.
    """
    resolved = ResolvedReferences()
    looked_at: set[Reference] = set()
    trail: dict[Reference, bytes] = {}
    waiting: list[tuple[Reference, bool]] = [(each, False) for each in reversed(references)]
    while waiting:
        reference, is_done = waiting.pop()
        if is_done:
            resolved.contents.setdefault(reference.name, trail.pop(reference))
            continue
        if reference in trail and not resolved.cycle:
            resolved.cycle = _circle(list(trail), reference)
        if reference in looked_at or reference.name in resolved.contents:
            continue
        looked_at.add(reference)
        place = (reference.group_id, reference.artifact_id, reference.version)
        found = planned.get(place) or _content_of(reference)
        if found is None:
            resolved.missing.append(reference)
            continue
        content, inner = found
        trail[reference] = content
        waiting.append((reference, True))
        waiting.extend((each, False) for each in reversed(inner))
    return resolved


def referenced_contents(references: Sequence[Reference]) -> dict[str, bytes]:
    """As `Resolved.contents`."""
    return resolve_references(references).contents


def _circle(trail: list[Reference], back: Reference) -> tuple[str, ...]:
    return (*(each.name for each in trail[trail.index(back) :]), back.name)


def _content_of(reference: Reference) -> tuple[bytes, tuple[Reference, ...]] | None:
    found: tuple[Any, ...] | None = fetch_row(
        "SELECT c.content, c.serialized_references FROM registry_version v "
        "JOIN registry_artifact a ON a.id = v.artifact_id "
        "JOIN registry_content c ON c.id = v.content_id "
        "WHERE a.tenant_id = %s AND a.group_id = %s AND a.artifact_id = %s AND v.version = %s",
        *(DEFAULT_TENANT, to_stored_group(reference.group_id)),
        *(reference.artifact_id, reference.version),
    )
    return None if found is None else (bytes(found[0]), parse_references(found[1]))
