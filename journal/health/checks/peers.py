"""J16: nodes that hold something else at one position."""

from collections.abc import Iterator, Sequence

from journal.health.findings import Finding
from journal.health.peers import Peer
from journal.health.state_digest import StateDigest

_SHOWN = 16


def differing_peers(peers: Sequence[Peer], own: StateDigest | None = None) -> Finding | None:
    """`own` is this node's state of now, if it is known."""
    others = [peer for peer in peers if peer.is_same is False]
    if not others:
        return None
    named = ", ".join(peer.url for peer in others)
    return Finding(
        code="J16",
        severity="error",
        summary=f"This node and {named} hold something else at one position of the journal"
        f"{_first(others)}.",
        evidence=tuple(line for peer in others for line in _evidence(peer, own)),
        consequence="The same request is answered otherwise by one node and by the other, and a "
        "write that one of them checked may be refused by the other.",
        remedy="The commonest cause is compaction or retention: a node that replayed the topic "
        "after it lacks what the others applied before (J08, and what would be lost: manage.py "
        "foresee compaction). See what differs, and rebuild the node that is wrong from a backup "
        "of the topic, or both from the topic as it is:\n"
        f"  curl {others[0].url.rstrip('/')}/apis/annals/v1/node\n  python manage.py rebuild",
    )


def _first(others: Sequence[Peer]) -> str:
    found = next((peer.difference for peer in others if peer.difference is not None), None)
    return "" if found is None else f", first in {found.words}"


def _evidence(peer: Peer, own: StateDigest | None) -> Iterator[str]:
    offsets = ", ".join(
        f"{offset} of partition {partition}" for partition, offset in sorted(peer.offsets.items())
    )
    shown = f"{peer.digest[:_SHOWN]}…"
    yield f"With offsets up to {offsets} applied, the digest of {peer.url} is {shown}"
    if peer.difference is not None:
        yield f"The first difference from {peer.url} is in {peer.difference.words}."
    if own is not None and own.offsets == peer.offsets:
        yield _of_records(peer, own.records)


def _of_records(peer: Peer, records: int) -> str:
    """Who has applied fewer for the same offsets came when some were gone."""
    if records == peer.records:
        return f"Both applied {records:,} records up to there, so none was gone for one of them."
    told = f"Up to there this node applied {records:,} records, {peer.url} {peer.records:,}"
    late = "this node" if records < peer.records else peer.url
    gone = abs(records - peer.records)
    were = "record was" if gone == 1 else "records were"
    return (
        f"{told}: {late} replayed the topic after {gone:,} {were} removed from it, as compaction "
        "and retention do. That is the cause."
    )
