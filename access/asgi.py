"""What middleware in front of Django has in common: headers read as WSGI does, and refusals."""

from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from typing import Any

import orjson

Scope = MutableMapping[str, Any]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Any, Any], Awaitable[None]]

_CCOMPAT = "/apis/ccompat/"
#: ASGI's extension that lets a WebSocket's handshake be answered with any status.
_DENIAL = "websocket.http.response"


def header(scope: Scope, name: bytes) -> bytes:
    """Return a header's value, empty if it is missing; values of one sent twice are joined.

    Django gets the same value, so that what was checked is what counts.
    """
    return b",".join(value for sent, value in scope["headers"] if sent == name)


def error_document(status: int, name: str, message: str) -> dict[str, Any]:
    """Return an error in Apicurio's form; `name` is the name of a Java exception."""
    detail = f"{name}: {message}"
    return {"error_code": status, "message": message, "detail": detail, "name": name}


async def refuse(
    scope: Scope,
    send: Send,
    status: int,
    name: str,
    message: str,
    headers: Sequence[tuple[bytes, bytes]] = (),
) -> None:
    """Answer a request, or a WebSocket's handshake, with an error in the form of the APIs'."""
    kind = "http.response"
    if scope["type"] == "websocket":
        if _DENIAL not in scope.get("extensions", {}):
            # The server answers with 403.
            await send({"type": "websocket.close"})
            return
        kind = _DENIAL
    document = error_document(status, name, message)
    if scope["path"].startswith(_CCOMPAT):
        del document["detail"], document["name"]
    body = orjson.dumps(document)
    length = str(len(body)).encode()
    own = [(b"content-type", b"application/json"), (b"content-length", length)]
    await send({"type": f"{kind}.start", "status": status, "headers": [*own, *headers]})
    await send({"type": f"{kind}.body", "body": body})
