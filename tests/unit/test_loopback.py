"""A node that asks nobody who they are, under a server that somebody bound elsewhere."""

import asyncio
from typing import Any

import pytest

from node.web.loopback import LoopbackOnlyMiddleware


async def inner(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "inner"})


@pytest.mark.parametrize(
    ("server", "kind", "first"),
    [
        (("127.0.0.1", 8080), "http", "inner"),
        (("::1", 8080), "http", "inner"),
        (("localhost", 8080), "websocket", "inner"),
        (("/run/annals.sock", None), "http", "inner"),
        (None, "http", "inner"),
        (("10.0.0.7", 8080), "http", "http.response.start"),
        (("registry.example", 8080), "http", "http.response.start"),
        (("10.0.0.7", 8080), "websocket", "websocket.close"),
    ],
)
def test_it_answers_on_the_loopback_only(server: Any, kind: str, first: str) -> None:
    sent: list[Any] = []

    async def send(event: Any) -> None:
        sent.append(event)

    scope = {"type": kind, "server": server, "path": "/"}
    asyncio.run(LoopbackOnlyMiddleware(inner)(scope, None, send))
    assert sent[0]["type"] == first
    if first == "http.response.start":
        assert sent[0]["status"] == 403
        assert b"ANNALS_ACCESS" in sent[1]["body"]
