"""Where two nodes differ is found by these: hashes of blocks of each table, then of rows."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from access.policy import Level
from api.problems import BadRequest
from api.resource import Resource
from journal.health.node_state import node_state
from journal.health.state_digest import state_digest_cache, state_rows


class Digest(Resource):
    reading = Level.NONE

    def get(self, request: Request) -> Response:
        """`tables` holds a short hash for each 1,000 rows; null before the first digest is made."""
        state = node_state()
        offsets = {each.partition: each.applied for each in state.partitions}
        found = state_digest_cache.latest(offsets, state.content_view)
        if found is None:
            return Response(None)
        return Response({
            "value": found.value,
            "contentView": found.content_view,
            "offsets": _spelled(found.offsets),
            "records": found.records,
            "tables": found.blocks,
        })


class DigestRows(Resource):
    def get(self, request: Request) -> Response:
        """The rows of `block` of `table`: what orders them, and a short hash of the whole row."""
        table, block = request.query_params.get("table", ""), request.query_params.get("block", "")
        if not (block.isascii() and block.isdecimal() and len(block) < 10):
            raise BadRequest("block is the number of a block, from 0.")
        try:
            offsets, rows = state_rows(table, int(block))
        except KeyError:
            raise BadRequest(f"There is no table {table!r}.") from None
        return Response({"offsets": _spelled(offsets), "rows": [each._asdict() for each in rows]})


def _spelled(offsets: Any) -> dict[str, int]:
    return {str(partition): offset for partition, offset in offsets.items()}
