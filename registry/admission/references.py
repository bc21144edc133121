"""Which stored version a content means that refers to something outside of itself."""

from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from registry import queries
from registry.bundles.dependencies import FAMILIES
from registry.bundles.names import base_name, provided_names
from registry.queries import VersionMeta
from registry.references import Reference


def find_reference_target(
    group_id: str | None, type_name: str, names: Sequence[str], name: str
) -> Reference | None:
    """The latest version of the artifact that is called so, if there is one; by `name`.

    One of the same group goes before others; an Avro type must be defined by the content.
    """
    family = FAMILIES.get(type_name, frozenset())
    called = [each for each in queries.latest_versions(tuple(_ids(names))) if each.type in family]
    called.sort(key=lambda each: (each.group_id != group_id, _rank(names, each)))
    for each in called:
        if type_name != "AVRO" or not _offers(each).isdisjoint(names):
            return Reference(each.group_id, each.artifact_id, each.version, name)
    return None


def _offers(meta: VersionMeta) -> frozenset[str]:
    found = queries.content_of_version(meta.group_id, meta.artifact_id, meta.version)
    return provided_names(meta.type, found.content)


def _ids(names: Sequence[str]) -> Iterator[str]:
    """Ids that an artifact may have which is referred to so: the likeliest first."""
    found: dict[str, None] = {}
    for name in names:
        resource = name.partition("#")[0]
        path = PurePosixPath(resource.split("://", 1)[-1])
        dotted = ".".join((*path.parent.parts, base_name(resource)))
        for each in (
            name,
            resource,
            dotted,
            path.name,
            base_name(resource),
            resource.rpartition(".")[2],
        ):
            if each:
                found[each] = None
    yield from found


def _rank(names: Sequence[str], meta: VersionMeta) -> int:
    return list(_ids(names)).index(meta.artifact_id)
