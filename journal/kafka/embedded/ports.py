"""The broker's two loopback ports, reused at each start as long as they are free."""

import json
import socket
from pathlib import Path
from typing import NamedTuple

from journal.kafka.embedded.errors import BrokerUnavailable

LOOPBACK = "127.0.0.1"


class Ports(NamedTuple):
    client: int
    controller: int


def choose_ports(file: Path, client_port: int) -> Ports:
    """Choose both ports, `client_port` (0: any) for clients, and save them in `file`.

    Raises BrokerUnavailable if that port is taken.
    """
    if client_port and not _is_free(client_port):
        raise BrokerUnavailable(f"Port {client_port}, wanted for Kafka's clients, is taken.")
    saved = read_saved_ports(file)
    client = client_port or _find_free(saved.client)
    ports = Ports(client, _find_free(saved.controller))
    file.write_text(json.dumps(ports._asdict()), encoding="ascii")
    return ports


def read_saved_ports(file: Path) -> Ports:
    """Return the ports of the last start; zeros if there was none."""
    try:
        return Ports(**json.loads(file.read_text(encoding="ascii")))
    except (OSError, ValueError, TypeError):
        return Ports(0, 0)


def _find_free(port: int) -> int:
    """Return this port if it is free, or else another one."""
    if port and _is_free(port):
        return port
    with socket.create_server((LOOPBACK, 0)) as server:
        free: int = server.getsockname()[1]
        return free


def _is_free(port: int) -> bool:
    try:
        # Reuses an address that only waits for its old connections to time out, as Java does.
        with socket.create_server((LOOPBACK, port)):
            return True
    except OSError:
        return False
