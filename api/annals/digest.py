"""The state digest, and hashes of blocks and rows for locating a difference between two nodes."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from access.policy import Level
from api.problems import BadRequest
from api.resource import Resource
from api.v2.parameters import query_number, query_text
from journal.health.node_health import NodeHealth
from journal.health.node_state import NodeState
from journal.health.state_digest import state_rows

_MAX_BLOCK = 10**9 - 1


class Digest(Resource):
    read_level = Level.NONE

    def get(self, request: Request) -> Response:
        """Respond with the latest digest; its `tables` have a short hash for each 1,000 rows.

        Null before the first digest is computed.
        """
        health = self.journal.health
        return Response(digest_document(health, health.state(), with_tables=True))


class DigestRows(Resource):
    def get(self, request: Request) -> Response:
        """Respond with the sort key and a short hash of each row in `block` of `table`."""
        table, block = query_text(request, "table"), query_number(request, "block", _MAX_BLOCK)
        if block is None:
            raise BadRequest("block is the number of a block, from 0.")
        try:
            offsets, rows = state_rows(table, block)
        except KeyError:
            raise BadRequest(f"There is no table {table!r}.") from None
        return Response({"offsets": _to_json(offsets), "rows": [row._asdict() for row in rows]})


def digest_document(
    health: NodeHealth, state: NodeState, *, with_tables: bool = False
) -> dict[str, Any] | None:
    """Return the latest digest as JSON; None before the first one is computed."""
    applied = {partition.partition: partition.applied for partition in state.partitions}
    digest = health.digests.latest(applied, state.content_view)
    if digest is None:
        return None
    document: dict[str, Any] = {
        "value": digest.value,
        "contentView": digest.content_view,
        "offsets": _to_json(digest.offsets),
        "records": digest.records,
    }
    return {**document, "tables": digest.blocks} if with_tables else document


def _to_json(offsets: Any) -> dict[str, int]:
    return {str(partition): offset for partition, offset in offsets.items()}
