"""The registry's tables as the projection's handlers share them: what was read is remembered,
what is new is kept until `flush`, so that replay asks and writes in bulk.

Handlers that speak SQL themselves about artifacts, versions or contents call `settle` first.
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
    replace_nul,
    to_json,
)
from journal.projection.write_buffer import WriteBuffer
from journal.wire.messages import MetaData
from registry.models import DEFAULT_TENANT, SequenceName

ArtifactCoordinates = tuple[str, str, str | None]
ContentCoordinates = tuple[str, str]

_AT_ONCE = 500
_HIGHEST = {
    SequenceName.CONTENT_ID: "SELECT MAX(content_id) FROM registry_content WHERE tenant_id = %s",
    SequenceName.GLOBAL_ID: "SELECT MAX(global_id) FROM registry_version WHERE tenant_id = %s",
}


class Tables:
    """Call `flush` before a commit, and `reload` after a rollback or a change behind its back."""

    def __init__(self, writer: Writer, view: ContentView = ContentView.FIRST_WINS) -> None:
        self.writer = writer
        self.view = view
        self.lost = LostContents(writer)
        self.reload()

    def reload(self) -> None:
        """Forgets everything and looks the little up that must be known."""
        self._pending = WriteBuffer(self.writer)
        self._sequences: dict[tuple[str, str], int] = {}
        self._moved_sequences: set[tuple[str, str]] = set()
        self._highest: dict[tuple[str, str], int] = {}
        self._forget_rows()
        rows = self.writer.read_all(
            "SELECT id FROM registry_content c WHERE NOT EXISTS "
            "(SELECT 1 FROM registry_version v WHERE v.content_id = c.id)"
        )
        #: Contents that no version uses: dropping the orphans looks at these alone.
        self._unused: set[int] = {row[0] for row in rows}

    def _forget_rows(self) -> None:
        self._artifacts: dict[ArtifactCoordinates, ArtifactRow | None] = {}
        self._moved_artifacts: dict[int, int | None] = {}
        self._contents: dict[ContentCoordinates, ContentRow | None] = {}
        self._contents_by_id: dict[tuple[str, int], ContentRow | None] = {}
        self._new_global_ids: set[tuple[str, int]] = set()
        self._new_versions: set[tuple[int, str | None]] = set()

    def flush(self) -> None:
        """Writes what is new; raises what the driver raises if a constraint is broken."""
        self._pending.write()
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
        self._forget_rows()

    def settle(self) -> None:
        """The tables are as the records before this one left them; nothing is remembered."""
        if self._pending or self._moved_artifacts or self._moved_sequences:
            self.flush()
        else:
            self._forget_rows()

    # Sequences

    def sequence(self, tenant: str, name: str) -> int:
        place = (tenant, name)
        if place not in self._sequences:
            row = self.writer.read(
                "SELECT value FROM registry_sequence WHERE tenant_id = %s AND name = %s",
                tenant,
                str(name),
            )
            self._sequences[place] = int(row[0]) if row else 0
        return self._sequences[place]

    def set_sequence(self, tenant: str, name: str, value: int) -> None:
        self._sequences[tenant, name] = value
        self._moved_sequences.add((tenant, name))

    def next_in_sequence(self, tenant: str, name: str) -> int:
        value = self.sequence(tenant, name) + 1
        self.set_sequence(tenant, name, value)
        return value

    def highest_in_use(self, tenant: str, name: SequenceName) -> int:
        """No id of these above it is in use; after a delete it may be too high."""
        place = (tenant, name)
        if place not in self._highest:
            self._highest[place] = self.writer.read(_HIGHEST[name], tenant)[0] or 0
        return self._highest[place]

    def _raise_highest(self, tenant: str, name: SequenceName, used: int) -> None:
        if used > self.highest_in_use(tenant, name):
            self._highest[tenant, name] = used

    # Contents

    def content_by_id(self, tenant: str, content_id: int) -> ContentRow | None:
        if content_id > self.highest_in_use(tenant, SequenceName.CONTENT_ID):
            return None
        place = (tenant, content_id)
        if place not in self._contents_by_id:
            self._contents_by_id[place] = self._read_content(
                "tenant_id = %s AND content_id = %s", tenant, content_id
            )
        return self._contents_by_id[place]

    def content_by_hash(self, tenant: str, content_hash: str) -> ContentRow | None:
        """The tenant's own content under this very hash."""
        place = (tenant, content_hash)
        if place not in self._contents:
            self._contents[place] = self._read_content(
                "tenant_id = %s AND content_hash = %s", tenant, content_hash
            )
        return self._contents[place]

    def content_by_any_hash(self, tenant: str, content_hash: str) -> ContentRow | None:
        """What an artifact record means by this hash: under either formula for references.

        Content of 2.1.1 and before was shared, so the default tenant's counts as well.
        """
        found = self.content_by_hash(tenant, content_hash)
        if found is None and tenant != DEFAULT_TENANT:
            found = self.content_by_hash(DEFAULT_TENANT, content_hash)
        if found is None and self._pending.names_other_hash(content_hash):
            self.settle()
        return found or self._read_content(
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
        """(content id, hash, canonical hash, bytes, references' text, other hash) to a row id."""
        content_id, content_hash, canonical_hash, *_ = row
        row_id = self._pending.add_content(tenant, row)
        known = ContentRow(row_id, content_id, content_hash, canonical_hash)
        self._contents[tenant, content_hash] = known
        self._contents_by_id[tenant, content_id] = known
        self._raise_highest(tenant, SequenceName.CONTENT_ID, content_id)
        self._unused.add(row_id)
        return row_id

    def insert_references(self, rows: Sequence[tuple[object, ...]]) -> None:
        """(content's row id, group, artifact id, version, name) each; a name counts once."""
        self._pending.references += rows

    def delete_orphaned_contents(self, released: Iterable[int]) -> None:
        """Deletes every content that no version uses, as each delete does on a Java node."""
        for row_id in {*self._unused, *released}:
            used = self.writer.read(
                "SELECT 1 FROM registry_version WHERE content_id = %s LIMIT 1", row_id
            )
            if used is None:
                self.writer.write("DELETE FROM registry_reference WHERE content_id = %s", row_id)
                self.writer.write("DELETE FROM registry_content WHERE id = %s", row_id)
            self._unused.discard(row_id)

    # Artifacts

    def artifact(self, key: Any) -> ArtifactRow | None:
        place = _place_of(key)
        if place not in self._artifacts:
            row = self.writer.read(
                "SELECT id, latest FROM registry_artifact "
                "WHERE tenant_id = %s AND group_id = %s AND artifact_id = %s",
                *place,
            )
            self._artifacts[place] = ArtifactRow(*row) if row else None
        return self._artifacts[place]

    def insert_artifact(self, key: Any, columns: tuple[object, ...]) -> ArtifactRow:
        """`columns` are type, created_by, created_on and the latest version's global id."""
        place = _place_of(key)
        row = ArtifactRow(self._pending.add_artifact((*place, *columns)), None, highest=0)
        self._artifacts[place] = row
        return row

    def set_latest(
        self, artifact: ArtifactRow, global_id: int | None, meta_data: MetaData | None = None
    ) -> None:
        """`meta_data` are that version's, if known."""
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
        return self.writer.read(sql, artifact.id, replace_nul(version)) is not None

    def highest_version_id(self, artifact: ArtifactRow) -> int:
        if artifact.highest is None:
            sql = "SELECT MAX(version_id) FROM registry_version WHERE artifact_id = %s"
            artifact.highest = self.writer.read(sql, artifact.id)[0] or 0
        return artifact.highest

    def latest_meta_data(self, tenant: str, artifact: ArtifactRow) -> MetaData:
        """The latest version's, whatever its state."""
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
        """`indexed` has the labels and properties to be searched; None means its own."""
        artifact = row.artifact
        artifact.highest = max(self.highest_version_id(artifact), row.version_id)
        self._pending.add_version(row, row.meta_data if indexed is None else indexed)
        self._new_global_ids.add((row.tenant_id, row.global_id))
        self._new_versions.add((artifact.id, row.version))
        self._raise_highest(row.tenant_id, SequenceName.GLOBAL_ID, row.global_id)
        self._unused.discard(row.content)

    def delete_versions(self, versions: Iterable[int]) -> None:
        for version in versions:
            self._delete_search_rows(version)
            self.writer.write("DELETE FROM registry_version WHERE id = %s", version)

    def set_meta_data(self, version: int, meta: MetaData) -> None:
        """Nulls overwrite; the search rows are made anew."""
        self.writer.write(
            "UPDATE registry_version SET name = %s, description = %s, labels = %s, "
            "properties = %s WHERE id = %s",
            replace_nul(meta.name),
            replace_nul(meta.description),
            to_json(meta.labels),
            to_json(meta.properties),
            version,
        )
        self._delete_search_rows(version)
        self._pending.add_search_rows(version, meta)

    def _delete_search_rows(self, version: int) -> None:
        self.writer.write("DELETE FROM registry_label WHERE version_id = %s", version)
        self.writer.write("DELETE FROM registry_property WHERE version_id = %s", version)

    # Looking up in bulk

    def expect(self, artifacts: Iterable[Any], hashes: Iterable[ContentCoordinates]) -> None:
        """Looks up at once what records that follow will ask for one by one."""
        self._expect_artifacts(list({_place_of(key) for key in artifacts}))
        self._expect_contents(list(set(hashes)))

    def _expect_artifacts(self, places: list[ArtifactCoordinates]) -> None:
        found = self.writer.read_matching(
            "registry_artifact", ("tenant_id", "group_id", "artifact_id"), places,
            ("id", "latest"),
        )  # fmt: skip
        self._artifacts.update(dict.fromkeys(places))
        for tenant, group, artifact, *row in found:
            self._artifacts[tenant, group, artifact] = ArtifactRow(*row)

    def _expect_contents(self, places: list[ContentCoordinates]) -> None:
        found = self.writer.read_matching(
            "registry_content", ("tenant_id", "content_hash"), places,
            ("id", "content_id", "content_hash", "canonical_hash"),
        )  # fmt: skip
        self._contents.update(dict.fromkeys(places))
        for tenant, content_hash, *row in found:
            self._contents[tenant, content_hash] = ContentRow(*row)


def _place_of(key: Any) -> ArtifactCoordinates:
    return get_tenant(key), get_group(key), replace_nul(key.artifact_id)
