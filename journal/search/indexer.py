"""Builds the search index, in the worker's idle time.

First it indexes all artifacts in the order of their row ids, then those named by later records.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import orjson

from journal.database.writer import Writer
from journal.projection.rows import normalize_group
from journal.search.text import SEARCHED_BYTES, build_head, index_words
from journal.wire.messages import MessageType
from registry.models import DEFAULT_TENANT
from registry.queries.versions import parse_labels

#: Grows when artifacts are indexed otherwise; then all are indexed again.
INDEX_VERSION = 2
#: What artifacts are sorted by. PostgreSQL's index of it has group and artifact id, too, and holds
#: 2,704 bytes.
TITLE = "SUBSTR(COALESCE(v.name, a.artifact_id), 1, 128)"
#: Seconds that a step takes, for which a record may have to wait.
_STEP_SECONDS = 0.02
_BATCH_SIZE = 20
#: Limits of PostgreSQL's tsvector, with some room left, and the bytes of a word and a position.
_VECTOR_BYTES, _WORD_BYTES, _POSITION_BYTES = 900_000, 8, 2
_MAX_POSITIONS, _MAX_POSITION = 255, 16383
_LATEST = (
    "FROM registry_artifact a JOIN registry_version v "
    "ON v.tenant_id = a.tenant_id AND v.global_id = a.latest "
    "JOIN registry_content c ON c.id = v.content_id "
)
_ROW = (
    f"SELECT a.id, a.group_id, a.artifact_id, {TITLE}, a.type, v.state, "
    "a.created_by, a.created_on, v.created_on, v.id, v.name, v.description, v.labels, "
    "v.properties, "
    f"SUBSTR(c.content, 1, {SEARCHED_BYTES}) {_LATEST} "
    # Concatenated so that the planner takes the row ids' index and not the tenant's.
    f"WHERE a.tenant_id || '' = '{DEFAULT_TENANT}' AND "
)
_COLUMNS = (
    "id, group_id, artifact_id, title, type, state, owner, created_on, modified_on, version, head"
)
_NAMING = (MessageType.ARTIFACT, MessageType.ARTIFACT_VERSION, MessageType.ARTIFACT_OWNER)
#: Records that may delete artifacts without naming them.
_SWEEPING = (MessageType.GROUP, MessageType.GLOBAL_ACTION)
NAMING_TYPES = ", ".join(str(kind.value) for kind in _NAMING)
SWEEPING_TYPES = ", ".join(str(kind.value) for kind in _SWEEPING)
#: A content that replaced another one has a remark.
_CHANGES = (
    "SELECT id, type, group_id, artifact_id, content_id FROM journal_ledgerrow WHERE id > %s AND "
    f"(type IN ({NAMING_TYPES}, {SWEEPING_TYPES}) OR (content_id IS NOT NULL AND remark <> '')) "
    "ORDER BY id LIMIT %s"
)


@dataclass(frozen=True, slots=True)
class _Position:
    """Ledger rows up to `mark` are followed; `scanned` is None once all artifacts are indexed."""

    mark: int
    scanned: int | None


class Indexer:
    """Indexer on the worker's thread; the worker calls `step` while it has no record to apply."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self._position: _Position | None = None
        #: Set by the worker when it applied records; a step clears it when nothing is left.
        self.is_behind = True

    def step(self) -> None:
        """Index some artifacts in one short transaction."""
        with self._writer.transaction():
            if self._position is None:
                row = self._writer.read(
                    "SELECT mark, scanned FROM journal_searchposition "
                    "WHERE id = 1 AND version = %s",
                    INDEX_VERSION,
                )
                newest = self._writer.highest_id("journal_ledgerrow")
                self._position = _Position(newest, 0) if row is None else _Position(*row)
            start = position = self._position
            deadline = time.monotonic() + _STEP_SECONDS
            while True:
                if position.scanned is not None:
                    position, is_behind = self._scan(position, position.scanned), True
                else:
                    mark = position.mark
                    position = self._follow(mark)
                    is_behind = position.mark != mark
                if not is_behind or time.monotonic() >= deadline:
                    break
            if position != start:
                self._writer.write(
                    "INSERT INTO journal_searchposition (id, version, mark, scanned) "
                    "VALUES (1, %s, %s, %s) ON CONFLICT (id) DO UPDATE SET "
                    "version = excluded.version, mark = excluded.mark, scanned = excluded.scanned",
                    INDEX_VERSION,
                    position.mark,
                    position.scanned,
                )
        self._position, self.is_behind = position, is_behind

    def _scan(self, position: _Position, scanned: int) -> _Position:
        """Index the next artifacts by row id."""
        rows = self._writer.read_all(
            "SELECT id FROM registry_artifact WHERE id > %s ORDER BY id LIMIT %s",
            scanned,
            _BATCH_SIZE,
        )
        if not rows:
            self._sweep()
            return replace(position, scanned=None)
        self._index_ids([row[0] for row in rows])
        return replace(position, scanned=rows[-1][0])

    def _follow(self, mark: int) -> _Position:
        """Index the artifacts changed by the next ledger rows."""
        rows = self._writer.read_all(_CHANGES, mark, _BATCH_SIZE)
        if not rows:
            return _Position(self._writer.highest_id("journal_ledgerrow") or mark, None)
        named = sorted({
            (normalize_group(group), artifact)
            for _, kind, group, artifact, _ in rows
            if kind in _NAMING and artifact is not None
        })
        # They may be indexed under another row id.
        by = ("group_id", "artifact_id")
        indexed = self._writer.read_matching("journal_searchrow", by, named, ("id",))
        self._delete_ids([row[2] for row in indexed])
        live = self._writer.read_matching(
            "registry_artifact",
            (*by, "tenant_id"),
            [(*pair, DEFAULT_TENANT) for pair in named],
            ("id",),
        )
        self._index_ids([row[3] for row in live])
        # Contents were replaced: index the artifacts whose latest version has them.
        for content_id in {row[4] for row in rows if row[1] not in {*_NAMING, *_SWEEPING}}:
            holders = self._writer.read_all(
                f"SELECT a.id {_LATEST} WHERE c.tenant_id = %s AND c.content_id = %s",
                DEFAULT_TENANT,
                content_id,
            )
            self._index_ids([row[0] for row in holders])
        if any(row[1] in _SWEEPING or (row[1] in _NAMING and row[3] is None) for row in rows):
            self._sweep()
        return _Position(rows[-1][0], None)

    def _index_ids(self, ids: Sequence[int]) -> None:
        rows = self._writer.read_all(f"{_ROW} a.id IN ({placeholders(ids)})", *ids) if ids else ()
        if not rows:
            return
        self._delete_ids([row[0] for row in rows])
        search_rows: list[tuple[object, ...]] = []
        texts: list[tuple[object, ...]] = []
        for *columns, name, description, labels, properties, content in rows:
            row_id, group, artifact_id, *_ = columns
            head = build_head(name, artifact_id, group, parse_labels(labels), description)
            search_rows.append((*columns, head))
            words, parts = index_words(bytes(content or b""), orjson.loads(properties or "{}"))
            is_sqlite = self._writer.is_sqlite
            text = " ".join([*words, *parts]) if is_sqlite else _to_vector([*words, *parts])
            texts.append((row_id, text))
        self._writer.insert_many("journal_searchrow", _COLUMNS, search_rows)
        key = "rowid" if self._writer.is_sqlite else "id"
        self._writer.insert_many("journal_searchtext", f"{key}, words", texts)

    def _delete_ids(self, ids: Sequence[object]) -> None:
        if ids:
            self._delete(f"IN ({placeholders(ids)})", ids)

    def _sweep(self) -> None:
        """Delete the index rows of deleted artifacts."""
        self._delete(
            "NOT IN (SELECT id FROM registry_artifact WHERE tenant_id = %s)", [DEFAULT_TENANT]
        )

    def _delete(self, condition: str, params: Sequence[object]) -> None:
        key = "rowid" if self._writer.is_sqlite else "id"
        self._writer.write(f"DELETE FROM journal_searchtext WHERE {key} {condition}", *params)
        self._writer.write(f"DELETE FROM journal_searchrow WHERE id {condition}", *params)


def placeholders(values: Sequence[object]) -> str:
    return ", ".join(["%s"] * len(values))


def _to_vector(words: Sequence[str]) -> str:
    """Format a tsvector's text, since PostgreSQL's own parser splits words otherwise."""
    positions: dict[str, list[int]] = {}
    size = 0
    for index, word in enumerate(words, 1):
        if word not in positions:
            size += len(word.encode()) + _WORD_BYTES
            if size > _VECTOR_BYTES:
                break
            positions[word] = []
        if len(positions[word]) < _MAX_POSITIONS:
            positions[word].append(min(index, _MAX_POSITION))
            size += _POSITION_BYTES
    return " ".join(f"'{word}':{','.join(map(str, places))}" for word, places in positions.items())
