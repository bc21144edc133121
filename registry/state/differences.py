"""Changes between two states of a registry: new, gone and changed rows.

The rows are those of the state digest, so there is a change exactly if digests differ.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

from registry.models import DEFAULT_GROUP, DEFAULT_TENANT
from registry.state.digest import DIGESTED_TABLES, DigestedTable
from registry.times import FIRST_TIME, LAST_TIME, format_seconds

_Row = tuple[Any, ...]

#: Characters of a value that are shown.
_MAX_LENGTH = 60
_SUBJECTS = {
    "contents": "content {content_id}",
    "references": "reference {name} of content {content_id}",
    "groups": "group {group_id}",
    "artifacts": "artifact {artifact_id}{in_group}",
    "versions": "version {version} of artifact {artifact_id}{in_group}, global id {global_id}",
    "labels": "label {label} of the version with global id {global_id}",
    "properties": "property {key} of the version with global id {global_id}",
    "comments": "comment {comment_id} on the version with global id {global_id}",
    "artifact rules": "rule {type} of artifact {artifact_id}{in_group}",
    "global rules": "global rule {type}",
    "role mappings": "role of {principal_id}",
    "loggers": "level of logger {logger}",
    "properties set": "config property {name}",
    "downloads": "download link of type {type} that expires at {expires}",
    "sequences": "sequence {name}",
}


class RowChangeKind(StrEnum):
    """The change of a row from one state to the other."""

    NEW = "new"
    GONE = "gone"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class RowChange:
    """A changed row: `before` and `after` are its columns by name, None if absent.

    Bytes are replaced by their length and hash.
    """

    table: str
    key: Mapping[str, Any]
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None

    @property
    def kind(self) -> RowChangeKind:
        if self.before is None:
            return RowChangeKind.NEW
        return RowChangeKind.GONE if self.after is None else RowChangeKind.CHANGED

    @property
    def subject(self) -> str:
        """Describe the row: "version 1 of artifact orders in group shop, global id 3"."""
        row = self.after or self.before or {}
        group, tenant = row.get("group_id"), row.get("tenant_id", DEFAULT_TENANT)
        in_group = "" if group in {None, DEFAULT_GROUP} else f" in group {group}"
        subject = _SUBJECTS[self.table].format(**row, in_group=in_group)
        return subject if tenant == DEFAULT_TENANT else f"{subject}, tenant {tenant}"

    @property
    def details(self) -> tuple[str, ...]:
        """Describe each differing column of a changed row, as "value 3 → 1"."""
        if self.before is None or self.after is None:
            return ()
        return tuple(
            f"{name.replace('_', ' ')} {_to_text(name, value)} → {_to_text(name, self.after[name])}"
            for name, value in self.before.items()
            if value != self.after[name]
        )

    @property
    def summary(self) -> str:
        return f"{self.subject}: {', '.join(self.details) or self.kind}"

    def to_json(self) -> dict[str, Any]:
        return {
            "table": self.table,
            "change": self.kind.value,
            "subject": self.subject,
            "key": dict(self.key),
            "before": None if self.before is None else dict(self.before),
            "after": None if self.after is None else dict(self.after),
        }


def compare_states(before: BaseDatabaseWrapper, after: BaseDatabaseWrapper) -> Iterator[RowChange]:
    """Yield changes in the order of tables and keys, with only some rows in memory.

    Read them inside transactions that each see one state. Databases of different vendors agree.
    """
    for table in DIGESTED_TABLES:
        key_indexes = [table.columns.index(name) for name in table.key]
        old_rows, new_rows = table.rows(before), table.rows(after)
        old, new = next(old_rows, None), next(new_rows, None)
        while old is not None or new is not None:
            old_key, new_key = _sort_key(key_indexes, old), _sort_key(key_indexes, new)
            takes_old = new is None or (old is not None and old_key <= new_key)
            takes_new = old is None or (new is not None and new_key <= old_key)
            if old != new:
                old_columns = _to_columns(table, old) if takes_old else None
                new_columns = _to_columns(table, new) if takes_new else None
                columns = new_columns or old_columns or {}
                key = {name: columns[name] for name in table.key}
                yield RowChange(table.name, key, old_columns, new_columns)
            if takes_old:
                old = next(old_rows, None)
            if takes_new:
                new = next(new_rows, None)


def _sort_key(key_indexes: list[int], row: _Row | None) -> list[tuple[bool, Any]]:
    values = () if row is None else (row[index] for index in key_indexes)
    return [(value is not None, "" if value is None else value) for value in values]


def _to_columns(table: DigestedTable, row: _Row | None) -> dict[str, Any] | None:
    if row is None:
        return None
    return {
        name: (
            f"{len(value)} bytes, SHA-256 {sha256(value).hexdigest()}"
            if isinstance(value, bytes | memoryview)
            else value
        )
        for name, value in zip(table.columns, row, strict=True)
    }


def _to_text(name: str, value: Any) -> str:
    if name.endswith("_on") and type(value) is int and FIRST_TIME <= value <= LAST_TIME:
        return f"{format_seconds(value).replace('T', ' ')} UTC"
    text = "none" if value is None else str(value)
    return text if len(text) <= _MAX_LENGTH else f"{text[: _MAX_LENGTH - 1]}…"
