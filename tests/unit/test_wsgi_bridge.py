"""Answers sent whole or in pieces, to clients that read, stop reading, or go away."""

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from node.web import wsgi_bridge
from node.web.wsgi_bridge import WSGIBridge

SCOPE: dict[str, Any] = {
    "type": "http",
    "method": "GET",
    "path": "/",
    "query_string": b"",
    "http_version": "1.1",
    "headers": [],
}
PIECE = b"x" * 300_000


class Chunks:
    """A WSGI answer of so many pieces; knows how many were taken, and whether it was closed."""

    def __init__(self, count: int) -> None:
        self._count = count
        self.taken = 0
        self.is_closed = False

    def __iter__(self) -> Iterator[bytes]:
        for _ in range(self._count):
            self.taken += 1
            yield PIECE

    def close(self) -> None:
        self.is_closed = True


class Client:
    """Receives events; `stops_at` is the number of the event of which it never takes anything."""

    def __init__(self, stops_at: int | None = None, goes_at: int | None = None) -> None:
        self.events: list[dict[str, Any]] = []
        self._stops_at = stops_at
        self._goes_at = goes_at
        self._gone = asyncio.Event()
        self._has_asked = False

    async def receive(self) -> dict[str, Any]:
        if not self._has_asked:
            self._has_asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, event: dict[str, Any]) -> None:
        if len(self.events) == self._stops_at:
            await asyncio.Event().wait()
        self.events.append(event)
        if len(self.events) == self._goes_at:
            self._gone.set()


def answered(chunks: Chunks, make_client: Callable[[], Client]) -> Client:
    def app(environ: Any, start: Any) -> Chunks:
        start("200 OK", [("Content-Type", "text/plain")])
        return chunks

    async def ask() -> Client:
        client = make_client()
        await WSGIBridge(app, 2, lambda path: 1000)(SCOPE, client.receive, client.send)
        return client

    return asyncio.run(ask())


def test_a_short_answer_is_sent_whole() -> None:
    chunks = Chunks(3)
    client = answered(chunks, Client)
    assert [each["type"] for each in client.events] == [
        "http.response.start",
        "http.response.body",
    ]
    assert client.events[1]["body"] == PIECE * 3
    assert chunks.is_closed


def test_a_long_answer_is_sent_while_it_is_made() -> None:
    chunks = Chunks(20)
    client = answered(chunks, Client)
    bodies = client.events[1:]
    assert b"".join(each["body"] for each in bodies) == PIECE * 20
    assert len(bodies) > 10
    assert [each.get("more_body", False) for each in bodies[-2:]] == [True, False]
    assert chunks.is_closed


def test_a_client_that_goes_ends_the_making_of_its_answer() -> None:
    chunks = Chunks(1000)
    client = answered(chunks, lambda: Client(goes_at=3))
    assert len(client.events) < 20
    assert chunks.taken < 30
    assert chunks.is_closed


def test_a_client_that_takes_nothing_any_more_is_given_up(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(wsgi_bridge, "_STALL_SECONDS", 0.2)
    chunks = Chunks(1000)
    answered(chunks, lambda: Client(stops_at=4))
    assert chunks.taken < 10
    assert chunks.is_closed
    assert "took nothing" in caplog.text


def test_a_failure_while_an_answer_is_sent_ends_it_before_its_end() -> None:
    class Failing(Chunks):
        def __iter__(self) -> Iterator[bytes]:
            yield from super().__iter__()
            raise RuntimeError("the tables are gone")

    chunks = Failing(10)
    with pytest.raises(RuntimeError, match="gone"):
        answered(chunks, Client)
    assert chunks.is_closed
