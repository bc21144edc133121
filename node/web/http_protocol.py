"""uvicorn's protocols: limits that hold before any request is handled, and closed connections."""

import logging
import re
from asyncio import TimerHandle
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame
from websockets.http11 import Request

from access.connections import IS_CLOSED
from node.web.connections import BoundedServerState

#: Bytes of a request's line and headers, and how many headers. Tokens and encoded descriptions
#: take most of it; other servers allow 8 to 64 KB.
MAX_HEADER_BYTES = 65_536
MAX_HEADERS = 128
#: A client may take so long for the headers of a request, and pause so long after that.
_STALL_SECONDS = 60.0
#: So long what a rejected client still sends is read, since closing earlier would reset the
#: connection before the client has read why.
_LINGER_SECONDS = 1.0
#: A target with the host that is meant: `GET http://host/path`.
_ABSOLUTE_TARGET = re.compile(rb"[A-Za-z][A-Za-z0-9+.-]*://(?:[^/?#@]*@)?([^/?#]*)")


def _rejection(status: bytes, reason: bytes) -> bytes:
    return (
        b"HTTP/1.1 %s\r\ncontent-type: text/plain; charset=utf-8\r\n"
        b"content-length: %d\r\nconnection: close\r\n\r\n%s" % (status, len(reason), reason)
    )


_HEADERS_TOO_LARGE = _rejection(
    b"431 Request Header Fields Too Large",
    b"The headers have more than %d bytes, or there are more than %d."
    % (MAX_HEADER_BYTES, MAX_HEADERS),
)
_TOO_MANY_WEBSOCKETS = _rejection(
    b"503 Service Unavailable", b"This node holds as many WebSockets as it may. Try again."
)

log = logging.getLogger(__name__)


class BoundedHttpProtocol(HttpToolsProtocol):
    """Answers 431 to headers without an end, and drops clients neither sending nor receiving.

    Its server's state is a BoundedServerState.
    """

    server_state: BoundedServerState

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._messages = 0
        self._is_in_headers = True
        self._header_bytes = 0
        #: Bytes that the parser keeps until a header, a trailer or a chunk's extension is complete.
        self._buffered_bytes = 0
        self._received_bytes = 0
        self._rejection: bytes | None = None
        self._timer: TimerHandle | None = None
        self._last_progress: object = None

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self.server_state.add(self)
        self._timer = self.loop.call_later(_STALL_SECONDS, self._check_progress)

    def connection_lost(self, exc: Exception | None) -> None:
        self._cancel_timer()
        self.server_state.remove(self)
        super().connection_lost(exc)

    def handle_websocket_upgrade(self) -> None:
        if not self.server_state.may_open_websocket():
            self._reject(_TOO_MANY_WEBSOCKETS)
            return
        self._cancel_timer()
        self.server_state.remove(self)
        super().handle_websocket_upgrade()

    def data_received(self, data: bytes) -> None:
        if self._rejection is not None:
            return
        self._received_bytes += len(data)
        if self.cycle is None or self.cycle.response_complete or self.cycle.more_body:
            self.server_state.wait_for_client(self)
        # Headers that begin within this piece, after another request, count from the next one on.
        self._buffered_bytes += len(data)
        super().data_received(data)
        if self._buffered_bytes > MAX_HEADER_BYTES and self._rejection is None:
            self._reject(_HEADERS_TOO_LARGE)

    def on_message_begin(self) -> None:
        self._messages += 1
        self._is_in_headers = True
        self._header_bytes = self._buffered_bytes = 0
        super().on_message_begin()
        scope: Any = self.scope
        scope[IS_CLOSED] = self.transport.is_closing

    def on_url(self, url: bytes) -> None:
        self._header_bytes += len(url)
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        if self._rejection is not None:
            return
        self._header_bytes += len(name) + len(value)
        super().on_header(name, value)
        if self._header_bytes > MAX_HEADER_BYTES or len(self.headers) > MAX_HEADERS:
            self._reject(_HEADERS_TOO_LARGE)

    def on_headers_complete(self) -> None:
        self._is_in_headers = False
        self._buffered_bytes = 0
        if self._rejection is None:
            if target := _ABSOLUTE_TARGET.match(self.url):
                # It counts, and not the header (RFC 9112, section 3.2.2).
                self.headers[:] = [pair for pair in self.headers if pair[0] != b"host"]
                self.headers.append((b"host", target[1]))
            super().on_headers_complete()

    def on_chunk_header(self) -> None:
        self._buffered_bytes = 0

    def on_body(self, body: bytes) -> None:
        self._buffered_bytes = 0
        if self._rejection is None:
            super().on_body(body)

    def on_message_complete(self) -> None:
        if self._rejection is None:
            self.server_state.answer(self)
            super().on_message_complete()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self.cycle.response_complete:
            self.server_state.wait_for_client(self)
            self._send_rejection()

    def pause_writing(self) -> None:
        self.server_state.wait_for_client(self)
        super().pause_writing()

    def resume_writing(self) -> None:
        self.server_state.answer(self)
        super().resume_writing()

    def _reject(self, response: bytes) -> None:
        self._rejection = response
        # Requests that the client sent before on the same connection are answered first.
        if self.cycle is None or self.cycle.response_complete:
            self._send_rejection()
        elif self.cycle.more_body:
            # After a body, for whose end the application waits.
            self.transport.abort()

    def _send_rejection(self) -> None:
        if self._rejection is None:
            return
        self.transport.write(self._rejection)
        self._cancel_timer()
        self._timer = self.loop.call_later(_LINGER_SECONDS, self.transport.close)

    def _check_progress(self) -> None:
        """Drop a client without progress since the last check if it is the client's turn."""
        if self._is_in_headers:
            progress: object = self._messages
            is_its_turn = True
        else:
            unsent = self.transport.get_write_buffer_size()
            progress = (self._messages, self._received_bytes, unsent)
            is_reading = self.cycle.more_body and not self.flow.read_paused
            is_its_turn = unsent > 0 or is_reading
        if is_its_turn and progress == self._last_progress:
            log.info("A client neither sent nor took anything for %d s: dropped", _STALL_SECONDS)
            self.transport.abort()
            return
        self._last_progress = progress
        self._timer = self.loop.call_later(_STALL_SECONDS, self._check_progress)

    def _cancel_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


class ObservedWebSocketProtocol(WebSocketsSansIOProtocol):
    """Lets a handshake detect a closed connection while the caller's credentials are checked.

    Messages of the client are dropped: a page sends none, so that none needs memory or decoding.
    """

    def pause_writing(self) -> None:
        # A client that takes nothing is not read either: each ping would add its answer.
        super().pause_writing()
        self.transport.pause_reading()

    def resume_writing(self) -> None:
        super().resume_writing()
        self.transport.resume_reading()

    def handle_text(self, event: Frame) -> None:
        pass

    def handle_bytes(self, event: Frame) -> None:
        pass

    def handle_cont(self, event: Frame) -> None:
        pass

    def handle_connect(self, event: Request) -> None:
        super().handle_connect(event)
        if not self.handshake_complete:
            # The application is called with this scope later.
            scope: Any = self.scope
            scope[IS_CLOSED] = self.transport.is_closing
