"""The least that an ASGI server can serve: what the node's own server is compared with."""

from typing import Any

from bench.contents import schema

_BODY = schema(0)


async def application(scope: Any, receive: Any, send: Any) -> None:
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(_BODY))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": _BODY})
