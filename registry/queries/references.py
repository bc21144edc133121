"""References in both directions: to the contents required by a content, and to its dependents."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, NamedTuple

from registry.artifact_types import ReferencedContent
from registry.models import DEFAULT_TENANT
from registry.queries.sql import fetch_row, fetch_rows, from_stored_group, to_stored_group
from registry.references import Reference, parse_references

#: By group, artifact id and version: contents and references of versions that are not stored yet.
PlannedContents = Mapping[tuple[str | None, str, str], tuple[bytes, tuple[Reference, ...]]]
NO_PLANNED_CONTENTS: PlannedContents = MappingProxyType({})
_MAX_LISTED_CONTENTS = 1000


def inbound_references(
    group_id: str | None, artifact_id: str, version: str
) -> tuple[Reference, ...]:
    """Return the versions referring to this one, each with its name for it; oldest first."""
    rows = fetch_rows(
        "SELECT a.group_id, a.artifact_id, v.version, r.name FROM registry_reference r "
        "JOIN registry_version v ON v.content_id = r.content_id "
        "JOIN registry_artifact a ON a.id = v.artifact_id "
        "WHERE r.artifact_id = %s AND r.group_id = %s AND r.version = %s AND v.tenant_id = %s "
        "ORDER BY v.global_id, r.name",
        *(artifact_id, to_stored_group(group_id), version, DEFAULT_TENANT),
    )
    return tuple(Reference(from_stored_group(group), *columns) for group, *columns in rows)


def reference_lists(
    type_name: str, artifact: tuple[str | None, str] | None = None
) -> tuple[str, ...]:
    """Return the references of stored contents of a type, as the journal spells them, each once.

    They are those of the newest 1,000 contents that have any, of the artifact if one is given.
    """
    condition, params = "", [DEFAULT_TENANT, type_name]
    if artifact is not None:
        condition = "AND a.group_id = %s AND a.artifact_id = %s "
        params += [to_stored_group(artifact[0]), artifact[1]]
    rows = fetch_rows(
        "SELECT DISTINCT c.id, c.serialized_references FROM registry_content c "
        "JOIN registry_version v ON v.content_id = c.id "
        "JOIN registry_artifact a ON a.id = v.artifact_id "
        f"WHERE c.tenant_id = %s AND c.other_hash IS NOT NULL AND a.type = %s {condition}"
        "ORDER BY c.id DESC LIMIT %s",
        *params,
        _MAX_LISTED_CONTENTS,
    )
    return tuple(dict.fromkeys(text for _, text in rows))


@dataclass(slots=True)
class ResolvedReferences:
    """The targets of references, direct and indirect.

    `contents` are by the names of references, each after the contents it needs itself; the first
    content of a name counts. `missing` are references to versions that do not exist. `cycle` are
    the names along a cycle of references, empty without one.
    """

    contents: dict[str, bytes] = field(default_factory=dict)
    missing: list[Reference] = field(default_factory=list)
    cycle: tuple[str, ...] = ()


def resolve_references(
    references: Sequence[Reference], planned: PlannedContents = NO_PLANNED_CONTENTS
) -> ResolvedReferences:
    """Follow references depth first; planned contents count as stored."""
    # Without recursion: chains may be thousands long.
    resolved = ResolvedReferences()
    visited: set[Reference] = set()
    trail: dict[Reference, bytes] = {}
    stack: list[tuple[Reference, bool]] = [(item, False) for item in reversed(references)]
    while stack:
        reference, is_done = stack.pop()
        if is_done:
            resolved.contents.setdefault(reference.name, trail.pop(reference))
            continue
        if reference in trail and not resolved.cycle:
            names = [item.name for item in trail]
            start = list(trail).index(reference)
            resolved.cycle = (*names[start:], reference.name)
        if reference in visited or reference.name in resolved.contents:
            continue
        visited.add(reference)
        key = (reference.group_id, reference.artifact_id, reference.version)
        target = planned.get(key) or _read_target(reference)
        if target is None:
            resolved.missing.append(reference)
            continue
        content, inner_references = target[:2]
        trail[reference] = content
        stack.append((reference, True))
        stack.extend((item, False) for item in reversed(inner_references))
    return resolved


def referenced_contents(references: Sequence[Reference]) -> dict[str, bytes]:
    """Return the `contents` of the resolved references."""
    return resolve_references(references).contents


def linked_references(references: Sequence[Reference]) -> dict[str, ReferencedContent]:
    """Return referenced contents by name, each with its own references.

    A name belongs to the content that uses it. References that lead nowhere are left out.
    """
    contents: dict[tuple[str | None, str, str], ReferencedContent] = {}
    linked: dict[str, ReferencedContent] = {}
    pending = [(linked, reference) for reference in references]
    while pending:
        known, reference = pending.pop(0)
        key = (reference.group_id, reference.artifact_id, reference.version)
        if key not in contents:
            target = _read_target(reference)
            if target is None:
                continue
            contents[key] = ReferencedContent(target.content, target.type_name)
            pending += [(contents[key].references, inner) for inner in target.references]
        known.setdefault(reference.name, contents[key])
    return linked


class _Target(NamedTuple):
    content: bytes
    references: tuple[Reference, ...]
    type_name: str


def _read_target(reference: Reference) -> _Target | None:
    row: tuple[Any, ...] | None = fetch_row(
        "SELECT c.content, c.serialized_references, a.type FROM registry_version v "
        "JOIN registry_artifact a ON a.id = v.artifact_id "
        "JOIN registry_content c ON c.id = v.content_id "
        "WHERE a.tenant_id = %s AND a.group_id = %s AND a.artifact_id = %s AND v.version = %s",
        *(DEFAULT_TENANT, to_stored_group(reference.group_id)),
        *(reference.artifact_id, reference.version),
    )
    return None if row is None else _Target(bytes(row[0]), parse_references(row[1]), row[2])
