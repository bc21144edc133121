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
#: Seconds without any answer after which the server counts as stuck.
_PATIENCE = 40.0


@dataclass(slots=True)
class Exchanged:
    """What came of a number of requests; latencies and `seconds` are in seconds."""

    latencies: list[float] = field(default_factory=list)
    seconds: float = 0.0
    #: Answers other than 200, as they came.
    failures: list[bytes] = field(default_factory=list)

    @property
    def per_second(self) -> float:
        return len(self.latencies) / self.seconds


class ServerFailed(Exception):
    """The server closed a connection, stayed silent, or answered without a length."""


class _Connection:
    """One request at a time."""

    def __init__(self, address: Address) -> None:
        self.socket = socket.create_connection(address, timeout=_PATIENCE)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.answer = b""
        self.sent_at = 0.0
        self._wanted = 0

    def send(self, request: bytes) -> None:
        self.answer, self._wanted = b"", 0
        self.sent_at = time.perf_counter()
        self.socket.sendall(request)

    def receive(self) -> bool:
        """Takes what has come; whether the answer is whole."""
        chunk = self.socket.recv(_CHUNK)
        if not chunk:
            raise ServerFailed("the server closed a connection")
        self.answer += chunk
        if not self._wanted:
            head = self.answer.find(_HEAD_END)
            if head < 0:
                return False
            length = _LENGTH.search(self.answer, 0, head + 2)
            if length is None:
                raise ServerFailed("an answer does not tell its length")
            self._wanted = head + len(_HEAD_END) + int(length[1])
        return len(self.answer) >= self._wanted


def exchange(address: Address, requests: Iterable[bytes], connections: int = 1) -> Exchanged:
    """Sends all requests, one at a time on each connection; raises ServerFailed."""
    pending = iter(requests)
    done = Exchanged()
    with ExitStack() as stack:
        selector = stack.enter_context(selectors.DefaultSelector())
        opened = [_Connection(address) for _ in range(connections)]
        for connection in opened:
            stack.enter_context(connection.socket)
        began = time.perf_counter()
        for connection, request in zip(opened, islice(pending, connections), strict=False):
            selector.register(connection.socket, selectors.EVENT_READ, connection)
            connection.send(request)
        while selector.get_map():
            _await_answers(selector, pending, done)
        done.seconds = time.perf_counter() - began
    return done


def _await_answers(
    selector: selectors.BaseSelector, pending: Iterator[bytes], done: Exchanged
) -> None:
    ready = selector.select(_PATIENCE)
    if not ready:
        raise ServerFailed(f"no answer within {_PATIENCE:.0f} s")
    for key, _ in ready:
        connection: _Connection = key.data
        if not connection.receive():
            continue
        done.latencies.append(time.perf_counter() - connection.sent_at)
        if connection.answer[9:12] != b"200":
            done.failures.append(connection.answer)
        request = next(pending, None)
        if request is None:
            selector.unregister(connection.socket)
        else:
            connection.send(request)


def for_seconds(requests: Iterable[bytes], seconds: float) -> Iterator[bytes]:
    """As many of them as can be taken in that time."""
    end = time.perf_counter() + seconds
    for request in requests:
        if time.perf_counter() >= end:
            return
        yield request


def get(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()


def post(path: str, body: bytes, headers: str = "") -> bytes:
    """`headers` are whole lines, each with its CR LF."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {len(body)}\r\n{headers}\r\n"
    )
    return head.encode() + body
