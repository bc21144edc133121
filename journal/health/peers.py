"""The other nodes of this topic: their own reports, compared with this node's state.

A thread of the web process polls them.
"""

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

import orjson
from django.conf import settings
from django.db import DatabaseError, connection

from journal.health.node_state import NodeState
from journal.health.peer_comparison import StateDifference, first_difference
from journal.health.state_digest import StateDigest, StateDigestCache, state_rows
from journal.remote import http
from registry.state.digest import DigestedRow

log = logging.getLogger(__name__)

_INTERVAL_S = 5.0
_LIMITS = http.Limits(max_bytes=1_000_000, idle_s=3.0, total_s=15.0)
#: States of this node that are kept, to be compared with peers that are behind.
_MAX_STATES = 200

#: Raised where no node, or something else than a node, answers.
_FAILURES = (http.RemoteError, ValueError, KeyError, TypeError, AttributeError)

_Offsets = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Peer:
    """The last answer of a peer.

    `trouble` is why the last request failed, empty if it did not; `seen_at` is the time of the last
    answer in epoch ms, 0 for never. `is_same` compares the last states at equal offsets, None if
    there were none. `offsets` and `records` (their number) belong to `digest`. `difference` is
    None until the first one is located.
    """

    url: str
    trouble: str = "not asked yet"
    seen_at: int = 0
    version: str = ""
    is_ready: bool = False
    reasons: tuple[str, ...] = ()
    applied: int = 0
    lag: int = 0
    content_view: str = ""
    digest: str = ""
    offsets: Mapping[int, int] = field(default_factory=dict)
    findings: tuple[str, ...] = ()
    is_same: bool | None = None
    records: int = 0
    difference: StateDifference | None = None


class PeerMonitor:
    """Polls peers; `own_digest` is this node's digest of the last comparison."""

    def __init__(
        self, urls: Sequence[str], digests: StateDigestCache, read_state: Callable[[], NodeState]
    ) -> None:
        self._digests = digests
        self._read_state = read_state
        self._own_digests: OrderedDict[tuple[str, _Offsets], str] = OrderedDict()
        self.own_digest: StateDigest | None = None
        self.peers: tuple[Peer, ...] = tuple(Peer(url) for url in urls)

    def start(self) -> None:
        def run() -> None:
            while True:
                self.poll()
                time.sleep(_INTERVAL_S)

        threading.Thread(target=run, name="peers", daemon=True).start()

    def poll(self) -> None:
        """Ask each peer once, and this node before and after, to make equal offsets likely."""
        self._remember_own_digest()
        answers = [_ask_node(peer) for peer in self.peers]
        self._remember_own_digest()
        self.peers = tuple(self._compare(peer) for peer in answers)

    def _remember_own_digest(self) -> None:
        own = None
        try:
            state = self._read_state()
            if state.is_caught_up:
                offsets = {position.partition: position.applied for position in state.partitions}
                own = self._digests.latest(offsets, state.content_view)
        except DatabaseError:
            pass  # Pages report the database's trouble.
        finally:
            connection.close()
        self.own_digest = own
        if own is None:
            return
        self._own_digests[own.content_view, _hashable(own.offsets)] = own.value
        while len(self._own_digests) > _MAX_STATES:
            self._own_digests.popitem(last=False)

    def _compare(self, peer: Peer) -> Peer:
        own_value = self._own_digests.get((peer.content_view, _hashable(peer.offsets)))
        if peer.trouble or not peer.digest or own_value is None:
            return peer
        if own_value == peer.digest:
            return replace(peer, is_same=True, difference=None)
        # A difference can only be located while both nodes stand where they differ.
        own, difference = self.own_digest, peer.difference
        if difference is None and own is not None and own.offsets == peer.offsets:
            try:
                difference = _locate_difference(own, peer)
            except _FAILURES as error:
                log.info("Where %s differs can't be found yet: %s", peer.url, _reason(error))
            finally:
                connection.close()
        return replace(peer, is_same=False, difference=difference)


def _hashable(offsets: Mapping[int, int]) -> _Offsets:
    return tuple(sorted(offsets.items()))


def _ask_node(peer: Peer) -> Peer:
    try:
        answer = _get_json(f"{peer.url.rstrip('/')}/apis/annals/v1/node")
        if answer.get("topic") != settings.JOURNAL_TOPIC:
            return replace(peer, trouble=f"it follows another topic: {answer.get('topic')}")
        digest = answer.get("digest") or {"value": "", "contentView": "", "offsets": {}}
        return replace(
            peer,
            trouble="",
            seen_at=int(time.time() * 1000),
            version=str(answer["version"]),
            is_ready=bool(answer["isReady"]),
            reasons=tuple(map(str, answer["reasons"])),
            applied=int(answer["applied"]),
            lag=int(answer["lag"]),
            content_view=str(digest["contentView"]),
            digest=str(digest["value"]),
            offsets=_parse_offsets(digest),
            records=int(digest.get("records", 0)),
            findings=tuple(
                f"{finding['code']} {finding['severity']}" for finding in answer["findings"]
            ),
        )
    except _FAILURES as error:
        return replace(peer, trouble=_reason(error))


def _reason(error: Exception) -> str:
    return str(error) or repr(error)


def _locate_difference(own: StateDigest, peer: Peer) -> StateDifference | None:
    """Compare block hashes, then rows; raises _FAILURES, also if either node has applied more."""
    url = f"{peer.url.rstrip('/')}/apis/annals/v1/digest"
    answer = _get_json(url)
    if answer["value"] != peer.digest:
        raise ValueError("it has gone on")

    def read_here(table: str, block: int) -> Sequence[DigestedRow]:
        offsets, rows = state_rows(table, block)
        if offsets != own.offsets:
            raise ValueError("records were applied meanwhile")
        return rows

    def read_there(table: str, block: int) -> Sequence[DigestedRow]:
        page = _get_json(f"{url}/rows?{urlencode({'table': table, 'block': block})}")
        if _parse_offsets(page) != peer.offsets:
            raise ValueError("records were applied meanwhile")
        return [DigestedRow(dict(row["key"]), str(row["hash"])) for row in page["rows"]]

    return first_difference((own.blocks, answer["tables"]), (read_here, read_there))


def _parse_offsets(answer: Mapping[str, Any]) -> dict[int, int]:
    return {int(partition): int(offset) for partition, offset in answer["offsets"].items()}


def _get_json(url: str) -> Any:
    """Return the JSON at the configured URL; a redirect to another address is an error."""
    name, colon, password = (settings.ANNALS_PEER_CREDENTIALS or "").encode().partition(b":")
    auth = (name, password) if colon else None
    return orjson.loads(http.get(url, _LIMITS, auth=auth))
