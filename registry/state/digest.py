"""One hash over all registry tables, alike wherever the same records were applied.

Rows come in the order of their natural keys; row ids and times that no record told are left out.
"""

import hashlib
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any, NamedTuple

import orjson
from django.db.backends.base.base import BaseDatabaseWrapper

_CHUNK = 2000
#: In a block, by which the place of a difference is found.
BLOCK_ROWS = 1000
#: Characters of a hash that tells two rows or blocks apart.
_SHORT = 16
_OF_VERSION = "registry_{} t JOIN registry_version v ON v.id = t.version_id"
#: (name, columns, from, the columns that order it).
_TABLES = (
    (
        "contents",
        "tenant_id, content_id, content_hash, canonical_hash, serialized_references, content",
        "registry_content",
        "tenant_id, content_id",
    ),
    (
        "references",
        "c.tenant_id, c.content_id, t.name, t.group_id, t.artifact_id, t.version",
        "registry_reference t JOIN registry_content c ON c.id = t.content_id",
        "c.tenant_id, c.content_id, t.name",
    ),
    (
        "groups",
        # When it was made is told by no record of Apicurio's own, but by an import of it.
        "tenant_id, group_id, description, artifacts_type, created_by, modified_by, "
        "modified_on, properties",
        "registry_group",
        "tenant_id, group_id",
    ),
    (
        "artifacts",
        "tenant_id, group_id, artifact_id, type, created_by, created_on, latest",
        "registry_artifact",
        "tenant_id, group_id, artifact_id",
    ),
    (
        "versions",
        "v.tenant_id, v.global_id, a.group_id, a.artifact_id, v.version, v.version_id, v.state, "
        "v.name, v.description, v.created_by, v.created_on, v.labels, v.properties, c.content_id",
        "registry_version v JOIN registry_artifact a ON a.id = v.artifact_id "
        "JOIN registry_content c ON c.id = v.content_id",
        "v.tenant_id, v.global_id",
    ),
    (
        "labels",
        "v.tenant_id, v.global_id, t.label",
        _OF_VERSION.format("label"),
        "v.tenant_id, v.global_id, t.label",
    ),
    (
        "properties",
        "v.tenant_id, v.global_id, t.key, t.value",
        _OF_VERSION.format("property"),
        "v.tenant_id, v.global_id, t.key, t.value",
    ),
    (
        "comments",
        "t.tenant_id, t.comment_id, v.global_id, t.created_by, t.created_on, t.value",
        _OF_VERSION.format("comment"),
        "t.tenant_id, t.comment_id",
    ),
    (
        "artifact rules",
        "tenant_id, group_id, artifact_id, type, configuration",
        "registry_artifactrule",
        "tenant_id, group_id, artifact_id, type",
    ),
    (
        "global rules",
        "tenant_id, type, configuration",
        "registry_globalrule",
        "tenant_id, type",
    ),
    (
        "role mappings",
        "tenant_id, principal_id, principal_name, role",
        "registry_rolemapping",
        "tenant_id, principal_id",
    ),
    ("loggers", "logger, level", "registry_logconfig", "logger"),
    ("properties set", "tenant_id, name, value", "registry_configproperty", "tenant_id, name"),
    (
        "downloads",
        "tenant_id, expires, type, global_id, content_id, content_hash",
        "registry_download",
        "tenant_id, expires, type, global_id, content_id, content_hash",
    ),
    ("sequences", "tenant_id, name, value", "registry_sequence", "tenant_id, name"),
)


class DigestedTable(NamedTuple):
    """What the digest takes of a table: `columns` in their order, `key` those that order rows."""

    name: str
    columns: tuple[str, ...]
    key: tuple[str, ...]
    sql: str
    order: str

    def rows(
        self, connection: BaseDatabaseWrapper, part: tuple[int, int] | None = None
    ) -> Iterator[tuple[Any, ...]]:
        """In the order of the key: numbers by size, texts by their code points, nulls first.

        `part` is how many, and how many before them are passed over.
        """
        return _rows(connection, self.sql, self.order, part)


def _names(columns: str) -> tuple[str, ...]:
    """Of `c.tenant_id` and `… AS tenant_id` alike: tenant_id."""
    return tuple(each.rpartition(" ")[2].rpartition(".")[2] for each in columns.split(", "))


#: In the order of the digest.
DIGESTED_TABLES = tuple(
    DigestedTable(name, _names(columns), _names(order), f"SELECT {columns} FROM {table}", order)
    for name, columns, table, order in _TABLES
)
_NUMBERS = frozenset(("content_id", "global_id", "expires"))


class Digest(NamedTuple):
    """`value` is of everything; `blocks` are by table, a short one for each ROWS rows in order."""

    value: str
    blocks: dict[str, tuple[str, ...]]


class DigestedRow(NamedTuple):
    """The columns that order a table, and the hash of the whole row."""

    key: dict[str, Any]
    hash: str


def compute_digest(connection: BaseDatabaseWrapper, view: str) -> str:
    """SHA-256 in lower-case hex of the tables and of the content view they were built in.

    Reads every row: call it inside a transaction that sees one state.
    """
    return compute_digest_with_blocks(connection, view).value


def compute_digest_with_blocks(connection: BaseDatabaseWrapper, view: str) -> Digest:
    """The same, with what tells where two differ."""
    whole = hashlib.sha256(view.encode())
    blocks = {}
    for table in DIGESTED_TABLES:
        whole.update(b"\n" + table.name.encode())
        lines = (b"\n" + _line(row) for row in table.rows(connection))
        blocks[table.name] = tuple(_hashed_blocks(lines, whole.update))
    return Digest(whole.hexdigest(), blocks)


def _hashed_blocks(lines: Iterator[bytes], update: Callable[[bytes], None]) -> Iterator[str]:
    while block := b"".join(islice(lines, BLOCK_ROWS)):
        update(block)
        yield hashlib.sha256(block).hexdigest()[:_SHORT]


def block_rows(connection: BaseDatabaseWrapper, table_name: str, block: int) -> list[DigestedRow]:
    """The rows of a block, the first of which is 0; raises KeyError for an unknown table."""
    table = {each.name: each for each in DIGESTED_TABLES}[table_name]
    places = [table.columns.index(name) for name in table.key]
    return [
        DigestedRow(
            {table.columns[at]: plain[at] for at in places},
            hashlib.sha256(orjson.dumps(plain)).hexdigest()[:_SHORT],
        )
        for row in table.rows(connection, (BLOCK_ROWS, block * BLOCK_ROWS))
        for plain in [_plain(row)]
    ]


def _rows(
    connection: BaseDatabaseWrapper, sql: str, order: str, part: tuple[int, int] | None = None
) -> Iterator[tuple[Any, ...]]:
    limits = "" if part is None else " LIMIT %s OFFSET %s"
    with connection.chunked_cursor() as cursor:
        cursor.execute(f"{sql} ORDER BY {_ordered(connection, order)}{limits}", part)
        while rows := cursor.fetchmany(_CHUNK):
            yield from rows


def _ordered(connection: BaseDatabaseWrapper, order: str) -> str:
    """Texts by their bytes, as SQLite has it, whatever the locale; nulls first."""
    if connection.vendor != "postgresql":
        return order
    return ", ".join(
        f"{column} NULLS FIRST"
        if column.rpartition(".")[2] in _NUMBERS
        else f'{column} COLLATE "C" NULLS FIRST'
        for column in order.split(", ")
    )


def _line(row: tuple[Any, ...]) -> bytes:
    """A JSON array; of bytes, their hash."""
    return orjson.dumps(_plain(row))


def _plain(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(
        hashlib.sha256(each).hexdigest() if isinstance(each, bytes | memoryview) else each
        for each in row
    )
