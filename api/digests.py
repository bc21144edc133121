"""The state digest as JSON tells it."""

from typing import Any

from journal.digests import digest_keeper
from journal.queries import NodeState


def digest_told(state: NodeState) -> dict[str, Any] | None:
    offsets = {each.partition: each.applied for each in state.partitions}
    found = digest_keeper.latest(offsets, state.content_view)
    if found is None:
        return None
    return {
        "value": found.value,
        "contentView": found.content_view,
        "offsets": {str(partition): offset for partition, offset in found.offsets.items()},
        "records": found.records,
    }
