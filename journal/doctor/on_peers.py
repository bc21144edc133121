"""J16: nodes that hold something else at one position."""

from collections.abc import Sequence

from journal.doctor.findings import Finding
from journal.doctor.peers import Peer

_SHOWN = 16


def differing_peers(peers: Sequence[Peer]) -> Finding | None:
    others = [peer for peer in peers if peer.is_same is False]
    if not others:
        return None
    named = ", ".join(peer.url for peer in others)
    return Finding(
        code="J16",
        severity="error",
        summary=f"This node and {named} hold something else at one position of the journal.",
        evidence=tuple(_evidence(peer) for peer in others),
        consequence="The same request is answered otherwise by one node and by the other, and a "
        "write that one of them checked may be refused by the other.",
        remedy="The commonest cause is compaction or retention: a node that replayed the topic "
        "after it lacks what the others applied before (J08, and what would be lost: manage.py "
        "foresee compaction). See what differs, and rebuild the node that is wrong from a backup "
        "of the topic, or both from the topic as it is:\n"
        f"  curl {others[0].url.rstrip('/')}/apis/annals/v1/node\n  python manage.py rebuild",
    )


def _evidence(peer: Peer) -> str:
    offsets = ", ".join(
        f"{offset} of partition {partition}" for partition, offset in sorted(peer.offsets.items())
    )
    return (
        f"With offsets up to {offsets} applied, the digest of {peer.url} is {peer.digest[:_SHOWN]}…"
    )
