"""J16: nodes with different states at equal offsets."""

from collections.abc import Sequence

from journal.health.findings import Finding
from journal.health.peers import Peer
from journal.health.state_digest import StateDigest

_SHOWN_DIGITS = 16


def differing_peers(peers: Sequence[Peer], own: StateDigest | None = None) -> Finding | None:
    """Report peers with a different state; `own` is this node's present digest, if known."""
    differing = [peer for peer in peers if peer.is_same is False]
    if not differing:
        return None
    evidence = []
    for peer in differing:
        offsets = ", ".join(
            f"{offset} of partition {partition}"
            for partition, offset in sorted(peer.offsets.items())
        )
        evidence.append(
            f"With offsets up to {offsets} applied, the digest of {peer.url} is "
            f"{peer.digest[:_SHOWN_DIGITS]}…"
        )
        if peer.difference is not None:
            description = peer.difference.description
            evidence.append(f"The first difference from {peer.url} is in {description}.")
        if own is None or own.offsets != peer.offsets:
            continue
        if own.records == peer.records:
            evidence.append(
                f"Both applied {own.records:,} records up to there, so none was gone for one of "
                "them."
            )
            continue
        # The node that applied fewer records up to the same offsets came too late.
        late = "this node" if own.records < peer.records else peer.url
        missing = abs(own.records - peer.records)
        evidence.append(
            f"Up to there this node applied {own.records:,} records, {peer.url} {peer.records:,}: "
            f"{late} replayed the topic after {missing:,} "
            f"{'record was' if missing == 1 else 'records were'} removed from it, as compaction "
            "and retention do. That is the cause."
        )
    urls = ", ".join(peer.url for peer in differing)
    located = [peer.difference for peer in differing if peer.difference is not None]
    where = f", first in {located[0].description}" if located else ""
    return Finding(
        code="J16",
        severity="error",
        summary=f"This node and {urls} hold something else at one position of the journal{where}.",
        evidence=tuple(evidence),
        consequence="The same request is answered otherwise by one node and by the other, and a "
        "write that one of them checked may be refused by the other.",
        remedy="The commonest cause is compaction or retention: a node that replayed the topic "
        "after it lacks what the others applied before (J08, and what would be lost: manage.py "
        "simulate compaction). See what differs, and rebuild the node that is wrong from a backup "
        "of the topic, or both from the topic as it is:\n"
        f"  curl {differing[0].url.rstrip('/')}/apis/annals/v1/node\n  python manage.py rebuild",
    )
