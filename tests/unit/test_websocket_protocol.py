"""What a client of a WebSocket sends: nothing of it is kept, whatever it is."""

import asyncio
from typing import Any

import pytest
from websockets.frames import Frame, Opcode
from websockets.protocol import OPEN
from websockets.server import ServerProtocol

from node.web.http_protocol import ObservedWebSocketProtocol


class Transport:
    def __init__(self) -> None:
        self.written = b""
        self.is_reading = True

    def write(self, data: bytes) -> None:
        self.written += data

    def pause_reading(self) -> None:
        self.is_reading = False

    def resume_reading(self) -> None:
        self.is_reading = True


@pytest.fixture
def protocol() -> Any:
    made: Any = ObservedWebSocketProtocol.__new__(ObservedWebSocketProtocol)
    made.conn = ServerProtocol(state=OPEN, max_size=65_536)
    made.transport, made.queue = Transport(), asyncio.Queue()
    made.frames, made.writable = [], asyncio.Event()
    return made


def test_no_message_of_a_client_is_kept(protocol: Any, caplog: pytest.LogCaptureFixture) -> None:
    frames = [
        Frame(Opcode.TEXT, b"\xff"),
        Frame(Opcode.BINARY, b"x"),
        Frame(Opcode.TEXT, b"", False),
    ]
    for frame in [*frames, *[Frame(Opcode.CONT, b"", False)] * 1000, Frame(Opcode.CONT, b"")]:
        protocol.data_received(frame.serialize(mask=True))
    assert (protocol.queue.qsize(), protocol.frames, caplog.records) == (0, [], [])
    assert protocol.transport.is_reading


def test_a_client_that_takes_no_pong_is_not_read_meanwhile(protocol: Any) -> None:
    protocol.data_received(Frame(Opcode.PING, b"1").serialize(mask=True))
    assert protocol.transport.written == Frame(Opcode.PONG, b"1").serialize(mask=False)
    protocol.pause_writing()
    assert not protocol.transport.is_reading
    protocol.resume_writing()
    assert protocol.transport.is_reading
    assert protocol.writable.is_set()
