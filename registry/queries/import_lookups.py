"""Lookups of stored rows for the entries of an import, many at a time."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from registry.models import DEFAULT_TENANT
from registry.queries.sql import fetch_rows, from_stored_group, to_stored_group

#: Parameters of one statement: well below the limits of both databases.
_BATCH_SIZE = 500


@dataclass(frozen=True, slots=True)
class VersionCoordinates:
    """The coordinates of a version; a group of None is the default group."""

    group_id: str | None
    artifact_id: str
    version: str


def content_hashes_by_id(content_ids: Iterable[int]) -> dict[int, str]:
    """Return the hashes of stored contents by id."""
    sql = "SELECT content_id, content_hash FROM registry_content t WHERE t.content_id IN"
    return {row[0]: row[1] for row in _fetch_batches(sql, content_ids)}


def content_ids_by_hash(hashes: Iterable[str]) -> dict[str, int]:
    """Return the ids of stored contents by hash."""
    sql = "SELECT content_hash, content_id FROM registry_content t WHERE t.content_hash IN"
    return {row[0]: row[1] for row in _fetch_batches(sql, hashes)}


def coordinates_by_global_id(global_ids: Iterable[int]) -> dict[int, VersionCoordinates]:
    """Return the coordinates of stored versions by global id."""
    sql = (
        "SELECT t.global_id, a.group_id, a.artifact_id, t.version FROM registry_version t "
        "JOIN registry_artifact a ON a.id = t.artifact_id WHERE t.global_id IN"
    )
    return {row[0]: _to_coordinates(row[1:]) for row in _fetch_batches(sql, global_ids)}


def global_ids_by_coordinates(
    artifacts: Iterable[tuple[str | None, str]],
) -> dict[VersionCoordinates, int]:
    """Return the global ids of all versions of these artifacts: (group, artifact id)."""
    keys = set(artifacts)
    sql = (
        "SELECT t.global_id, a.group_id, a.artifact_id, t.version FROM registry_version t "
        "JOIN registry_artifact a ON a.id = t.artifact_id WHERE a.artifact_id IN"
    )
    rows = _fetch_batches(sql, {artifact_id for _, artifact_id in keys})
    versions = ((_to_coordinates(row[1:]), row[0]) for row in rows)
    return {
        version: global_id
        for version, global_id in versions
        if (version.group_id, version.artifact_id) in keys
    }


def global_ids_by_comment_id(comment_ids: Iterable[str]) -> dict[str, int]:
    """Return the global ids of the commented versions by comment id."""
    sql = (
        "SELECT t.comment_id, v.global_id FROM registry_comment t "
        "JOIN registry_version v ON v.id = t.version_id WHERE t.comment_id IN"
    )
    return {row[0]: row[1] for row in _fetch_batches(sql, comment_ids)}


def existing_group_ids(group_ids: Iterable[str | None]) -> set[str | None]:
    sql = "SELECT group_id FROM registry_group t WHERE t.group_id IN"
    rows = _fetch_batches(sql, map(to_stored_group, group_ids))
    return {from_stored_group(row[0]) for row in rows}


def existing_artifact_rules(
    artifacts: Iterable[tuple[str | None, str]],
) -> set[tuple[str | None, str, str]]:
    """Return (group, artifact id, rule type) of all rules of these artifacts."""
    keys = set(artifacts)
    sql = "SELECT group_id, artifact_id, type FROM registry_artifactrule t WHERE t.artifact_id IN"
    rows = _fetch_batches(sql, {artifact_id for _, artifact_id in keys})
    rules = ((from_stored_group(row[0]), row[1], row[2]) for row in rows)
    return {rule for rule in rules if rule[:2] in keys}


def _to_coordinates(columns: tuple[Any, ...]) -> VersionCoordinates:
    group_id, artifact_id, version = columns
    return VersionCoordinates(from_stored_group(group_id), artifact_id, version)


def _fetch_batches(sql: str, values: Iterable[object]) -> Iterator[tuple[Any, ...]]:
    """Yield the default tenant's rows for all values of the statement's IN."""
    remaining = iter(values)
    while batch := list(islice(remaining, _BATCH_SIZE)):
        placeholders = ", ".join(["%s"] * len(batch))
        yield from fetch_rows(
            f"{sql} ({placeholders}) AND t.tenant_id = %s", *batch, DEFAULT_TENANT
        )
