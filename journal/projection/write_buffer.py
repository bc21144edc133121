"""Buffers new rows until the next flush, with their final ids."""

from journal.database.writer import Writer
from journal.projection.rows import (
    LABEL_LIMIT,
    PROPERTY_KEY_LIMIT,
    PROPERTY_VALUE_LIMIT,
    VersionRow,
    to_json,
)
from journal.wire.messages import MetaData

_CONTENT = (
    "id, tenant_id, content_id, content_hash, canonical_hash, content, serialized_references, "
    "other_hash"
)
_ARTIFACT = "id, tenant_id, group_id, artifact_id, type, created_by, created_on, latest"
_VERSION = (
    "tenant_id, global_id, artifact_id, version, version_id, state, name, description, created_by, "
    "created_on, labels, properties, content_id, id"
)
_Row = tuple[object, ...]


class WriteBuffer:
    """New rows by table. Row ids are allocated here: safe, since only one writer exists."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self._content_ids = writer.highest_id("registry_content")
        self._artifact_ids = writer.highest_id("registry_artifact")
        self._version_ids = writer.highest_id("registry_version")
        self._clear()

    def _clear(self) -> None:
        self._contents: list[_Row] = []
        self._other_hashes: set[str] = set()
        self._artifacts: list[_Row] = []
        self._versions: list[_Row] = []
        self._labels: list[_Row] = []
        self._properties: list[_Row] = []
        self.references: list[_Row] = []

    def add_content(
        self, tenant: str, row: tuple[int, str, str, bytes, str | None, str | None]
    ) -> int:
        self._content_ids += 1
        self._contents.append((self._content_ids, tenant, *row))
        other_hash = row[-1]
        if other_hash is not None:
            self._other_hashes.add(other_hash)
        return self._content_ids

    def has_other_hash(self, content_hash: str) -> bool:
        return content_hash in self._other_hashes

    def add_artifact(self, columns: _Row) -> int:
        """Add a row of all columns except the id; returns the id."""
        self._artifact_ids += 1
        self._artifacts.append((self._artifact_ids, *columns))
        return self._artifact_ids

    def add_version(self, row: VersionRow, indexed: MetaData) -> None:
        self._version_ids += 1
        meta = row.meta_data
        self._versions.append((
            row.tenant_id,
            row.global_id,
            row.artifact.id,
            row.version,
            row.version_id,
            row.state,
            meta.name,
            meta.description,
            row.created_by,
            row.created_on,
            to_json(meta.labels),
            to_json(meta.properties),
            row.content,
            self._version_ids,
        ))
        self.add_search_rows(self._version_ids, indexed)

    def add_search_rows(self, version: int, meta: MetaData) -> None:
        """Add labels and properties in lower case, truncated like Apicurio's."""
        if meta.labels:
            self._labels += [(version, text[:LABEL_LIMIT].lower()) for text in meta.labels]
        for key, value in (meta.properties or {}).items():
            lower = None if value is None else value[:PROPERTY_VALUE_LIMIT].lower()
            self._properties.append((version, key[:PROPERTY_KEY_LIMIT].lower(), lower))

    def write(self) -> None:
        """Insert all rows in the order of the foreign keys, and empty the buffer."""
        if self._contents:
            self._writer.insert_many("registry_content", _CONTENT, self._contents)
        if self._artifacts:
            self._writer.insert_many("registry_artifact", _ARTIFACT, self._artifacts)
        if self._versions:
            self._writer.insert_many("registry_version", _VERSION, self._versions)
        if self._labels:
            self._writer.insert_many("registry_label", "version_id, label", self._labels)
        if self._properties:
            columns = "version_id, key, value"
            self._writer.insert_many("registry_property", columns, self._properties)
        if self.references:
            self._writer.write_many(
                "INSERT INTO registry_reference (content_id, group_id, artifact_id, version, name) "
                "VALUES (%s, %s, %s, %s, %s) ON CONFLICT (content_id, name) DO NOTHING",
                self.references,
            )
        self._clear()
