"""Errors in the APIs' own form, for what answers before Django does."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import orjson

Scope = MutableMapping[str, Any]
App = Callable[[Scope, Any, Any], Awaitable[None]]

_CCOMPAT = "/apis/ccompat/"


async def send_error(
    scope: Scope, send: Any, status: int, name: str, message: str, *headers: tuple[bytes, bytes]
) -> None:
    """Send an error document of Confluent's API or of Apicurio's, by the request's path."""
    document: dict[str, Any] = {"error_code": status, "message": message}
    if not scope["path"].startswith(_CCOMPAT):
        document |= {"detail": f"{name}: {message}", "name": name}
    body = orjson.dumps(document)
    all_headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        *headers,
    ]
    await send({"type": "http.response.start", "status": status, "headers": all_headers})
    await send({"type": "http.response.body", "body": body})
