"""Runs a WSGI application under ASGI: reads the whole body, then hands the request to a thread.

WebSockets need ASGI, and Django's own handler makes a thread for each request that reads tables:
800 requests a second, where bridges give more than 2,000. This one takes two hops between event
loop and thread for a request; streaming both ways takes six, which costs more than Django itself.
"""

import asyncio
import logging
import sys
from collections.abc import Callable, Iterable, MutableMapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from tempfile import SpooledTemporaryFile
from typing import IO, Any
from urllib.parse import unquote_to_bytes

Environ = dict[str, Any]
WSGIApp = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]
Scope = MutableMapping[str, Any]

#: A byte beyond the limit shows Django that the body is too large.
_EXCESS_BYTES = 1
#: Larger responses are streamed while they are made.
_MAX_BUFFERED_BYTES = 1024 * 1024
#: A client that takes nothing of a response for so long is given up.
_STALL_SECONDS = 60
#: Larger request bodies wait for a thread in a file.
_MAX_BODY_IN_MEMORY = 1024 * 1024
_BODY = "http.response.body"

log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Response:
    status: int = 500
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    body: bytes = b""

    def start(self, status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> None:
        """Implement PEP 3333's `start_response`."""
        self.status = int(status.split(" ", 1)[0])
        self.headers = [
            (name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers
        ]

    def head(self) -> dict[str, Any]:
        return {
            "type": "http.response.start",
            "status": self.status,
            "headers": self.headers,
        }


class _ClientGone(Exception):
    """The client closed the connection, or stopped reading."""


class _StreamSender:
    """Sends from the thread of a request; raises _ClientGone."""

    def __init__(self, receive: Any, send: Any) -> None:
        self._loop = asyncio.get_running_loop()
        self._receive = receive
        self._send = send
        self._disconnect: Future[Any] | None = None

    def send(self, **event: Any) -> None:
        if self._disconnect is None:
            # The body was read, so the next event can only be the end of the connection.
            self._disconnect = asyncio.run_coroutine_threadsafe(self._receive(), self._loop)
        if self._disconnect.done():
            raise _ClientGone
        sent = asyncio.run_coroutine_threadsafe(self._send(event), self._loop)
        try:
            sent.result(_STALL_SECONDS)
        except TimeoutError:
            sent.cancel()
            log.warning("A client took nothing of an answer for %d s: given up", _STALL_SECONDS)
            raise _ClientGone from None

    def close(self) -> None:
        if self._disconnect is not None:
            self._disconnect.cancel()


class WSGIBridge:
    """An ASGI application for HTTP with `threads` concurrent requests.

    `max_body` returns the largest body for a path, in bytes. A response up to 1 MiB is buffered, so
    a slow client holds no thread; a larger one holds its thread until the client has read all of
    it, or nothing for a minute. `prefix` is WSGI's SCRIPT_NAME, absent from paths here.
    """

    def __init__(
        self, app: WSGIApp, threads: int, max_body: Callable[[str], int], prefix: str = ""
    ) -> None:
        self._app = app
        self._prefix = prefix
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="request")
        self._max_body = max_body

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        with SpooledTemporaryFile(_MAX_BODY_IN_MEMORY) as body:
            room = self._max_body(scope["path"]) + _EXCESS_BYTES
            size = 0
            while True:
                event = await receive()
                if event["type"] == "http.disconnect":
                    return
                size += body.write(event.get("body", b"")[: room - size])
                if not event.get("more_body", False):
                    break
            body.seek(0)
            environ = _environ(scope, body, size) | {"SCRIPT_NAME": self._prefix}
            sender = _StreamSender(receive, send)
            run = partial(copy_context().run, self._run, environ, sender)
            try:
                response = await asyncio.get_running_loop().run_in_executor(self._pool, run)
            finally:
                sender.close()
        if response is not None:
            await send(response.head())
            await send({"type": _BODY, "body": response.body})

    def _run(self, environ: Environ, sender: _StreamSender) -> _Response | None:
        """Return the response; None if streamed, even if the client closed the connection early."""
        response = _Response()
        iterable = self._app(environ, response.start)
        chunks = iter(iterable)
        buffer = bytearray()
        try:
            for chunk in chunks:
                buffer += chunk
                if len(buffer) > _MAX_BUFFERED_BYTES:
                    break
            else:
                response.body = bytes(buffer)
                return response
            sender.send(**response.head())
            for chunk in chain([bytes(buffer)], chunks):
                sender.send(type=_BODY, body=chunk, more_body=True)
            sender.send(type=_BODY, body=b"")
        except _ClientGone:
            pass
        finally:
            close = getattr(iterable, "close", None)
            if close is not None:
                close()
        return None


def _environ(scope: Scope, body: IO[bytes], size: int) -> Environ:
    """Return PEP 3333's variables; `asgi.scope` has the path as sent by the client."""
    server = scope.get("server") or ("localhost", 80)
    client = scope.get("client") or ("", 0)
    environ: Environ = {
        "REQUEST_METHOD": scope["method"],
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
        previous = environ.get(variable)
        environ[variable] = value if previous is None else f"{previous},{value}"
