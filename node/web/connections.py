"""How many connections a server holds, and which one goes when another one comes."""

import resource

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

#: Files that the process opens for everything else.
_OTHER_FILES = 384
_MAX_OPEN_FILES = 65_536


class BoundedServerState(ServerState):
    """uvicorn's state of a server, with a bound on its connections.

    Where a new one would be too many, the one that has waited longest for its client is closed, as
    nginx does with idle connections: it may be between two requests, within one that never ends,
    or before a response that nobody takes. Where the node works for all others, the new one is
    closed.
    """

    def __init__(self, max_connections: int) -> None:
        super().__init__()
        self._max_connections = max_connections
        self._http: set[HttpToolsProtocol] = set()
        #: Those that wait for their client, the one without activity for longest first.
        self._waiting: dict[HttpToolsProtocol, None] = {}

    def add(self, protocol: HttpToolsProtocol) -> None:
        """Count a new connection, and close one if there are too many."""
        self._http.add(protocol)
        if len(self.connections) > self._max_connections:
            one = next(iter(self._waiting), protocol)
            self._waiting.pop(one, None)
            one.transport.abort()
        self.wait_for_client(protocol)

    def wait_for_client(self, protocol: HttpToolsProtocol) -> None:
        """Mark a connection as waiting for its client since now."""
        self._waiting.pop(protocol, None)
        self._waiting[protocol] = None

    def answer(self, protocol: HttpToolsProtocol) -> None:
        """Mark a connection as served: it stays open until it waits again."""
        self._waiting.pop(protocol, None)

    def remove(self, protocol: HttpToolsProtocol) -> None:
        """Forget a connection after its end, or its upgrade to a WebSocket."""
        self._http.discard(protocol)
        self._waiting.pop(protocol, None)

    def may_open_websocket(self) -> bool:
        """WebSockets stay open, so they may have half of all connections."""
        return len(self.connections) - len(self._http) < self._max_connections // 2


def raise_open_files(max_connections: int) -> int:
    """Let the process open files for so many connections; return for how many it may."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    # A request's body, or its response, is another file where it is large.
    wanted = min(2 * max_connections + _OTHER_FILES, _MAX_OPEN_FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    if soft == resource.RLIM_INFINITY:
        return max_connections
    return max(1, min(max_connections, (soft - _OTHER_FILES) // 2))
