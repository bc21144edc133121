"""The checking process: does one task after another for its parent, on a socket.

Started by registry.checking.pool, with its descriptor, seconds of the processor and bytes of memory
as arguments.
"""

import json
import os
import pickle
import resource
import socket
import struct
import sys
import time
from typing import Any

import msgspec

from registry.checking.tasks import TASKS

#: Length of a message that follows.
HEADER = struct.Struct("!Q")
#: The exit code of a process that had too little memory for a task.
OUT_OF_MEMORY = 3

_encode = msgspec.msgpack.Encoder().encode


def main() -> None:
    descriptor, cpu_seconds, memory_bytes = map(int, sys.argv[1:])
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    try:
        with socket.socket(fileno=descriptor) as parent:
            while (request := receive(parent)) is not None:
                send(parent, _do(request, cpu_seconds))
    except MemoryError:
        # Without the interpreter's own end, which takes memory.
        os._exit(OUT_OF_MEMORY)


def _do(request: bytes, cpu_seconds: int) -> bytes:
    # Only the parent writes here, so that its pickles can be trusted.
    name, arguments = pickle.loads(request)
    _limit_cpu(cpu_seconds)
    started = time.process_time()
    return _encode_result(TASKS[name](*arguments), started)


def _encode_result(result: Any, started: float) -> bytes:
    seconds = time.process_time() - started
    try:
        return _encode((seconds, result))
    except UnicodeEncodeError:
        # A content may have half a surrogate pair, which UTF-8 has not.
        texts = json.dumps(msgspec.to_builtins(result), ensure_ascii=False)
        clean = texts.encode("utf-8", "replace").decode()
        return _encode((seconds, json.loads(clean)))


def _limit_cpu(seconds: int) -> None:
    """Let the system end this process once the next task has used so much of the processor."""
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    soft = int(time.process_time()) + 1 + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))


def send(connection: socket.socket, message: bytes) -> None:
    connection.sendall(HEADER.pack(len(message)))
    connection.sendall(message)


def receive(connection: socket.socket) -> bytes | None:
    """Return the next message; None at the end of the stream."""
    header = _receive_bytes(connection, HEADER.size)
    if header is None:
        return None
    (length,) = HEADER.unpack(header)
    return _receive_bytes(connection, length)


def _receive_bytes(connection: socket.socket, length: int) -> bytes | None:
    data = bytearray()
    while len(data) < length:
        chunk = connection.recv(min(length - len(data), 1024 * 1024))
        if not chunk:
            return None
        data += chunk
    return bytes(data)
