"""What the registry holds of what somebody brings: looked up by ids and places, many at a time."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from registry.models import DEFAULT_TENANT
from registry.queries.sql import fetch_rows, from_stored_group, to_stored_group

#: Parameters of one statement: well below what either database takes.
_LOT = 500


@dataclass(frozen=True, slots=True)
class VersionCoordinates:
    """Where a version stands; a group of None is the default group."""

    group_id: str | None
    artifact_id: str
    version: str


def content_hashes_by_id(content_ids: Iterable[int]) -> dict[int, str]:
    """Content hashes by id, of those that are kept."""
    sql = "SELECT content_id, content_hash FROM registry_content t WHERE t.content_id IN"
    return {each[0]: each[1] for each in _in_lots(sql, content_ids)}


def content_ids_by_hash(hashes: Iterable[str]) -> dict[str, int]:
    """Content ids by hash, of those that are kept."""
    sql = "SELECT content_hash, content_id FROM registry_content t WHERE t.content_hash IN"
    return {each[0]: each[1] for each in _in_lots(sql, hashes)}


def coordinates_by_global_id(global_ids: Iterable[int]) -> dict[int, VersionCoordinates]:
    """Places by global id, of those that are kept."""
    sql = (
        "SELECT t.global_id, a.group_id, a.artifact_id, t.version FROM registry_version t "
        "JOIN registry_artifact a ON a.id = t.artifact_id WHERE t.global_id IN"
    )
    return {each[0]: _place(each[1:]) for each in _in_lots(sql, global_ids)}


def global_ids_by_coordinates(
    artifacts: Iterable[tuple[str | None, str]],
) -> dict[VersionCoordinates, int]:
    """Global ids by place, of all versions of these artifacts: (group, artifact id)."""
    wanted = set(artifacts)
    sql = (
        "SELECT t.global_id, a.group_id, a.artifact_id, t.version FROM registry_version t "
        "JOIN registry_artifact a ON a.id = t.artifact_id WHERE a.artifact_id IN"
    )
    found = _in_lots(sql, {artifact_id for _, artifact_id in wanted})
    places = ((_place(each[1:]), each[0]) for each in found)
    return {
        place: global_id
        for place, global_id in places
        if (place.group_id, place.artifact_id) in wanted
    }


def global_ids_by_comment_id(comment_ids: Iterable[str]) -> dict[str, int]:
    """The global id of the version that each comment is on, by comment id."""
    sql = (
        "SELECT t.comment_id, v.global_id FROM registry_comment t "
        "JOIN registry_version v ON v.id = t.version_id WHERE t.comment_id IN"
    )
    return {each[0]: each[1] for each in _in_lots(sql, comment_ids)}


def existing_group_ids(group_ids: Iterable[str]) -> set[str]:
    sql = "SELECT group_id FROM registry_group t WHERE t.group_id IN"
    return {each[0] for each in _in_lots(sql, map(to_stored_group, group_ids))}


def existing_artifact_rules(
    artifacts: Iterable[tuple[str | None, str]],
) -> set[tuple[str | None, str, str]]:
    """(group, artifact id, rule type) of all rules of these artifacts."""
    wanted = set(artifacts)
    sql = "SELECT group_id, artifact_id, type FROM registry_artifactrule t WHERE t.artifact_id IN"
    found = _in_lots(sql, {artifact_id for _, artifact_id in wanted})
    rules = ((from_stored_group(each[0]), each[1], each[2]) for each in found)
    return {each for each in rules if each[:2] in wanted}


def _place(columns: tuple[Any, ...]) -> VersionCoordinates:
    group_id, artifact_id, version = columns
    return VersionCoordinates(from_stored_group(group_id), artifact_id, version)


def _in_lots(sql: str, wanted: Iterable[object]) -> Iterator[tuple[Any, ...]]:
    """Of the default tenant, for all that is wanted."""
    remaining = iter(wanted)
    while lot := list(islice(remaining, _LOT)):
        places = ", ".join(["%s"] * len(lot))
        yield from fetch_rows(f"{sql} ({places}) AND t.tenant_id = %s", *lot, DEFAULT_TENANT)
