"""Runs a WSGI application under ASGI: reads the body first, then gives one thread the request.

WebSockets need ASGI, and Django's own handler makes a thread for each request that reads tables:
800 requests a second, where bridges give more than 2,000. This one takes two hops between event
loop and thread for a request; streaming both ways takes six, which costs more than Django itself.
"""

import asyncio
import logging
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from typing import IO, Any
from urllib.parse import unquote_to_bytes

from access.asgi import Scope, refuse
from access.connections import connection_of
from access.middleware import caller_from_scope
from node.web.request_bodies import BodyReader, ClientGone, NoSpace, SpaceBudget
from node.web.request_threads import Busy, RequestThreads
from node.web.response_spool import ResponseSpool, SpoolClosed
from registry.turns import current_caller

Environ = dict[str, Any]
WSGIApp = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]

#: Larger responses are written to a file while the client takes them.
_MAX_BUFFERED_BYTES = 1024 * 1024
#: A write with a larger body takes a thread for long, and memory while it waits.
_LARGE_BYTES = 256 * 1024
#: A client that takes nothing of a response for so long is given up.
_STALL_SECONDS = 60
#: So long the rest of a body is read and thrown away after its response.
_LINGER_SECONDS = 10
#: Of all requests that are being received, and of all responses that are being sent.
_BODY_SPACE_BYTES = 4 * 1024**3
_RESPONSE_SPACE_BYTES = 8 * 1024**3
_BODY = "http.response.body"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_HEALTH_PATHS = ("/health/", "/metrics")
_CLOSE = (b"connection", b"close")

log = logging.getLogger(__name__)


class _Threads:
    """Threads by kind of request: no request waits for another kind."""

    def __init__(self) -> None:
        self._health = RequestThreads("health", 4, 100)
        self._reads = RequestThreads("read", 32, 2000)
        self._writes = RequestThreads("write", 16, 1000)
        self._large_writes = RequestThreads("large-write", 8, 500, max_begun=48)

    def choose(self, scope: Scope, size: int) -> RequestThreads:
        """Return the threads for a request with a body of `size` bytes."""
        if scope["path"].startswith(_HEALTH_PATHS):
            return self._health
        if scope["method"] in _SAFE:
            return self._reads
        return self._large_writes if size > _LARGE_BYTES else self._writes


@dataclass(slots=True)
class _Response:
    """The status, headers and body of a response.

    `body` is the whole body, or its beginning if the rest comes from the `spool`.
    """

    status: int = 500
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    body: bytes = b""
    spool: ResponseSpool | None = None

    def start(self, status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> None:
        """PEP 3333's `start_response`."""
        self.status = int(status.split(" ", 1)[0])
        self.headers = [
            (name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers
        ]

    def head(self) -> dict[str, Any]:
        return {"type": "http.response.start", "status": self.status, "headers": self.headers}


class WSGIBridge:
    """An ASGI application for HTTP.

    `max_body` returns the largest body for a request, in bytes, and 0 where none is read. A client
    that sends or takes slowly holds no thread. `prefix` is WSGI's SCRIPT_NAME, which paths here do
    not have.
    """

    def __init__(self, app: WSGIApp, max_body: Callable[[Scope], int], prefix: str = "") -> None:
        self._app = app
        self._prefix = prefix
        self._threads = _Threads()
        self._bodies = BodyReader(max_body, SpaceBudget(_BODY_SPACE_BYTES))
        self._response_space = SpaceBudget(_RESPONSE_SPACE_BYTES)

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        name = caller_from_scope(scope).name
        current_caller.set(f"name {name}" if name else f"network {connection_of(scope).network}")
        try:
            async with self._bodies.read(scope, receive) as body:
                environ = _environ(scope, body.file, body.size) | {"SCRIPT_NAME": self._prefix}
                threads = self._threads.choose(scope, body.size)
                response, running = await self._start(threads, environ)
            if not body.is_whole:
                response.headers.append(_CLOSE)
        except ClientGone:
            return
        except NoSpace as error:
            log.error("A request got 503, for want of space for temporary files: %s", error)
            message = f"This node has no space for temporary files: {error}. Try again."
            await _refuse(scope, send, message)
            return
        except Busy:
            message = "This node handles as many requests as it can at present. Try again."
            await _refuse(scope, send, message)
            return
        except asyncio.CancelledError:
            # The server stops, and has waited for as long as it does.
            message = "This node stops before the request is done; a write may be done or not."
            await _refuse(scope, send, message)
            return
        if response.spool is None:
            await send(response.head())
            if not body.is_whole:
                await send({"type": _BODY, "body": response.body, "more_body": True})
                await _discard_body(receive)
                response.body = b""
            await send({"type": _BODY, "body": response.body})
        else:
            await self._stream(response, response.spool, receive, send)
            await asyncio.wrap_future(running)

    async def _start(
        self, threads: RequestThreads, environ: Environ
    ) -> tuple[_Response, Future[None]]:
        """Return the response as soon as its head is known; the thread may still write to it."""
        loop = asyncio.get_running_loop()
        started: asyncio.Future[_Response] = loop.create_future()

        def resolve(response: _Response | None, error: BaseException | None) -> None:
            if started.done():
                return
            if response is not None:
                started.set_result(response)
            elif error is not None:
                started.set_exception(error)

        def run() -> None:
            def report(response: _Response) -> None:
                loop.call_soon_threadsafe(resolve, response, None)

            try:
                self._run(environ, loop, report)
            except BaseException as error:
                loop.call_soon_threadsafe(resolve, None, error)
                raise

        running = threads.submit(run)
        try:
            return await started, running
        except asyncio.CancelledError:
            # What no thread has begun would find no body any more.
            running.cancel()
            raise

    def _run(
        self,
        environ: Environ,
        loop: asyncio.AbstractEventLoop,
        report: Callable[[_Response], None],
    ) -> None:
        response = _Response()
        iterable = self._app(environ, response.start)
        chunks = iter(iterable)
        buffer = bytearray()
        try:
            for chunk in chunks:
                buffer += chunk
                if len(buffer) > _MAX_BUFFERED_BYTES:
                    spool = ResponseSpool(loop, self._response_space, bytes(buffer))
                    response.spool = spool
                    report(response)
                    _write_all(spool, chunks)
                    return
        finally:
            close = getattr(iterable, "close", None)
            if close is not None:
                close()
        response.body = bytes(buffer)
        report(response)

    async def _stream(
        self, response: _Response, spool: ResponseSpool, receive: Any, send: Any
    ) -> None:
        gone = asyncio.ensure_future(_wait_for_disconnect(receive))
        try:
            await send(response.head())
            async for chunk in spool.read():
                # A client as fast as the disk leaves no pause for other requests otherwise.
                await asyncio.sleep(0)
                if gone.done():
                    return
                async with asyncio.timeout(_STALL_SECONDS):
                    await send({"type": _BODY, "body": chunk, "more_body": True})
            if spool.is_whole:
                await send({"type": _BODY, "body": b""})
        except TimeoutError:
            log.warning("A client took nothing of a response for %d s: given up", _STALL_SECONDS)
        finally:
            spool.close()
            gone.cancel()
            with suppress(asyncio.CancelledError):
                await gone


async def _refuse(scope: Scope, send: Any, message: str) -> None:
    headers = [(b"retry-after", b"1"), _CLOSE]
    await refuse(scope, send, 503, "ServiceUnavailableException", message, headers)


def _write_all(spool: ResponseSpool, chunks: Iterable[bytes]) -> None:
    is_whole = False
    try:
        for chunk in chunks:
            spool.write(chunk)
        is_whole = True
    except SpoolClosed:
        log.info("A response was given up before its end")
    except NoSpace as error:
        log.error("A response ended early, for want of space for temporary files: %s", error)
    finally:
        spool.finish(is_whole)


async def _discard_body(receive: Any) -> None:
    """Read on for a while: closing earlier would reset the connection before the client reads."""
    with suppress(TimeoutError):
        async with asyncio.timeout(_LINGER_SECONDS):
            while (await receive()).get("more_body", False):
                pass


async def _wait_for_disconnect(receive: Any) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


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
