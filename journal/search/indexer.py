"""What the worker keeps to search by, made while it has nothing else to do.

First all artifacts in the order of their row ids, then those that later records name.
"""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson

from journal.database.writer import Writer
from journal.search.text import SEARCHED_BYTES, build_head, index_words
from journal.wire.messages import MessageType
from registry.models import DEFAULT_GROUP, DEFAULT_TENANT
from registry.queries.versions import parse_labels

#: Of what is kept of an artifact; others are made anew.
INDEX_VERSION = 1
#: Seconds that a record has to wait at most, about.
_SLICE = 0.02
_LOT = 20
#: What a tsvector holds at most, some room left; what a word and a place of it take.
_VECTOR_BYTES, _VECTOR_WORD, _VECTOR_PLACE = 900_000, 8, 2
_VECTOR_PLACES, _VECTOR_LAST = 255, 16383
_LATEST = (
    "FROM registry_artifact a JOIN registry_version v "
    "ON v.tenant_id = a.tenant_id AND v.global_id = a.latest "
    "JOIN registry_content c ON c.id = v.content_id "
)
_ROW = (
    "SELECT a.id, a.group_id, a.artifact_id, COALESCE(v.name, a.artifact_id), a.type, v.state, "
    "a.created_by, a.created_on, v.created_on, v.id, v.name, v.description, v.labels, "
    "v.properties, "
    f"SUBSTR(c.content, 1, {SEARCHED_BYTES}) {_LATEST} "
    # Not by the tenant's index: row ids are always given.
    f"WHERE a.tenant_id || '' = '{DEFAULT_TENANT}' AND "
)
_COLUMNS = (
    "id, group_id, artifact_id, title, type, state, owner, created_on, modified_on, version, head"
)
_NAMING = (MessageType.ARTIFACT, MessageType.ARTIFACT_VERSION, MessageType.ARTIFACT_OWNER)
#: What may end artifacts that it does not name.
_SWEEPING = (MessageType.GROUP, MessageType.GLOBAL_ACTION)
NAMING = ", ".join(str(each.value) for each in _NAMING)
SWEEPING = ", ".join(str(each.value) for each in _SWEEPING)
#: A content that took another one's place is remarked on.
_FOLLOWING = (
    "SELECT id, type, group_id, artifact_id, content_id FROM journal_ledgerrow WHERE id > %s AND "
    f"(type IN ({NAMING}, {SWEEPING}) OR (content_id IS NOT NULL AND remark <> '')) "
    "ORDER BY id LIMIT %s"
)
_Place = tuple[str, str]


@dataclass(frozen=True, slots=True)
class _Position:
    """Ledger rows up to `mark` are followed; `scanned` is None once all artifacts were seen."""

    mark: int
    scanned: int | None


class Indexer:
    """Belongs to the worker's thread; `step` while there is nothing to apply."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self._position: _Position | None = None
        #: Whether there may be something to do; set it when something was applied.
        self.is_behind = True

    def step(self) -> None:
        """One short transaction."""
        position = self._position
        try:
            with self._writer.transaction():
                before = self._position = self._position or self._load()
                until = time.monotonic() + _SLICE
                while self._advance() and time.monotonic() < until:
                    pass
                if self._position != before:
                    self._save()
        except BaseException:
            self._position = position
            raise

    def _advance(self) -> bool:
        """Whether something may be left."""
        assert self._position is not None
        if self._position.scanned is not None:
            self._position = self._scan(self._position, self._position.scanned)
            return True
        mark = self._position.mark
        self._position = self._follow(mark)
        self.is_behind = self._position.mark != mark
        return self.is_behind

    def _load(self) -> _Position:
        row = self._writer.read(
            "SELECT mark, scanned FROM journal_searchposition WHERE id = 1 AND version = %s",
            INDEX_VERSION,
        )
        if row is not None:
            return _Position(*row)
        return _Position(self._writer.highest_id("journal_ledgerrow"), 0)

    def _save(self) -> None:
        assert self._position is not None
        self._writer.write(
            "INSERT INTO journal_searchposition (id, version, mark, scanned) "
            "VALUES (1, %s, %s, %s) ON CONFLICT (id) DO UPDATE SET version = excluded.version, "
            "mark = excluded.mark, scanned = excluded.scanned",
            INDEX_VERSION,
            self._position.mark,
            self._position.scanned,
        )

    def _scan(self, position: _Position, scanned: int) -> _Position:
        found = self._writer.read_all(
            "SELECT id FROM registry_artifact WHERE id > %s ORDER BY id LIMIT %s", scanned, _LOT
        )
        if not found:
            self._sweep()
            return replace(position, scanned=None)
        self._keep_ids([row[0] for row in found])
        return replace(position, scanned=found[-1][0])

    def _follow(self, mark: int) -> _Position:
        rows = self._writer.read_all(_FOLLOWING, mark, _LOT)
        if not rows:
            return _Position(self._writer.highest_id("journal_ledgerrow") or mark, None)
        places = {
            (group, artifact)
            for _, kind, group, artifact, _ in rows
            if kind in _NAMING and artifact is not None
        }
        self._keep_named({(stored_group(group), artifact) for group, artifact in places})
        self._keep_holders([row[4] for row in rows if row[1] not in {*_NAMING, *_SWEEPING}])
        if any(row[1] in _SWEEPING or (row[1] in _NAMING and row[3] is None) for row in rows):
            self._sweep()
        return _Position(rows[-1][0], None)

    def _keep_named(self, places: set[_Place]) -> None:
        """Under another row id they may have been kept before."""
        listed, by = sorted(places), ("group_id", "artifact_id")
        known = self._writer.read_matching("journal_searchrow", by, listed, ("id",))
        self._drop([row[2] for row in known])
        live = self._writer.read_matching(
            "registry_artifact", (*by, "tenant_id"), [(*each, DEFAULT_TENANT) for each in listed],
            ("id",),
        )  # fmt: skip
        self._keep_ids([row[3] for row in live])

    def _keep_holders(self, content_ids: Iterable[int]) -> None:
        """Those whose latest version has this content."""
        for content_id in set(content_ids):
            found = self._writer.read_all(
                f"SELECT a.id {_LATEST} WHERE c.tenant_id = %s AND c.content_id = %s",
                *(DEFAULT_TENANT, content_id),
            )
            self._keep_ids([row[0] for row in found])

    def _keep_ids(self, ids: Sequence[int]) -> None:
        rows = self._writer.read_all(f"{_ROW} a.id IN ({placeholders(ids)})", *ids) if ids else ()
        if rows:
            self._keep(rows)

    def _keep(self, rows: Sequence[tuple[Any, ...]]) -> None:
        self._drop([row[0] for row in rows])
        self._writer.insert_many("journal_searchrow", _COLUMNS, [_searched(row) for row in rows])
        texts = [
            (row[0], *index_words(bytes(row[14]), orjson.loads(row[13] or "{}"))) for row in rows
        ]
        if self._writer.is_sqlite:
            plain = [(at, " ".join([*words, *parts])) for at, words, parts in texts]
            self._writer.insert_many("journal_searchtext", "rowid, words", plain)
        else:
            vectors = [(at, _vector(words, parts)) for at, words, parts in texts]
            self._writer.insert_many("journal_searchtext", "id, words", vectors)

    def _drop(self, ids: Sequence[object]) -> None:
        if ids:
            self._delete(f"IN ({placeholders(ids)})", ids)

    def _sweep(self) -> None:
        self._delete(
            "NOT IN (SELECT id FROM registry_artifact WHERE tenant_id = %s)", [DEFAULT_TENANT]
        )

    def _delete(self, which: str, params: Sequence[object]) -> None:
        key = "rowid" if self._writer.is_sqlite else "id"
        self._writer.write(f"DELETE FROM journal_searchtext WHERE {key} {which}", *params)
        self._writer.write(f"DELETE FROM journal_searchrow WHERE id {which}", *params)


def stored_group(group: str | None) -> str:
    return DEFAULT_GROUP if group in {None, "default"} else str(group)


def placeholders(values: Sequence[object]) -> str:
    return ", ".join(["%s"] * len(values))


def _searched(row: tuple[Any, ...]) -> tuple[object, ...]:
    """The columns that a list is filtered and ordered by, and what parts are looked for in."""
    name, description, labels = row[10], row[11], parse_labels(row[12])
    return (*row[:10], build_head(name, row[2], row[1], labels, description))


def _vector(words: Sequence[str], parts: Sequence[str]) -> str:
    """PostgreSQL's text of a tsvector: its own parser would make other words."""
    places: dict[str, list[int]] = {}
    size = 0
    for at, word in enumerate([*words, *parts], 1):
        known = places.get(word)
        if known is None:
            size += len(word.encode()) + _VECTOR_WORD
            if size > _VECTOR_BYTES:
                break
            known = places[word] = []
        if len(known) < _VECTOR_PLACES:
            known.append(min(at, _VECTOR_LAST))
            size += _VECTOR_PLACE
    return " ".join(f"'{word}':{','.join(map(str, known))}" for word, known in places.items())
