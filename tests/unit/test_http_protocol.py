"""The server's protocol, against clients that send headers without an end, or nothing at all."""

import asyncio
import queue
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import pytest
import uvicorn

from access.connections import IS_CLOSED
from node.web import http_protocol
from node.web.connections import BoundedServerState
from node.web.http_protocol import (
    MAX_HEADER_BYTES,
    MAX_HEADERS,
    BoundedHttpProtocol,
    ObservedWebSocketProtocol,
)
from tests.waiting import DEADLINE, until

LARGE = b"x" * 50_000_000
#: What requests for /waiting have seen of their connections.
seen: queue.Queue[tuple[str, bool]] = queue.Queue()


async def app(scope: Any, receive: Any, send: Any) -> None:
    """Answer with the number of headers and the size of the body, or with fifty megabytes.

    /waiting takes nothing of a body, and waits until its connection is closed.
    """
    if scope["path"] == "/waiting":
        for _ in range(2):
            seen.put((scope["type"], scope[IS_CLOSED]()))
            await asyncio.to_thread(until, scope[IS_CLOSED])
        return
    size, is_last = 0, False
    while not is_last:
        event = await receive()
        size += len(event.get("body", b""))
        is_last = not event.get("more_body", False)
    body = LARGE if scope["path"] == "/large" else b"%d %d" % (len(scope["headers"]), size)
    await send({"type": "http.response.start", "status": 200, "headers": []})
    for start in range(0, len(body), 100_000):
        piece = body[start : start + 100_000]
        await send({"type": "http.response.body", "body": piece, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


@contextmanager
def serving(app: Any = app, max_connections: int = 100) -> Iterator[int]:
    config = uvicorn.Config(
        app,
        http=BoundedHttpProtocol,
        ws=ObservedWebSocketProtocol,
        lifespan="off",
        log_config=None,
        port=0,
    )
    server = uvicorn.Server(config)
    server.server_state = BoundedServerState(max_connections)
    thread = threading.Thread(target=server.run)
    thread.start()
    until(lambda: server.started)
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        thread.join(DEADLINE)


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with serving() as port:
        yield port


@contextmanager
def connected(port: int) -> Iterator[socket.socket]:
    with closing(socket.create_connection(("127.0.0.1", port), DEADLINE)) as connection:
        yield connection


def read_all(connection: socket.socket) -> bytes:
    answer = bytearray()
    while chunk := connection.recv(1_000_000):
        answer += chunk
    return bytes(answer)


def answered(port: int, *pieces: bytes) -> bytes:
    with connected(port) as connection:
        for piece in pieces:
            try:
                connection.sendall(piece)
            except OSError:
                break
        return read_all(connection)


def is_reset(connection: socket.socket, *pieces: bytes) -> bool:
    """Return whether the server ended the connection without a response."""
    try:
        for piece in pieces:
            connection.sendall(piece)
        return connection.recv(1) == b""
    except (ConnectionResetError, BrokenPipeError):
        return True


BEGIN = b"GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n"


@pytest.mark.parametrize(
    "pieces",
    [
        (BEGIN, *[b"a: %s\r\n" % (b"x" * 1000)] * 100_000, b"\r\n"),
        (BEGIN, b"a: ", *[b"x" * 1_000_000] * 90, b"\r\n\r\n"),
        (BEGIN, *[b"a%d: b\r\n" % number for number in range(MAX_HEADERS)], b"\r\n"),
        (b"GET /", *[b"x" * 1_000_000] * 40, b" HTTP/1.1\r\n\r\n"),
        (BEGIN + b"a: " + b"x" * MAX_HEADER_BYTES + b"\r\n\r\n",),
        (
            b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 7\r\na: %s\r\n\r\n1234567"
            % (b"x" * 99_999),
        ),
    ],
    ids=["lines", "one line", "many", "address", "one piece", "with a body"],
)
def test_headers_without_an_end_are_rejected(pieces: tuple[bytes, ...], port: int) -> None:
    answer = answered(port, *pieces)
    assert answer.startswith(b"HTTP/1.1 431 Request Header Fields Too Large\r\n")
    assert answered(port, BEGIN, b"\r\n").startswith(b"HTTP/1.1 200 OK")


@pytest.mark.parametrize(
    "pieces",
    [
        (b"0\r\na: ", *[b"x" * 1_000_000] * 20),
        (b"0\r\n", *[b"a: b\r\n" * 100_000] * 20),
        (b"5;a=", *[b"x" * 1_000_000] * 20),
        (*[b"\r\n" * 500_000] * 20,),
    ],
    ids=["a trailer", "trailers", "an extension", "empty lines"],
)
def test_what_surrounds_a_chunked_body_has_an_end(pieces: tuple[bytes, ...], port: int) -> None:
    begin = b"POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n"
    with connected(port) as connection:
        assert is_reset(connection, begin, *pieces)
    assert answered(port, BEGIN, b"\r\n").startswith(b"HTTP/1.1 200 OK")


def test_trailers_and_extensions_are_taken(port: int) -> None:
    chunks = b"3;a=b\r\nabc\r\n" * 100_000 + b"0\r\na: b\r\nc: d\r\n\r\n"
    begin = b"POST / HTTP/1.1\r\nhost: a\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n"
    assert b" 300000\r\n" in answered(port, begin + chunks)


def test_large_headers_are_taken_in_any_pieces(port: int) -> None:
    header = b"a: " + b"x" * 60_000 + b"\r\n"
    request = BEGIN + header + b"\r\n"
    assert b"\r\n3 0\r\n" in answered(port, request)
    pieces = [request[start : start + 7_000] for start in range(0, len(request), 7_000)]
    assert b"\r\n3 0\r\n" in answered(port, *pieces)


def test_each_request_of_a_connection_has_its_own_headers(port: int) -> None:
    header = b"a: " + b"x" * 40_000 + b"\r\n"
    kept = b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 100000\r\n" + header + b"\r\n"
    answer = answered(port, (kept + b"y" * 100_000) * 3, BEGIN + header + b"\r\n")
    assert answer.count(b" 100000\r\n") == 3
    assert answer.count(b"HTTP/1.1 200 OK") == 4


def test_a_rejection_comes_after_the_responses_to_requests_before(port: int) -> None:
    kept = b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 3\r\n\r\nyyy"
    answer = answered(port, kept * 3 + BEGIN + b"a: " + b"x" * MAX_HEADER_BYTES + b"\r\n\r\n")
    assert re.findall(rb"HTTP/1.1 (\d+)", answer) == [b"200", b"200", b"200", b"431"]


@pytest.mark.parametrize("before", range(0, 100_000, 10_000))
def test_headers_count_from_where_they_begin(before: int, port: int) -> None:
    kept = b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 100000\r\n\r\n"
    body = b"y" * 100_000
    begin = BEGIN + b"a: " + b"x" * 60_000
    answer = answered(port, kept + body[:before], body[before:] + begin, b"\r\n\r\n")
    assert re.findall(rb"HTTP/1.1 (\d+)", answer) == [b"200", b"200"]


@pytest.mark.parametrize(
    "begin",
    [
        b"",
        b"GET / HTTP/1.1\r\n",
        b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\n\r\n123",
        b"GET /large HTTP/1.1\r\nhost: a\r\n\r\n",
    ],
    ids=["nothing", "half the headers", "half the body", "takes nothing"],
)
def test_a_client_that_stops_is_dropped(begin: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_protocol, "_STALL_SECONDS", 0.3)
    dropped = threading.Event()
    connection_lost = BoundedHttpProtocol.connection_lost

    def on_lost(self: BoundedHttpProtocol, exc: Exception | None) -> None:
        connection_lost(self, exc)
        dropped.set()

    monkeypatch.setattr(BoundedHttpProtocol, "connection_lost", on_lost)
    with serving() as port, connected(port) as connection:
        connection.sendall(begin)
        assert dropped.wait(DEADLINE)


def test_headers_that_drip_are_no_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_protocol, "_STALL_SECONDS", 0.3)
    with serving() as port, connected(port) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\na: ")

        def drip() -> bool:
            try:
                connection.sendall(b"x")
            except OSError:
                return True
            return False

        until(drip)


def test_a_slow_client_that_goes_on_is_served(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_protocol, "_STALL_SECONDS", 2.0)
    with serving() as port, connected(port) as connection:
        connection.sendall(b"GET /large HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n")
        assert len(read_all(connection)) > len(LARGE)


@pytest.mark.parametrize(
    ("kind", "head"),
    [
        ("http", b"GET /waiting HTTP/1.1\r\nhost: a\r\n\r\n"),
        ("http", b"POST /waiting HTTP/1.1\r\nhost: a\r\ncontent-length: 9000\r\n\r\nbegun"),
        (
            "http",
            b"POST /waiting HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\n"
            b"expect: 100-continue\r\n\r\n",
        ),
        (
            "websocket",
            b"GET /waiting HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: websocket\r\n"
            b"sec-websocket-version: 13\r\nsec-websocket-key: MTIzNDU2Nzg5MDEyMzQ1Ng==\r\n\r\n",
        ),
    ],
)
def test_a_request_sees_that_its_connection_is_closed(port: int, kind: str, head: bytes) -> None:
    with connected(port) as connection:
        connection.sendall(head)
        assert seen.get(timeout=DEADLINE) == (kind, False)
    assert seen.get(timeout=DEADLINE) == (kind, True)


@pytest.mark.parametrize(
    ("target", "host"),
    [
        (b"/", b"sent.example"),
        (b"/?at=http://x.example/", b"sent.example"),
        (b"http://named.example/", b"named.example"),
        (b"HTTPS://a:b@named.example:8443/?x#y", b"named.example:8443"),
        (b"http://[::1]:80/", b"[::1]:80"),
    ],
)
def test_the_host_of_an_absolute_target_counts(target: bytes, host: bytes) -> None:
    """RFC 9112, section 3.2.2."""
    hosts: list[bytes] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        hosts.extend(value for name, value in scope["headers"] if name == b"host")
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    with serving(app) as port, connected(port) as connection:
        connection.sendall(b"GET %s HTTP/1.1\r\nHost: sent.example\r\n\r\n" % target)
        assert connection.recv(1000).startswith(b"HTTP/1.1 204")
    assert hosts == [host]
