"""Runs a WSGI application under ASGI: the body is read first, then one thread does the rest.

Two hops between event loop and thread for each request; a bridge that streams both ways takes
six, which costs more than Django itself.
"""

import asyncio
import sys
from collections.abc import Callable, Iterable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from tempfile import SpooledTemporaryFile
from typing import IO, Any
from urllib.parse import unquote_to_bytes

Environ = dict[str, Any]
WSGIApp = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]
Scope = MutableMapping[str, Any]

#: Enough of a body that is too large for Django to see that it is, and to refuse it.
_BEYOND = 1
#: Bytes of a body from which on it waits in a file for its thread.
_IN_MEMORY = 1024 * 1024


@dataclass(slots=True)
class _Answer:
    status: int = 500
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    body: bytes = b""

    def start(self, status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> None:
        self.status = int(status.split(" ", 1)[0])
        self.headers = [
            (name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers
        ]


class WSGIBridge:
    """An ASGI application for HTTP; at most `threads` requests are in hand at a time.

    Of a request's body no more is taken than the bytes that `largest_body` gives for its path, and
    one; an answer's is held in memory.
    """

    def __init__(self, app: WSGIApp, threads: int, largest_body: Callable[[str], int]) -> None:
        self._app = app
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="request")
        self._largest_body = largest_body

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        with SpooledTemporaryFile(_IN_MEMORY) as body:
            size = await _read(receive, body, self._largest_body(scope["path"]) + _BEYOND)
            if size is None:
                return
            body.seek(0)
            environ = _environ(scope, body, size)
            loop = asyncio.get_running_loop()
            answer = await loop.run_in_executor(self._pool, self._run, environ)
        start = {"type": "http.response.start", "status": answer.status, "headers": answer.headers}
        await send(start)
        await send({"type": "http.response.body", "body": answer.body})

    def _run(self, environ: Environ) -> _Answer:
        answer = _Answer()
        chunks = self._app(environ, answer.start)
        try:
            answer.body = b"".join(chunks)
        finally:
            close = getattr(chunks, "close", None)
            if close is not None:
                close()
        return answer


async def _read(receive: Any, body: IO[bytes], room: int) -> int | None:
    """How long the body is, cut where it is too large; None if the client has gone."""
    size = 0
    while True:
        event = await receive()
        if event["type"] == "http.disconnect":
            return None
        size += body.write(event.get("body", b"")[: room - size])
        if not event.get("more_body", False):
            return size


def _environ(scope: Scope, body: IO[bytes], size: int) -> Environ:
    """PEP 3333's variables; `asgi.scope` keeps the path as it was sent."""
    server = scope.get("server") or ("localhost", 80)
    client = scope.get("client") or ("", 0)
    environ: Environ = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(scope.get("raw_path") or scope["path"]).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": server[0],
        "SERVER_PORT": str(server[1]),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": client[0],
        "CONTENT_LENGTH": str(size),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": body,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        "asgi.scope": scope,
    }
    for name, value in scope["headers"]:
        _add_header(environ, name.decode("latin-1"), value.decode("latin-1"))
    return environ


def _add_header(environ: Environ, name: str, value: str) -> None:
    if name == "content-type":
        environ["CONTENT_TYPE"] = value
    elif name != "content-length" and "_" not in name:
        # A name with an underscore could pass for another one with a hyphen.
        variable = f"HTTP_{name.upper().replace('-', '_')}"
        before = environ.get(variable)
        environ[variable] = value if before is None else f"{before},{value}"
