"""A light HTTP client: prepared bytes over keep-alive connections, one thread, no parsing."""

import re
import selectors
import socket
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import islice

Address = tuple[str, int]

_HEAD_END = b"\r\n\r\n"
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_CHUNK = 65536
#: A server without any response for so long is stuck.
_TIMEOUT = 40.0


@dataclass(slots=True)
class LoadResult:
    """Latencies of requests in seconds, and the failed responses."""

    latencies: list[float] = field(default_factory=list)
    seconds: float = 0.0
    #: Responses other than 200, as bytes.
    failures: list[bytes] = field(default_factory=list)

    @property
    def per_second(self) -> float:
        return len(self.latencies) / self.seconds


class ServerFailed(Exception):
    """The server closed a connection, stayed silent, or answered without a length."""


class _Connection:
    """A connection for one request at a time."""

    def __init__(self, address: Address) -> None:
        self.socket = socket.create_connection(address, timeout=_TIMEOUT)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.response = b""
        self.sent_at = 0.0
        self._expected = 0

    def send(self, request: bytes) -> None:
        self.response, self._expected = b"", 0
        self.sent_at = time.perf_counter()
        self.socket.sendall(request)

    def receive(self) -> bool:
        """Receive available bytes; return whether the response is complete."""
        chunk = self.socket.recv(_CHUNK)
        if not chunk:
            raise ServerFailed("the server closed a connection")
        self.response += chunk
        if not self._expected:
            head = self.response.find(_HEAD_END)
            if head < 0:
                return False
            length = _LENGTH.search(self.response, 0, head + 2)
            if length is None:
                raise ServerFailed("an answer does not tell its length")
            self._expected = head + len(_HEAD_END) + int(length[1])
        return len(self.response) >= self._expected


def exchange(address: Address, requests: Iterable[bytes], connections: int = 1) -> LoadResult:
    """Send all requests, one at a time on each connection; raises ServerFailed."""
    pending = iter(requests)
    result = LoadResult()
    with ExitStack() as stack:
        selector = stack.enter_context(selectors.DefaultSelector())
        opened = [_Connection(address) for _ in range(connections)]
        for connection in opened:
            stack.enter_context(connection.socket)
        started_at = time.perf_counter()
        for connection, request in zip(opened, islice(pending, connections), strict=False):
            selector.register(connection.socket, selectors.EVENT_READ, connection)
            connection.send(request)
        while selector.get_map():
            _await_responses(selector, pending, result)
        result.seconds = time.perf_counter() - started_at
    return result


def _await_responses(
    selector: selectors.BaseSelector, pending: Iterator[bytes], result: LoadResult
) -> None:
    ready = selector.select(_TIMEOUT)
    if not ready:
        raise ServerFailed(f"no answer within {_TIMEOUT:.0f} s")
    for key, _ in ready:
        connection: _Connection = key.data
        if not connection.receive():
            continue
        result.latencies.append(time.perf_counter() - connection.sent_at)
        if connection.response[9:12] != b"200":
            result.failures.append(connection.response)
        request = next(pending, None)
        if request is None:
            selector.unregister(connection.socket)
        else:
            connection.send(request)


def for_seconds(requests: Iterable[bytes], seconds: float) -> Iterator[bytes]:
    """Yield requests until `seconds` have passed."""
    end = time.perf_counter() + seconds
    for request in requests:
        if time.perf_counter() >= end:
            return
        yield request


def get(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()


def post(path: str, body: bytes, headers: str = "") -> bytes:
    """Return a POST request; `headers` are whole lines, each with its CR LF."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {len(body)}\r\n{headers}\r\n"
    )
    return head.encode() + body
