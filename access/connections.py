"""The connection that a request came by: whose it is, and whether anybody still waits at it."""

from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address, ip_network

from access.asgi import Scope

#: Key in the scope: a function that returns whether the connection is closed. Only `serve` sets it.
IS_CLOSED = "annals.is_closed"
#: Bits of an IPv6 network that one person usually has all addresses of (RFC 6177).
_IPV6_PREFIX = 64


@dataclass(frozen=True, slots=True)
class Connection:
    """A client's connection.

    `network` is the client's address; of IPv6, the usual network of one client.
    """

    network: str
    is_closed: Callable[[], bool]


def connection_of(scope: Scope) -> Connection:
    """Return the connection of a scope; the server has put a trusted proxy's client into it."""
    client = scope.get("client")
    network = "" if client is None else _network_of(client[0])
    return Connection(network, scope.get(IS_CLOSED, _is_never_closed))


def _network_of(address: str) -> str:
    """Return the network of an address; empty for any other text.

    A proxy may pass on anything.
    """
    try:
        parsed = ip_address(address)
    except ValueError:
        return ""
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ip_network((int(parsed), _IPV6_PREFIX), strict=False))


def _is_never_closed() -> bool:
    return False
