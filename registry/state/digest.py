"""One hash over all registry tables, equal on all nodes after the same records.

Rows come in the order of their natural keys; row ids and times that are in no record are left out.
"""

import hashlib
from collections.abc import Iterator
from itertools import islice
from typing import Any, NamedTuple

import orjson
from django.db.backends.base.base import BaseDatabaseWrapper

_CHUNK = 2000
#: Rows in a block: blocks show where a difference is.
BLOCK_ROWS = 1000
#: Characters of the hash of a row or a block.
_SHORT_HASH = 16
_OF_VERSION = "registry_{} t JOIN registry_version v ON v.id = t.version_id"
#: (name, columns, from, the key columns, by which it is ordered).
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
        # The time of creation is in no record of Apicurio's own, but in an import of it.
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
    """The digested columns of a table; rows are in the order of the columns of `key`."""

    name: str
    columns: tuple[str, ...]
    key: tuple[str, ...]
    sql: str
    order: str

    def rows(
        self, connection: BaseDatabaseWrapper, part: tuple[int, int] | None = None
    ) -> Iterator[tuple[Any, ...]]:
        """Yield rows in the order of the key: numbers by size, texts by code points, nulls first.

        `part` is a limit and an offset.
        """
        order = self.order
        if connection.vendor == "postgresql":
            # Texts by their bytes, as in SQLite, whatever the locale.
            order = ", ".join(
                f"{column} NULLS FIRST"
                if column.rpartition(".")[2] in _NUMBERS
                else f'{column} COLLATE "C" NULLS FIRST'
                for column in self.order.split(", ")
            )
        limits = "" if part is None else " LIMIT %s OFFSET %s"
        with connection.chunked_cursor() as cursor:
            cursor.execute(f"{self.sql} ORDER BY {order}{limits}", part)
            while rows := cursor.fetchmany(_CHUNK):
                yield from rows


def _names(columns: str) -> tuple[str, ...]:
    return tuple(column.rpartition(".")[2] for column in columns.split(", "))


#: In the order of the digest.
DIGESTED_TABLES = tuple(
    DigestedTable(name, _names(columns), _names(order), f"SELECT {columns} FROM {table}", order)
    for name, columns, table, order in _TABLES
)
_NUMBERS = frozenset(("content_id", "global_id", "expires"))


class Digest(NamedTuple):
    """`value` covers everything; `blocks` are short hashes by table, of BLOCK_ROWS rows each."""

    value: str
    blocks: dict[str, tuple[str, ...]]


class DigestedRow(NamedTuple):
    """The key columns of a row, and the hash of the whole row."""

    key: dict[str, Any]
    hash: str


def compute_digest(connection: BaseDatabaseWrapper, view: str) -> str:
    """Return the SHA-256, in lower-case hex, of the tables and the content view of their content.

    Every row is read: call it inside a transaction that sees one state.
    """
    return compute_digest_with_blocks(connection, view).value


def compute_digest_with_blocks(connection: BaseDatabaseWrapper, view: str) -> Digest:
    """Return the digest with hashes of its blocks, for locating a difference of two digests."""
    whole = hashlib.sha256(view.encode())
    blocks = {}
    for table in DIGESTED_TABLES:
        whole.update(b"\n" + table.name.encode())
        lines = (b"\n" + orjson.dumps(_to_json(row)) for row in table.rows(connection))
        hashes = []
        while block := b"".join(islice(lines, BLOCK_ROWS)):
            whole.update(block)
            hashes.append(hashlib.sha256(block).hexdigest()[:_SHORT_HASH])
        blocks[table.name] = tuple(hashes)
    return Digest(whole.hexdigest(), blocks)


def block_rows(connection: BaseDatabaseWrapper, table_name: str, block: int) -> list[DigestedRow]:
    """Return the rows of a block, from 0; raises KeyError for an unknown table."""
    table = {known.name: known for known in DIGESTED_TABLES}[table_name]
    return [
        DigestedRow(
            {name: row[table.columns.index(name)] for name in table.key},
            hashlib.sha256(orjson.dumps(row)).hexdigest()[:_SHORT_HASH],
        )
        for row in map(_to_json, table.rows(connection, (BLOCK_ROWS, block * BLOCK_ROWS)))
    ]


def _to_json(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """Replace bytes by their hash."""
    return tuple(
        hashlib.sha256(value).hexdigest() if isinstance(value, bytes | memoryview) else value
        for value in row
    )
