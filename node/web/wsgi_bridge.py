"""Runs a WSGI application under ASGI: the body is read first, then one thread does the rest.

Two hops between event loop and thread for each request; a bridge that streams both ways takes
six, which costs more than Django itself. Only an answer too long to be held is sent in pieces.
"""

import asyncio
import logging
import sys
from collections.abc import Callable, Iterable, Iterator, MutableMapping
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

#: Enough of a body that is too large for Django to see that it is, and to refuse it.
_BEYOND = 1
#: Bytes of an answer that are held; what is longer is sent while it is made.
_HELD = 1024 * 1024
#: Seconds in which a client has to take something of what is sent to it.
_STALLED = 60
#: Bytes of a body from which on it waits in a file for its thread.
_IN_MEMORY = 1024 * 1024


_BODY = "http.response.body"

log = logging.getLogger(__name__)


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

    def head(self) -> dict[str, Any]:
        return {
            "type": "http.response.start",
            "status": self.status,
            "headers": self.headers,
        }


class _ClientGone(Exception):
    """It closed the connection, or takes nothing any more."""


class _Sending:
    """Sends from the thread of a request; raises _ClientGone."""

    def __init__(self, receive: Any, send: Any) -> None:
        self._loop = asyncio.get_running_loop()
        self._receive = receive
        self._send = send
        self._end: Future[Any] | None = None

    def send(self, **event: Any) -> None:
        if self._end is None:
            # After the body, which was read, nothing comes but the end of the connection.
            self._end = asyncio.run_coroutine_threadsafe(self._receive(), self._loop)
        if self._end.done():
            raise _ClientGone
        sent = asyncio.run_coroutine_threadsafe(self._send(event), self._loop)
        try:
            sent.result(_STALLED)
        except TimeoutError:
            sent.cancel()
            log.warning("A client took nothing of an answer for %d s: given up", _STALLED)
            raise _ClientGone from None

    def close(self) -> None:
        if self._end is not None:
            self._end.cancel()


class WSGIBridge:
    """An ASGI application for HTTP; at most `threads` requests are in hand at a time.

    Of a request's body no more is taken than the bytes that `largest_body` gives for its path, and
    one. An answer up to 1 MiB is held in memory and leaves its thread free; a longer one keeps it
    until the client has taken all, or nothing for a minute. `prefix` is WSGI's SCRIPT_NAME: what
    addresses begin with, and paths here do not.
    """

    def __init__(
        self, app: WSGIApp, threads: int, largest_body: Callable[[str], int], prefix: str = ""
    ) -> None:
        self._app = app
        self._prefix = prefix
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="request")
        self._largest_body = largest_body

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        with SpooledTemporaryFile(_IN_MEMORY) as body:
            size = await _read(receive, body, self._largest_body(scope["path"]) + _BEYOND)
            if size is None:
                return
            body.seek(0)
            environ = _environ(scope, body, size) | {"SCRIPT_NAME": self._prefix}
            loop = asyncio.get_running_loop()
            sending = _Sending(receive, send)
            run = partial(copy_context().run, self._run, environ, sending)
            try:
                answer = await loop.run_in_executor(self._pool, run)
            finally:
                sending.close()
        if answer is not None:
            await send(answer.head())
            await send({"type": _BODY, "body": answer.body})

    def _run(self, environ: Environ, sending: _Sending) -> _Answer | None:
        """None if it was sent already, as far as the client wanted it."""
        answer = _Answer()
        chunks = self._app(environ, answer.start)
        try:
            return self._hold(answer, iter(chunks), sending)
        except _ClientGone:
            return None
        finally:
            close = getattr(chunks, "close", None)
            if close is not None:
                close()

    def _hold(self, answer: _Answer, chunks: Iterator[bytes], sending: _Sending) -> _Answer | None:
        held = bytearray()
        for chunk in chunks:
            held += chunk
            if len(held) > _HELD:
                break
        else:
            answer.body = bytes(held)
            return answer
        sending.send(**answer.head())
        for chunk in chain([bytes(held)], chunks):
            sending.send(type=_BODY, body=chunk, more_body=True)
        sending.send(type=_BODY, body=b"")
        return None


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
