"""Finds stored versions for the external references of a content."""

from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from registry import queries
from registry.bundles.dependencies import FAMILIES
from registry.bundles.names import base_name
from registry.checking import provided_names
from registry.queries import VersionMeta
from registry.references import Reference


class ReferenceTargets:
    """Stored versions for references of contents of one group; each content is read once."""

    def __init__(self, group_id: str | None) -> None:
        self._group_id = group_id
        self._names: dict[int, frozenset[str]] = {}

    def find(self, type_name: str, names: Sequence[str], name: str) -> Reference | None:
        """Return a reference called `name` to the latest version of an artifact with this id.

        One of the same group has precedence; an Avro type must be defined by the content.
        """
        family = FAMILIES.get(type_name, frozenset())
        ids = list(dict.fromkeys(_likely_ids(names)))
        candidates = [meta for meta in queries.latest_versions(ids) if meta.type in family]
        candidates.sort(
            key=lambda meta: (meta.group_id != self._group_id, ids.index(meta.artifact_id))
        )
        for meta in candidates:
            if type_name != "AVRO" or not self._provided_names(meta).isdisjoint(names):
                return Reference(meta.group_id, meta.artifact_id, meta.version, name)
        return None

    def _provided_names(self, meta: VersionMeta) -> frozenset[str]:
        if meta.content_id not in self._names:
            stored = queries.content_of_version(meta.group_id, meta.artifact_id, meta.version)
            self._names[meta.content_id] = provided_names(meta.type, stored.content)
        return self._names[meta.content_id]


def _likely_ids(names: Sequence[str]) -> Iterator[str]:
    """Yield ids of artifacts probably meant by these names, the likeliest first."""
    for name in names:
        resource = name.partition("#")[0]
        path = PurePosixPath(resource.split("://", 1)[-1])
        dotted = ".".join((*path.parent.parts, base_name(resource)))
        for artifact_id in (
            *(name, resource, dotted, path.name),
            *(base_name(resource), resource.rpartition(".")[2]),
        ):
            if artifact_id:
                yield artifact_id
