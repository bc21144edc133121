"""The other nodes of this topic, as they tell of themselves: who holds the same, and who does not.

A thread of the web process asks them; it begins when somebody first wants to know.
"""

import logging
import threading
import time
from base64 import b64encode
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from http.client import HTTPException
from typing import Any
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import (
    HTTPRedirectHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
    build_opener,
)

import orjson
from django.conf import settings
from django.db import DatabaseError, connection

from journal.health.node_state import node_state
from journal.health.peer_comparison import StateDifference, first_difference
from journal.health.state_digest import StateDigest, state_digest_cache, state_rows
from registry.state.digest import DigestedRow

log = logging.getLogger(__name__)

_EVERY = 5.0
_TIMEOUT = 3.0
_LARGEST = 1_000_000
#: So many states of this node are remembered, to be compared with peers that are behind.
_REMEMBERED = 200

#: What goes wrong where somebody else answers, or somebody else than expected.
_FAILURES = (OSError, HTTPException, ValueError, KeyError, TypeError, AttributeError)

_Offsets = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Peer:
    """What was heard of a peer last.

    `trouble` says why nothing was heard, empty if something was; `seen_at` (epoch ms) is when
    something was, 0 for never. `is_same` is the last verdict, None where no equal positions were
    ever seen on both. `offsets` are those of `digest`, and `records` is how many were applied for
    it. `difference` is the first one, None until it is known where that is.
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
    """`own` gives this node's digest of now; `peers` are the last answers."""

    def __init__(self, urls: Sequence[str], own: Callable[[], StateDigest | None]) -> None:
        self._own = own
        self._mine: OrderedDict[tuple[str, _Offsets], str] = OrderedDict()
        self.own_now: StateDigest | None = None
        self.peers: tuple[Peer, ...] = tuple(Peer(url) for url in urls)

    def start(self) -> None:
        threading.Thread(target=self._run, name="peers", daemon=True).start()

    def look(self) -> None:
        """Asks all of them once, this node before and after: one of the two may be of one state."""
        self._remember()
        heard = [_heard(peer) for peer in self.peers]
        self._remember()
        self.peers = tuple(self._compared(peer) for peer in heard)

    def _run(self) -> None:
        while True:
            self.look()
            time.sleep(_EVERY)

    def _remember(self) -> None:
        mine = self.own_now = self._own()
        if mine is None:
            return
        self._mine[mine.content_view, _key(mine.offsets)] = mine.value
        while len(self._mine) > _REMEMBERED:
            self._mine.popitem(last=False)

    def _compared(self, peer: Peer) -> Peer:
        mine = self._mine.get((peer.content_view, _key(peer.offsets)))
        if peer.trouble or not peer.digest or mine is None:
            return peer
        if mine == peer.digest:
            return replace(peer, is_same=True, difference=None)
        return replace(peer, is_same=False, difference=self._difference(peer))

    def _difference(self, peer: Peer) -> StateDifference | None:
        """Looked for while both stand where they differ; kept once it was found."""
        own = self.own_now
        if peer.difference is not None or own is None or own.offsets != peer.offsets:
            return peer.difference
        try:
            return _asked_difference(own, peer)
        except _FAILURES as error:
            log.info("Where %s differs can't be found yet: %s", peer.url, _words(error))
            return None
        finally:
            connection.close()


def _key(offsets: Mapping[int, int]) -> _Offsets:
    return tuple(sorted(offsets.items()))


def _heard(before: Peer) -> Peer:
    try:
        told = _ask(f"{before.url.rstrip('/')}/apis/annals/v1/node")
        if told.get("topic") != settings.JOURNAL_TOPIC:
            return replace(before, trouble=f"it follows another topic: {told.get('topic')}")
        return _peer(before, told)
    except _FAILURES as error:
        return replace(before, trouble=_words(error))


def _words(error: Exception) -> str:
    reason = error.reason if isinstance(error, URLError) else error
    if isinstance(reason, OSError) and reason.strerror:
        return reason.strerror
    return str(reason) or repr(reason)


def _asked_difference(own: StateDigest, peer: Peer) -> StateDifference | None:
    """Raises _FAILURES, also where one of the two has gone on meanwhile."""
    base = f"{peer.url.rstrip('/')}/apis/annals/v1/digest"
    told = _ask(base)
    if told["value"] != peer.digest:
        raise ValueError("it has gone on")

    def here(table: str, block: int) -> Sequence[DigestedRow]:
        offsets, rows = state_rows(table, block)
        return _still(own.offsets, offsets, rows)

    def there(table: str, block: int) -> Sequence[DigestedRow]:
        answer = _ask(f"{base}/rows?{urlencode({'table': table, 'block': block})}")
        rows = [DigestedRow(dict(each["key"]), str(each["hash"])) for each in answer["rows"]]
        return _still(peer.offsets, _offsets(answer), rows)

    return first_difference((own.blocks, told["tables"]), (here, there))


def _still(
    before: Mapping[int, int], now: Mapping[int, int], rows: Sequence[DigestedRow]
) -> Sequence[DigestedRow]:
    if before != now:
        raise ValueError("records were applied meanwhile")
    return rows


def _peer(before: Peer, told: Mapping[str, Any]) -> Peer:
    digest = told.get("digest") or {"value": "", "contentView": "", "offsets": {}}
    return replace(
        before,
        trouble="",
        seen_at=int(time.time() * 1000),
        version=str(told["version"]),
        is_ready=bool(told["isReady"]),
        reasons=tuple(map(str, told["reasons"])),
        applied=int(told["applied"]),
        lag=int(told["lag"]),
        content_view=str(digest["contentView"]),
        digest=str(digest["value"]),
        offsets=_offsets(digest),
        records=int(digest.get("records", 0)),
        findings=tuple(f"{each['code']} {each['severity']}" for each in told["findings"]),
    )


def _offsets(told: Mapping[str, Any]) -> dict[int, int]:
    return {int(partition): int(offset) for partition, offset in told["offsets"].items()}


class _NoRedirect(HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        """A peer is where it was said to be."""


@cache
def _opener() -> OpenerDirector:
    return build_opener(ProxyHandler({}), _NoRedirect)


def _ask(url: str) -> Any:
    with _opener().open(Request(url, headers=_credentials()), timeout=_TIMEOUT) as answer:
        return orjson.loads(answer.read(_LARGEST))


def _credentials() -> dict[str, str]:
    """For peers that ask who wants to know: a name, a colon and a password (RFC 7617)."""
    said = settings.ANNALS_PEER_CREDENTIALS
    return {"Authorization": f"Basic {b64encode(said.encode()).decode()}"} if said else {}


def _own_digest() -> StateDigest | None:
    try:
        state = node_state()
        if not state.is_caught_up:
            return None
        offsets = {each.partition: each.applied for each in state.partitions}
        return state_digest_cache.latest(offsets, state.content_view)
    except DatabaseError:
        return None
    finally:
        connection.close()


@cache
def _watch(urls: tuple[str, ...]) -> PeerMonitor:
    watch = PeerMonitor(urls, _own_digest)
    watch.start()
    return watch


def peers() -> tuple[Peer, ...]:
    """What is known of ANNALS_PEERS; empty if none are named. Nobody waits for them."""
    return _watch(settings.ANNALS_PEERS).peers if settings.ANNALS_PEERS else ()


def compared_digest() -> StateDigest | None:
    """This node's own, with which they were compared last."""
    return _watch(settings.ANNALS_PEERS).own_now if settings.ANNALS_PEERS else None
