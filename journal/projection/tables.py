"""The registry's tables as shared by the handlers, read and written in bulk.

Rows are cached when read, new rows are buffered until `flush`. Handlers that run SQL of their own
on artifacts, versions or contents call `flush` first.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from journal.database.writer import Writer
from journal.models import ContentView
from journal.projection.lost_contents import LostContents
from journal.projection.rows import (
    ArtifactRow,
    ContentRow,
    VersionRow,
    get_group,
    get_tenant,
    parse_meta_data,
    to_json,
)
from journal.projection.write_buffer import WriteBuffer
from journal.wire.messages import MetaData
from registry.errors import ImpossibleRecord
from registry.models import DEFAULT_TENANT, SequenceName
from registry.whole_numbers import MAX_LONG

#: Tenant, stored group and artifact id.
ArtifactCoordinates = tuple[str, str, str | None]
#: Tenant and content hash.
ContentCoordinates = tuple[str, str]

HIGHEST_ID = {
    SequenceName.CONTENT_ID: "SELECT MAX(content_id) FROM registry_content WHERE tenant_id = %s",
    SequenceName.GLOBAL_ID: "SELECT MAX(global_id) FROM registry_version WHERE tenant_id = %s",
}


class Tables:
    """Call `flush` before a commit; `reload` after a rollback or a change made elsewhere."""

    def __init__(self, writer: Writer, view: ContentView = ContentView.FIRST_WINS) -> None:
        self.writer = writer
        self.view = view
        self.lost_contents = LostContents(writer)
        self.reload()

    def reload(self) -> None:
        """Drop caches and buffered rows, and load the initial state from the tables."""
        self._buffer = WriteBuffer(self.writer)
        self._sequences: dict[tuple[str, str], int] = {}
        self._moved_sequences: set[tuple[str, str]] = set()
        self._highest: dict[tuple[str, str], int] = {}
        self._clear_cache()
        rows = self.writer.read_all(
            "SELECT id FROM registry_content c WHERE NOT EXISTS "
            "(SELECT 1 FROM registry_version v WHERE v.content_id = c.id)"
        )
        #: Contents without a version: only these can be orphans.
        self._unused: set[int] = {row[0] for row in rows}

    def _clear_cache(self) -> None:
        self._artifacts: dict[ArtifactCoordinates, ArtifactRow | None] = {}
        self._moved_artifacts: dict[int, int | None] = {}
        self._contents: dict[ContentCoordinates, ContentRow | None] = {}
        self._contents_by_id: dict[tuple[str, int], ContentRow | None] = {}
        self._new_global_ids: set[tuple[str, int]] = set()
        self._new_versions: set[tuple[int, str | None]] = set()

    def flush(self) -> None:
        """Write buffered rows and drop the cache.

        Raises the driver's error if a constraint is broken.
        """
        self._buffer.write()
        if self._moved_artifacts:
            self.writer.write_many(
                "UPDATE registry_artifact SET latest = %s WHERE id = %s",
                [(latest, row_id) for row_id, latest in self._moved_artifacts.items()],
            )
        if self._moved_sequences:
            self.writer.write_many(
                "INSERT INTO registry_sequence (tenant_id, name, value) VALUES (%s, %s, %s) "
                "ON CONFLICT (tenant_id, name) DO UPDATE SET value = excluded.value",
                [
                    (tenant, str(name), self._sequences[tenant, name])
                    for tenant, name in sorted(self._moved_sequences)
                ],
            )
            self._moved_sequences.clear()
        self._clear_cache()

    # Sequences

    def sequence(self, tenant: str, name: str) -> int:
        if (tenant, name) not in self._sequences:
            row = self.writer.read(
                "SELECT value FROM registry_sequence WHERE tenant_id = %s AND name = %s",
                tenant,
                str(name),
            )
            self._sequences[tenant, name] = int(row[0]) if row else 0
        return self._sequences[tenant, name]

    def set_sequence(self, tenant: str, name: str, value: int) -> None:
        self._sequences[tenant, name] = value
        self._moved_sequences.add((tenant, name))

    def next_in_sequence(self, tenant: str, name: str) -> int:
        """Allocate the next id; raises ImpossibleRecord at the end of 64 bits."""
        value = self.sequence(tenant, name) + 1
        if value > MAX_LONG:
            raise ImpossibleRecord(f"The sequence {name} is at its end")
        self.set_sequence(tenant, name, value)
        return value

    def highest_in_use(self, tenant: str, name: SequenceName) -> int:
        """Return an upper bound of the ids in use, exact unless ids were deleted."""
        if (tenant, name) not in self._highest:
            self._highest[tenant, name] = self.writer.read(HIGHEST_ID[name], tenant)[0] or 0
        return self._highest[tenant, name]

    def _raise_highest(self, tenant: str, name: SequenceName, used: int) -> None:
        if used > self.highest_in_use(tenant, name):
            self._highest[tenant, name] = used

    # Contents

    def content_by_id(self, tenant: str, content_id: int) -> ContentRow | None:
        if content_id > self.highest_in_use(tenant, SequenceName.CONTENT_ID):
            return None
        if (tenant, content_id) not in self._contents_by_id:
            self._contents_by_id[tenant, content_id] = self._read_content(
                "tenant_id = %s AND content_id = %s", tenant, content_id
            )
        return self._contents_by_id[tenant, content_id]

    def content_by_hash(self, tenant: str, content_hash: str) -> ContentRow | None:
        """Find the tenant's own content under exactly this hash."""
        if (tenant, content_hash) not in self._contents:
            self._contents[tenant, content_hash] = self._read_content(
                "tenant_id = %s AND content_hash = %s", tenant, content_hash
            )
        return self._contents[tenant, content_hash]

    def content_by_any_hash(self, tenant: str, content_hash: str) -> ContentRow | None:
        """Find the content of an artifact record, by either formula for references.

        Contents of 2.1.1 and before were shared, so the default tenant's count as well.
        """
        content = self.content_by_hash(tenant, content_hash)
        if content is None and tenant != DEFAULT_TENANT:
            content = self.content_by_hash(DEFAULT_TENANT, content_hash)
        if content is None and self._buffer.has_other_hash(content_hash):
            self.flush()
        return content or self._read_content(
            "other_hash = %s AND tenant_id IN (%s, %s) ORDER BY content_id LIMIT 1",
            content_hash,
            tenant,
            DEFAULT_TENANT,
        )

    def _read_content(self, where: str, *params: object) -> ContentRow | None:
        row = self.writer.read(
            "SELECT id, content_id, content_hash, canonical_hash FROM registry_content "
            f"WHERE {where}",
            *params,
        )
        return ContentRow(*row) if row else None

    def insert_content(
        self, tenant: str, row: tuple[int, str, str, bytes, str | None, str | None]
    ) -> int:
        """Insert content id, hash, canonical hash, bytes, references' text and other hash.

        Returns the row id.
        """
        content_id, content_hash, canonical_hash, *_ = row
        row_id = self._buffer.add_content(tenant, row)
        content = ContentRow(row_id, content_id, content_hash, canonical_hash)
        self._contents[tenant, content_hash] = content
        self._contents_by_id[tenant, content_id] = content
        self._raise_highest(tenant, SequenceName.CONTENT_ID, content_id)
        self._unused.add(row_id)
        return row_id

    def insert_references(self, rows: Sequence[tuple[object, ...]]) -> None:
        """Insert rows of content's row id, group, artifact id, version and name.

        A second row with a content's name is ignored.
        """
        self._buffer.references += rows

    def delete_orphaned_contents(self, released: Iterable[int]) -> None:
        """Delete every content without a version, like each delete on a Java node.

        `released` are row ids of contents that have just lost one.
        """
        for row_id in {*self._unused, *released}:
            version = self.writer.read(
                "SELECT 1 FROM registry_version WHERE content_id = %s LIMIT 1", row_id
            )
            if version is None:
                self.writer.write("DELETE FROM registry_reference WHERE content_id = %s", row_id)
                self.writer.write("DELETE FROM registry_content WHERE id = %s", row_id)
            self._unused.discard(row_id)

    # Artifacts

    def artifact(self, key: Any) -> ArtifactRow | None:
        coordinates = _get_coordinates(key)
        if coordinates not in self._artifacts:
            row = self.writer.read(
                "SELECT id, latest FROM registry_artifact "
                "WHERE tenant_id = %s AND group_id = %s AND artifact_id = %s",
                *coordinates,
            )
            self._artifacts[coordinates] = ArtifactRow(*row) if row else None
        return self._artifacts[coordinates]

    def insert_artifact(self, key: Any, columns: tuple[object, ...]) -> ArtifactRow:
        """Insert an artifact; `columns` are type, created_by, created_on and latest global id."""
        coordinates = _get_coordinates(key)
        row = ArtifactRow(self._buffer.add_artifact((*coordinates, *columns)), None, highest=0)
        self._artifacts[coordinates] = row
        return row

    def set_latest(
        self, artifact: ArtifactRow, global_id: int | None, meta_data: MetaData | None = None
    ) -> None:
        """Change the latest version; `meta_data` is its metadata, if known."""
        artifact.latest, artifact.meta_data = global_id, meta_data
        self._moved_artifacts[artifact.id] = global_id

    # Versions

    def has_global_id(self, tenant: str, global_id: int) -> bool:
        if global_id > self.highest_in_use(tenant, SequenceName.GLOBAL_ID):
            return False
        if (tenant, global_id) in self._new_global_ids:
            return True
        sql = "SELECT 1 FROM registry_version WHERE tenant_id = %s AND global_id = %s"
        return self.writer.read(sql, tenant, global_id) is not None

    def has_version(self, artifact: ArtifactRow, version: str) -> bool:
        if artifact.highest == 0:
            return False
        if (artifact.id, version) in self._new_versions:
            return True
        sql = "SELECT 1 FROM registry_version WHERE artifact_id = %s AND version = %s"
        return self.writer.read(sql, artifact.id, version) is not None

    def highest_version_id(self, artifact: ArtifactRow) -> int:
        if artifact.highest is None:
            sql = "SELECT MAX(version_id) FROM registry_version WHERE artifact_id = %s"
            artifact.highest = self.writer.read(sql, artifact.id)[0] or 0
        return artifact.highest

    def latest_meta_data(self, tenant: str, artifact: ArtifactRow) -> MetaData:
        """Return the latest version's metadata, whatever its state."""
        if artifact.meta_data is None:
            row = self.writer.read(
                "SELECT name, description, labels, properties FROM registry_version "
                "WHERE tenant_id = %s AND global_id = %s",
                tenant,
                artifact.latest,
            )
            artifact.meta_data = parse_meta_data(row) if row else MetaData()
        return artifact.meta_data

    def insert_version(self, row: VersionRow, indexed: MetaData | None = None) -> None:
        """Insert a version; `indexed` has other labels and properties to search by, if any."""
        artifact = row.artifact
        artifact.highest = max(self.highest_version_id(artifact), row.version_id)
        self._buffer.add_version(row, row.meta_data if indexed is None else indexed)
        self._new_global_ids.add((row.tenant_id, row.global_id))
        self._new_versions.add((artifact.id, row.version))
        self._raise_highest(row.tenant_id, SequenceName.GLOBAL_ID, row.global_id)
        self._unused.discard(row.content)

    def delete_versions(self, row_ids: Iterable[int]) -> None:
        for row_id in row_ids:
            self._delete_search_rows(row_id)
            self.writer.write("DELETE FROM registry_version WHERE id = %s", row_id)

    def set_meta_data(self, version: int, meta: MetaData) -> None:
        """Replace a version's metadata, nulls included, and its search rows."""
        self.writer.write(
            "UPDATE registry_version SET name = %s, description = %s, labels = %s, "
            "properties = %s WHERE id = %s",
            meta.name,
            meta.description,
            to_json(meta.labels),
            to_json(meta.properties),
            version,
        )
        self._delete_search_rows(version)
        self._buffer.add_search_rows(version, meta)

    def _delete_search_rows(self, version: int) -> None:
        self.writer.write("DELETE FROM registry_label WHERE version_id = %s", version)
        self.writer.write("DELETE FROM registry_property WHERE version_id = %s", version)

    # Bulk reads

    def preload(self, artifacts: Iterable[Any], contents: Iterable[ContentCoordinates]) -> None:
        """Read into the cache the rows of artifact keys and contents, in two statements."""
        artifact_coordinates = list({_get_coordinates(key) for key in artifacts})
        self._artifacts.update(dict.fromkeys(artifact_coordinates))
        for tenant, group, artifact, *row in self.writer.read_matching(
            "registry_artifact",
            ("tenant_id", "group_id", "artifact_id"),
            artifact_coordinates,
            ("id", "latest"),
        ):
            self._artifacts[tenant, group, artifact] = ArtifactRow(*row)
        content_coordinates = list(set(contents))
        self._contents.update(dict.fromkeys(content_coordinates))
        for tenant, content_hash, *row in self.writer.read_matching(
            "registry_content",
            ("tenant_id", "content_hash"),
            content_coordinates,
            ("id", "content_id", "content_hash", "canonical_hash"),
        ):
            self._contents[tenant, content_hash] = ContentRow(*row)


def _get_coordinates(key: Any) -> ArtifactCoordinates:
    return get_tenant(key), get_group(key), key.artifact_id
