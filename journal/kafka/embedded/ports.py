"""The broker's two loopback ports, kept from start to start as long as they are free."""

import json
import socket
from pathlib import Path
from typing import NamedTuple

from journal.kafka.embedded.errors import BrokerUnavailable

LOOPBACK = "127.0.0.1"


class Ports(NamedTuple):
    client: int
    controller: int


def choose_ports(file: Path, wanted: int) -> Ports:
    """`wanted` (0: any) for clients; what is chosen is remembered in `file`.

    Raises BrokerUnavailable if a port other than 0 is wanted and taken.
    """
    kept = read_saved_ports(file)
    ports = Ports(
        _exactly(wanted) if wanted else _kept_or_free(kept.client),
        _kept_or_free(kept.controller),
    )
    file.write_text(json.dumps(ports._asdict()), encoding="ascii")
    return ports


def read_saved_ports(file: Path) -> Ports:
    """Those of the last start; zeros if there was none."""
    try:
        return Ports(**json.loads(file.read_text(encoding="ascii")))
    except (OSError, ValueError, TypeError):
        return Ports(0, 0)


def _exactly(wanted: int) -> int:
    if not _is_free(wanted):
        raise BrokerUnavailable(f"Port {wanted}, wanted for Kafka's clients, is taken.")
    return wanted


def _kept_or_free(port: int) -> int:
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
