"""More connections than a server holds: what waits for its client makes way."""

import resource
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest

from node.web.connections import raise_open_files
from tests.unit.test_http_protocol import LARGE, connected, serving

MOST = 6
WHOLE = b"GET / HTTP/1.1\r\nhost: a\r\n\r\n"
UPGRADE = (
    b"GET / HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: websocket\r\n"
    b"sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)
#: What a client may send, and leave the server waiting for the rest or for being read.
WAITING = {
    "nothing": b"",
    "half the headers": b"GET / HTTP/1.1\r\n",
    "half the body": b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\n\r\n123",
    "a response that it does not take": b"GET /large HTTP/1.1\r\nhost: a\r\n\r\n",
    "nothing after a response": WHOLE,
}


async def app(scope: Any, receive: Any, send: Any) -> None:
    """Accept WebSockets; work until the client of /work goes; answer fifty megabytes at /large."""
    if scope["type"] == "websocket":
        await send({"type": "websocket.accept"})
        await receive()
        await receive()
        return
    while (await receive()).get("more_body", False):
        pass
    if scope["path"] == "/work":
        while (await receive())["type"] != "http.disconnect":
            pass
        return
    await send({"type": "http.response.start", "status": 200, "headers": []})
    body = LARGE if scope["path"] == "/large" else b"whole"
    await send({"type": "http.response.body", "body": body, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


@contextmanager
def clients(port: int, *sent: bytes) -> Iterator[list[socket.socket]]:
    """Open a connection for each, in this order; one that is answered has read its response."""
    with ExitStack() as stack:
        opened = []
        for request in sent:
            connection = stack.enter_context(connected(port))
            connection.sendall(request)
            if request in {WHOLE, UPGRADE}:
                assert connection.recv(1000).startswith(b"HTTP/1.1 ")
            opened.append(connection)
        yield opened


def is_answered(connection: socket.socket) -> bool:
    connection.sendall(WHOLE)
    return connection.recv(1000).startswith(b"HTTP/1.1 200 OK")


def is_closed(connection: socket.socket) -> bool:
    try:
        while chunk := connection.recv(1_000_000):
            assert chunk
    except ConnectionResetError:
        pass
    return True


@pytest.mark.parametrize("sent", WAITING.values(), ids=WAITING)
def test_clients_that_keep_a_server_waiting_make_way(sent: bytes) -> None:
    with (
        serving(app, MOST) as port,
        clients(port, b"GET /work HTTP/1.1\r\nhost: a\r\n\r\n") as (worked_for,),
        clients(port, *[sent] * (MOST - 1)) as waiting,
        ExitStack() as others,
    ):
        for _ in waiting:
            assert is_answered(others.enter_context(connected(port)))
        assert all(map(is_closed, waiting))
        worked_for.setblocking(False)
        with pytest.raises(BlockingIOError):
            worked_for.recv(1)


def test_a_client_that_is_active_outlives_one_that_is_not() -> None:
    with serving(app, MOST) as port, clients(port, *[WHOLE] * MOST) as opened:
        first, second = opened[:2]
        assert is_answered(first)
        with connected(port) as another:
            assert is_answered(another)
            assert is_closed(second)
            assert is_answered(first)


def test_while_a_server_works_for_all_another_connection_is_closed() -> None:
    work = b"GET /work HTTP/1.1\r\nhost: a\r\n\r\n"
    with serving(app, MOST) as port, clients(port, *[work] * MOST), connected(port) as another:
        assert is_closed(another)


def test_websockets_leave_half_of_the_connections() -> None:
    with serving(app, MOST) as port, clients(port, *[UPGRADE] * (MOST // 2)):
        with connected(port) as another:
            another.sendall(UPGRADE)
            assert another.recv(1000).startswith(b"HTTP/1.1 503 ")
        with connected(port) as another:
            assert is_answered(another)


@pytest.mark.parametrize(
    ("soft", "hard", "raised", "connections"),
    [
        (1024, 1024, 1024, 320),
        (1024, 4096, 4096, 1856),
        (1024, resource.RLIM_INFINITY, 8576, 4096),
        (resource.RLIM_INFINITY, resource.RLIM_INFINITY, resource.RLIM_INFINITY, 4096),
        (256, 256, 256, 1),
    ],
)
def test_connections_fit_the_files_that_may_be_open(
    soft: int, hard: int, raised: int, connections: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [(soft, hard)]
    monkeypatch.setattr(resource, "getrlimit", lambda _: now[-1])
    monkeypatch.setattr(resource, "setrlimit", lambda _, limits: now.append(limits))
    assert raise_open_files(4096) == connections
    assert now[-1] == (raised, hard)
