"""What is looked at to judge a journal: numbers out of the tables that a projection filled.

A dump is applied to temporary tables by that same projection, without Kafka or a server.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from operator import itemgetter
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

from journal.batches import Batches
from journal.content_view import NEWER_TYPES
from journal.dumps import read_in_order
from journal.ledger import understand
from journal.messages import Action, MessageType
from journal.missed import MissedOffsets, missed_offsets
from journal.models import ContentView, Outcome
from journal.positions import Origin
from journal.scratch import scratch_database
from journal.writer import Writer
from registry.models import DEFAULT_TENANT, SequenceName

#: How many id records at each end of the journal are looked at for a nonce.
_LOOKED_AT = 1000
#: How many records are read to tell which ids lack their record; the oldest suffer first.
_READ_FOR_IDS = 50_000
_BATCH = 1000
#: A nonce takes 46 bytes; without one, key and value are 37 bytes and the tenant at most.
_SIZE_WITHOUT_NONCE = 60

_ID_TABLES = {
    SequenceName.CONTENT_ID: ("registry_content", "content_id"),
    SequenceName.GLOBAL_ID: ("registry_version", "global_id"),
}
_DRAWN_BY = {
    MessageType.CONTENT_ID: SequenceName.CONTENT_ID,
    MessageType.GLOBAL_ID: SequenceName.GLOBAL_ID,
}
_USED_BY = {
    MessageType.CONTENT: SequenceName.CONTENT_ID,
    MessageType.CONTENT_V2: SequenceName.CONTENT_ID,
    MessageType.ARTIFACT: SequenceName.GLOBAL_ID,
}
#: The actions that use an id for the first time; a content's UPDATE only corrects its hash.
_USING: dict[int, set[Action]] = {
    MessageType.CONTENT: {Action.CREATE},
    MessageType.CONTENT_V2: {Action.CREATE_OR_UPDATE},
    MessageType.ARTIFACT: {Action.CREATE, Action.UPDATE},
}


@dataclass(frozen=True, slots=True)
class SequenceState:
    """One sequence of one tenant.

    `highest` is the highest id in use, `next_in_use` the lowest one above `value`. `unrecorded`
    are ids that were used without a surviving id record; they and `is_imported` (an import since
    the last reset) are looked up only where the sequence is behind.
    """

    tenant: str
    name: SequenceName
    value: int
    highest: int
    next_in_use: int | None = None
    unrecorded: tuple[int, ...] = ()
    is_imported: bool = False


@dataclass(frozen=True, slots=True)
class IdRecords:
    """The oldest and newest id records of the journal: how many, and how many lack a nonce."""

    looked_at: int = 0
    without_nonce: int = 0
    #: Partition, offset and time (epoch ms) of the newest without a nonce.
    newest_without_nonce: tuple[int, int, int] | None = None


@dataclass(frozen=True, slots=True)
class BuiltView:
    """The content view that the tables were built in, and what speaks for another.

    `newer` is the offset of the first record that only nodes from 2.5.9 on write, None if there
    is none; `used_twice` the number of records that met a content id in use.
    """

    view: ContentView
    newer: int | None
    used_twice: int


@dataclass(frozen=True, slots=True)
class Observations:
    """`topic_config` is None where nobody told it; `oldest` is the first record's time in ms."""

    topic: str
    sequences: tuple[SequenceState, ...] = ()
    id_records: IdRecords = field(default_factory=IdRecords)
    oldest: int | None = None
    topic_config: Mapping[str, str] | None = None
    built_view: BuiltView | None = None
    missed: tuple[MissedOffsets, ...] = ()


def observe(
    connection: BaseDatabaseWrapper, topic: str, topic_config: Mapping[str, str] | None
) -> Observations:
    """Look-ups by index, whatever the size of the journal; raises django.db.DatabaseError."""
    read = _Reader(connection)
    oldest = read.one("SELECT timestamp FROM journal_ledgerrow ORDER BY id LIMIT 1")
    return Observations(
        topic=topic,
        sequences=_sequences(read),
        id_records=_id_records(read),
        oldest=oldest,
        topic_config=topic_config,
        built_view=_built_view(read),
        missed=missed_offsets(connection),
    )


def observe_dump(
    lines: Iterable[bytes], topic: str, topic_config: Mapping[str, str] | None
) -> Observations:
    """Applies a dump and observes the outcome; raises journal.dumps.DumpError, JumbledDump."""
    with scratch_database() as scratch:
        _apply(lines, topic, scratch.settings)
        observed = observe(scratch.connection, topic, topic_config)
        # No node keeps these tables, so their view needs no judgement.
        return replace(observed, built_view=None)


def _apply(lines: Iterable[bytes], topic: str, database: dict[str, Any]) -> None:
    records = read_in_order(lines)
    writer = Writer(database)
    try:
        batches = Batches(writer, Origin(topic))
        while batch := list(islice(records, _BATCH)):
            batches.apply([understand(record) for record in batch])
    finally:
        writer.close()


def _built_view(read: "_Reader") -> BuiltView | None:
    view = read.one("SELECT content_view FROM journal_position LIMIT 1")
    if view is None:
        return None
    newer = min(
        (
            offset
            for kind in NEWER_TYPES
            for (offset,) in read.all(
                'SELECT "offset" FROM journal_ledgerrow WHERE type = %s ORDER BY id LIMIT 1', kind
            )
        ),
        default=None,
    )
    used_twice = 0
    if newer is not None and view == ContentView.FIRST_WINS:
        used_twice = read.one(
            "SELECT COUNT(*) FROM journal_ledgerrow WHERE type IN (%s, %s) AND remark LIKE %s",
            MessageType.CONTENT,
            MessageType.CONTENT_V2,
            "%used twice%",
        )
    return BuiltView(ContentView(view), newer, used_twice)


class _Reader:
    """Plain SQL on one connection."""

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        self._connection = connection

    def one(self, sql: str, *params: str | int) -> Any:
        """The first row's first column, or None."""
        rows = self.all(sql, *params)
        return rows[0][0] if rows else None

    def all(self, sql: str, *params: str | int) -> list[tuple[Any, ...]]:
        with self._connection.cursor() as cursor:
            cursor.execute(sql, params)
            rows: list[tuple[Any, ...]] = cursor.fetchall()
            return rows


def _sequences(read: _Reader) -> tuple[SequenceState, ...]:
    # A worker may commit between two look-ups: the highest ids first, for their draws come before
    # them, so that a sequence never seems behind because it was read too early.
    highest = {
        (tenant, name): read.one(
            f"SELECT MAX({column}) FROM {table} WHERE tenant_id = %s",
            tenant,
        )
        for name, (table, column) in _ID_TABLES.items()
        for tenant in _tenants(read, table)
    }
    values = {
        (tenant, SequenceName(name)): value
        for tenant, name, value in read.all("SELECT tenant_id, name, value FROM registry_sequence")
    }
    behind = [each for each, highest_id in highest.items() if highest_id > values.get(each, 0)]
    draws = _draws(read) if behind else {}
    return tuple(
        _state(read, *each, values.get(each, 0), highest.get(each, 0), draws)
        for each in sorted({*highest, *values})
    )


def _tenants(read: _Reader, table: str) -> Iterator[str]:
    """From one index entry to the next, where DISTINCT would read them all."""
    tenant = read.one(f"SELECT MIN(tenant_id) FROM {table}")
    while tenant is not None:
        yield tenant
        tenant = read.one(f"SELECT MIN(tenant_id) FROM {table} WHERE tenant_id > %s", tenant)


def _state(
    read: _Reader,
    tenant: str,
    name: SequenceName,
    value: int,
    highest: int,
    draws: Mapping[tuple[str, SequenceName], "_Draws"],
) -> SequenceState:
    if highest <= value:
        return SequenceState(tenant, name, value, highest)
    table, column = _ID_TABLES[name]
    next_in_use = read.one(
        f"SELECT MIN({column}) FROM {table} WHERE tenant_id = %s AND {column} > %s", tenant, value
    )
    drawn = draws.get((tenant, name), _Draws())
    return SequenceState(
        tenant, name, value, highest, next_in_use, drawn.unrecorded(), drawn.is_imported
    )


class _Draws:
    """Matches the ids of one sequence with the records that drew them, since the last reset.

    Which id a record drew is not on the wire: it is the one that is used next. Uploads that
    overlap draw several ids before they use the first, so records left over count, too.
    """

    def __init__(self) -> None:
        self.is_imported = False
        self._fresh: list[int] = []
        self._spare: list[int] = []
        self._unmatched: list[tuple[int, int]] = []
        self._used: set[int] = set()

    def reset(self) -> None:
        self.is_imported = False
        self._fresh, self._spare, self._unmatched = [], [], []

    def draw(self, at: int) -> None:
        self._fresh.append(at)

    def use(self, used: int, at: int, is_applied: bool) -> None:
        if used in self._used:
            return
        matched = self._fresh.pop() if self._fresh else None
        self._spare += self._fresh
        self._fresh = []
        if is_applied:
            self._used.add(used)
            if matched is None:
                self._unmatched.append((at, used))

    def import_id(self, used: int) -> None:
        self.is_imported = True
        self._used.add(used)

    def unrecorded(self) -> tuple[int, ...]:
        spare = list(self._spare)
        lacking = []
        for at, used in reversed(self._unmatched):
            while spare and spare[-1] > at:
                spare.pop()
            if spare:
                spare.pop()
            else:
                lacking.append(used)
        return tuple(sorted(lacking))


def _draws(read: _Reader) -> dict[tuple[str, SequenceName], _Draws]:
    found: dict[tuple[str, SequenceName], _Draws] = {}
    kinds = (*_DRAWN_BY, *_USED_BY)
    rows = read.all(
        "SELECT id, type, action, tenant_id, content_id, global_id, outcome "
        f"FROM journal_ledgerrow WHERE type IN ({', '.join(['%s'] * len(kinds))}) "
        "ORDER BY id LIMIT %s",
        *kinds,
        _READ_FOR_IDS,
    )
    for at, kind, action, tenant, content_id, global_id, outcome in rows:
        name = _DRAWN_BY.get(kind) or _USED_BY[kind]
        draws = found.setdefault((tenant or DEFAULT_TENANT, name), _Draws())
        if kind in _DRAWN_BY:
            _note_id_record(draws, action, at)
        else:
            used = global_id if name is SequenceName.GLOBAL_ID else content_id
            _note_use(draws, kind, action, used, at, outcome == Outcome.APPLIED)
    return found


def _note_id_record(draws: _Draws, action: int | None, at: int) -> None:
    if action == Action.RESET:
        draws.reset()
    elif action == Action.CREATE:
        draws.draw(at)


def _note_use(
    draws: _Draws, kind: int, action: int | None, used: int | None, at: int, is_applied: bool
) -> None:
    if used is None:
        return
    if action == Action.IMPORT:
        draws.import_id(used)
    elif action in _USING[kind]:
        draws.use(used, at, is_applied)


def _id_records(read: _Reader) -> IdRecords:
    rows = {
        row[:2]: row
        for kind in _DRAWN_BY
        for order in ("ASC", "DESC")
        for row in read.all(
            'SELECT partition, "offset", timestamp, size, tenant_id FROM journal_ledgerrow '
            f"WHERE type = %s AND action IS NOT NULL ORDER BY id {order} LIMIT %s",
            kind,
            _LOOKED_AT,
        )
    }
    bare = [row[:3] for row in rows.values() if _is_without_nonce(*row[3:])]
    return IdRecords(len(rows), len(bare), max(bare, key=itemgetter(2), default=None))


def _is_without_nonce(size: int, tenant: str | None) -> bool:
    return size - len((tenant or "").encode()) < _SIZE_WITHOUT_NONCE
