"""Two states of a registry as a list of changes: what came, what went, what became another.

Rows are those that the state digest is made of, so there is a change exactly if digests differ.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

from registry.models import DEFAULT_GROUP, DEFAULT_TENANT
from registry.state.digest import DIGESTED_TABLES, DigestedTable

_Row = tuple[Any, ...]

#: Characters of a value that are told in words.
_TOLD = 60
#: The year 9999, in epoch ms: a journal may say any number.
_FAR_AWAY = 253_402_300_800_000
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
    """What became of a row from one state to the other."""

    NEW = "new"
    GONE = "gone"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class RowChange:
    """One row. `before` and `after` are its columns by name, None where the state has no such row.

    Of bytes they tell the length and the hash.
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
        """What the row is: "version 1 of artifact orders in group shop, global id 3"."""
        row = self.after or self.before or {}
        group, tenant = row.get("group_id"), row.get("tenant_id", DEFAULT_TENANT)
        in_group = "" if group in {None, DEFAULT_GROUP} else f" in group {group}"
        said = _SUBJECTS[self.table].format(**row, in_group=in_group)
        return said if tenant == DEFAULT_TENANT else f"{said}, tenant {tenant}"

    @property
    def details(self) -> tuple[str, ...]:
        """Each column that is another: "value 3 → 1"; empty unless the row is in both states."""
        if self.before is None or self.after is None:
            return ()
        return tuple(
            f"{name.replace('_', ' ')} {_told(name, held)} → {_told(name, self.after[name])}"
            for name, held in self.before.items()
            if held != self.after[name]
        )

    @property
    def summary(self) -> str:
        return f"{self.subject}: {', '.join(self.details) or self.kind}"

    def to_json(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "table": self.table,
            "change": self.kind.value,
            "subject": self.subject,
            "key": dict(self.key),
            "before": None if self.before is None else dict(self.before),
            "after": None if self.after is None else dict(self.after),
        }


def compare_states(before: BaseDatabaseWrapper, after: BaseDatabaseWrapper) -> Iterator[RowChange]:
    """In the order of tables and keys, as they are found; no more than some rows are in memory.

    Read it inside transactions that each see one state. Two databases of unlike vendors agree.
    """
    for table in DIGESTED_TABLES:
        yield from _in_table(table, table.rows(before), table.rows(after))


def _in_table(
    table: DigestedTable, olds: Iterator[_Row], news: Iterator[_Row]
) -> Iterator[RowChange]:
    places = [table.columns.index(name) for name in table.key]
    old, new = next(olds, None), next(news, None)
    while old is not None or new is not None:
        which = _compared(places, old, new)
        if which or old != new:
            yield _change(table, old if which <= 0 else None, new if which >= 0 else None)
        if which <= 0:
            old = next(olds, None)
        if which >= 0:
            new = next(news, None)


def _compared(places: list[int], old: _Row | None, new: _Row | None) -> int:
    """Negative if the old row comes first, positive if the new one does, 0 for the same key."""
    if old is None or new is None:
        return 1 if old is None else -1
    one, other = _sortable(places, old), _sortable(places, new)
    return (one > other) - (one < other)


def _sortable(places: list[int], row: _Row) -> list[tuple[bool, Any]]:
    return [(row[at] is not None, "" if row[at] is None else row[at]) for at in places]


def _change(table: DigestedTable, old: _Row | None, new: _Row | None) -> RowChange:
    before, after = _named(table, old), _named(table, new)
    row = after or before or {}
    return RowChange(table.name, {name: row[name] for name in table.key}, before, after)


def _named(table: DigestedTable, row: _Row | None) -> dict[str, Any] | None:
    if row is None:
        return None
    return dict(zip(table.columns, map(_plain, row), strict=True))


def _plain(value: Any) -> Any:
    if isinstance(value, bytes | memoryview):
        return f"{len(value)} bytes, SHA-256 {sha256(value).hexdigest()}"
    return value


def _told(name: str, value: Any) -> str:
    if name.endswith("_on") and type(value) is int and 0 <= value < _FAR_AWAY:
        return f"{datetime.fromtimestamp(value / 1000, UTC):%Y-%m-%d %H:%M:%S} UTC"
    text = "none" if value is None else str(value)
    return text if len(text) <= _TOLD else f"{text[: _TOLD - 1]}…"
