"""The registry's tables as the projection's handlers share them.

Besides SQL it keeps the set of contents that no version uses, so that dropping the orphans,
which every delete does, looks at those alone.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from journal.messages import MetaData
from journal.writer import Writer
from registry.errors import ImpossibleRecord
from registry.models import DEFAULT_GROUP, DEFAULT_TENANT

_NAME_LIMIT = 512
_DESCRIPTION_LIMIT = 1024
_LABEL_LIMIT = 256
_PROPERTY_KEY_LIMIT = 256
_PROPERTY_VALUE_LIMIT = 1024
_COLUMN_LIMITS = {
    "group_id": 512,
    "artifact_id": 512,
    "version": 256,
    "artifact_type": 32,
    "content_hash": 64,
    "canonical_hash": 64,
}


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A row to be inserted into registry_version; times in ms."""

    tenant_id: str
    global_id: int
    artifact: int
    version: str
    version_id: int
    state: str
    meta_data: MetaData
    created_by: str | None
    created_on: int
    content: int


def tenant_of(key: Any) -> str:
    return key.tenant_id or DEFAULT_TENANT


def group_of(key: Any) -> str:
    """The default group has no id on the wire; 2.5.9 and later read `default` as it, too."""
    return group_of_name(key.group_id)


def group_of_name(group_id: str | None) -> str:
    if group_id is None or group_id == "default":
        return DEFAULT_GROUP
    return as_text(group_id) or ""


def as_text(text: str | None) -> str | None:
    """PostgreSQL stores no NUL; both databases must hold the same."""
    return text.replace("\0", "�") if text is not None and "\0" in text else text


def refuse_overlong(**texts: str | None) -> None:
    """Raises ImpossibleRecord for what does not fit a Java node's column of that name."""
    for name, text in texts.items():
        limit = _COLUMN_LIMITS[name]
        if text is not None and len(text) > limit:
            raise ImpossibleRecord(f"The {name} has {len(text)} characters; {limit} is the limit")


def stored_meta_data(row: tuple[str | None, str | None, str | None, str | None]) -> MetaData:
    """From the columns name, description, labels, properties."""
    name, description, labels, properties = row
    return MetaData(
        name=name,
        description=description,
        labels=None if labels is None else tuple(json.loads(labels)),
        properties=None if properties is None else json.loads(properties),
    )


def limited(meta: MetaData) -> MetaData:
    """Cut as Apicurio cuts a name and a description before it stores them."""
    name, description = meta.name, meta.description
    if name is not None and len(name) > _NAME_LIMIT:
        name = name[:_NAME_LIMIT]
    if description is not None and len(description) > _DESCRIPTION_LIMIT:
        description = description[: _DESCRIPTION_LIMIT - 3] + "..."
    return MetaData(name, description, meta.labels, meta.properties)


class Tables:
    """Call `reload` after a rollback: the set of unused contents is kept outside the database."""

    def __init__(self, writer: Writer) -> None:
        self.writer = writer
        self._unused: set[int] = set()
        self.reload()

    def reload(self) -> None:
        rows = self.writer.read_all(
            "SELECT id FROM registry_content c WHERE NOT EXISTS "
            "(SELECT 1 FROM registry_version v WHERE v.content_id = c.id)"
        )
        self._unused = {row[0] for row in rows}

    # Sequences

    def sequence(self, tenant: str, name: str) -> int:
        row = self.writer.read(
            "SELECT value FROM registry_sequence WHERE tenant_id = %s AND name = %s", tenant, name
        )
        return int(row[0]) if row else 0

    def next_in_sequence(self, tenant: str, name: str) -> int:
        row = self.writer.read(
            "INSERT INTO registry_sequence (tenant_id, name, value) VALUES (%s, %s, 1) "
            "ON CONFLICT (tenant_id, name) DO UPDATE SET value = registry_sequence.value + 1 "
            "RETURNING value",
            tenant,
            str(name),
        )
        return int(row[0])

    def set_sequence(self, tenant: str, name: str, value: int) -> None:
        self.writer.write(
            "INSERT INTO registry_sequence (tenant_id, name, value) VALUES (%s, %s, %s) "
            "ON CONFLICT (tenant_id, name) DO UPDATE SET value = excluded.value",
            tenant,
            str(name),
            value,
        )

    # Contents

    def content_by_hash(self, tenant: str, content_hash: str) -> int | None:
        """The row's id; content of 2.1.1 and before was shared, so the default tenant's counts."""
        row = self.writer.read(
            "SELECT id FROM registry_content WHERE content_hash = %s AND tenant_id IN (%s, %s) "
            "ORDER BY CASE WHEN tenant_id = %s THEN 0 ELSE 1 END LIMIT 1",
            content_hash,
            tenant,
            DEFAULT_TENANT,
            tenant,
        )
        return row[0] if row else None

    def insert_content(self, values: tuple[object, ...]) -> int:
        row_id = self.writer.insert(
            "INSERT INTO registry_content (tenant_id, content_id, content_hash, canonical_hash, "
            "content, serialized_references) VALUES (%s, %s, %s, %s, %s, %s)",
            *values,
        )
        self._unused.add(row_id)
        return row_id

    def drop_orphans(self, released: Iterable[int]) -> None:
        """Deletes every content that no version uses, as each delete does on a Java node."""
        for row_id in {*self._unused, *released}:
            used = self.writer.read(
                "SELECT 1 FROM registry_version WHERE content_id = %s LIMIT 1", row_id
            )
            if used is None:
                self.writer.write("DELETE FROM registry_reference WHERE content_id = %s", row_id)
                self.writer.write("DELETE FROM registry_content WHERE id = %s", row_id)
            self._unused.discard(row_id)

    # Artifacts and versions

    def artifact(self, key: Any) -> tuple[int, int | None] | None:
        """(row id, global id of the latest version), or None."""
        row = self.writer.read(
            "SELECT id, latest FROM registry_artifact "
            "WHERE tenant_id = %s AND group_id = %s AND artifact_id = %s",
            tenant_of(key),
            group_of(key),
            as_text(key.artifact_id),
        )
        return (row[0], row[1]) if row else None

    def has_global_id(self, tenant: str, global_id: int) -> bool:
        sql = "SELECT 1 FROM registry_version WHERE tenant_id = %s AND global_id = %s"
        return self.writer.read(sql, tenant, global_id) is not None

    def set_latest(self, artifact: int, global_id: int | None) -> None:
        self.writer.write(
            "UPDATE registry_artifact SET latest = %s WHERE id = %s", global_id, artifact
        )

    def insert_version(self, row: VersionRow, is_searchable: bool = True) -> int:
        meta = row.meta_data
        row_id = self.writer.insert(
            "INSERT INTO registry_version (tenant_id, global_id, artifact_id, version, "
            "version_id, state, name, description, created_by, created_on, labels, properties, "
            "content_id) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            row.tenant_id,
            row.global_id,
            row.artifact,
            as_text(row.version),
            row.version_id,
            row.state,
            as_text(meta.name),
            as_text(meta.description),
            as_text(row.created_by),
            row.created_on,
            as_json(meta.labels),
            as_json(meta.properties),
            row.content,
        )
        self._unused.discard(row.content)
        if is_searchable:
            self.insert_search_rows(row_id, meta)
        return row_id

    def insert_search_rows(self, version: int, meta: MetaData) -> None:
        """Labels and properties in lower case, cut as Apicurio cuts them."""
        if meta.labels:
            self.writer.write_many(
                "INSERT INTO registry_label (version_id, label) VALUES (%s, %s)",
                [(version, as_text(text[:_LABEL_LIMIT].lower())) for text in meta.labels],
            )
        if meta.properties:
            rows = [
                (version, _lower(key, _PROPERTY_KEY_LIMIT), _lower(value, _PROPERTY_VALUE_LIMIT))
                for key, value in dict(meta.properties).items()
            ]
            self.writer.write_many(
                "INSERT INTO registry_property (version_id, key, value) VALUES (%s, %s, %s)", rows
            )

    def delete_search_rows(self, version: int) -> None:
        self.writer.write("DELETE FROM registry_label WHERE version_id = %s", version)
        self.writer.write("DELETE FROM registry_property WHERE version_id = %s", version)

    def delete_versions(self, versions: Iterable[int]) -> None:
        for version in versions:
            self.delete_search_rows(version)
            self.writer.write("DELETE FROM registry_version WHERE id = %s", version)

    def set_meta_data(self, version: int, meta: MetaData) -> None:
        """Nulls overwrite; the search rows are made anew."""
        self.writer.write(
            "UPDATE registry_version SET name = %s, description = %s, labels = %s, "
            "properties = %s WHERE id = %s",
            as_text(meta.name),
            as_text(meta.description),
            as_json(meta.labels),
            as_json(meta.properties),
            version,
        )
        self.delete_search_rows(version)
        self.insert_search_rows(version, meta)


def _lower(text: str | None, limit: int) -> str | None:
    return as_text(text[:limit].lower()) if text is not None else None


def as_json(value: Any) -> str | None:
    """Labels or properties as the JSON text that their column holds."""
    if value is None:
        return None
    plain = list(value) if not hasattr(value, "items") else dict(value)
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":")).replace("\\u0000", "�")
