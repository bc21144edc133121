"""The state digest as JSON tells it."""

from typing import Any

from journal.health.node_state import NodeState
from journal.health.state_digest import state_digest_cache


def digest_told(state: NodeState) -> dict[str, Any] | None:
    offsets = {each.partition: each.applied for each in state.partitions}
    found = state_digest_cache.latest(offsets, state.content_view)
    if found is None:
        return None
    return {
        "value": found.value,
        "contentView": found.content_view,
        "offsets": {str(partition): offset for partition, offset in found.offsets.items()},
        "records": found.records,
    }
