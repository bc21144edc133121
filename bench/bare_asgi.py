"""A minimal ASGI application, the baseline for the node's own server."""

from typing import Any

from bench.contents import schema

_BODY = schema(0)


async def application(scope: Any, receive: Any, send: Any) -> None:
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(_BODY))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": _BODY})
