"""What the tests of faults share: clients that go on whatever happens, one who watches, digests."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

import httpx
import pytest
from django.conf import settings

from tests.tools import call

GROUP = "/apis/registry/v2/groups/default/artifacts"
_CLIENTS = 4
_EVERY = 0.1
#: Longer than any write waits for its outcome.
_TIMEOUT = 60


#: One for all: to make a client costs more than a request.
_http = httpx.Client(timeout=_TIMEOUT)


class Served(Protocol):
    """A node, or the parts of one: where it answers, and with what settings it runs."""

    environment: dict[str, str]
    url: str


def upload(node: Served, name: str) -> httpx.Response:
    schema = {"type": "record", "name": name.replace("-", "_"), "fields": []}
    headers = {"X-Registry-ArtifactId": name, "X-Registry-ArtifactType": "AVRO"}
    return _http.post(node.url + GROUP, content=json.dumps(schema), headers=headers)


def has(node: Served, *names: str) -> bool:
    """Whether all of these artifacts can be read."""
    return all(_http.get(f"{node.url}{GROUP}/{name}").is_success for name in names)


def until(true: Callable[[], object], timeout: float = 30) -> float:
    """Looks again and again, fails at the timeout; returns after how many seconds it came true."""
    began = time.monotonic()
    while not true():
        assert time.monotonic() - began < timeout, "it did not come true in time"
        time.sleep(0.05)
    return time.monotonic() - began


# What a node says of itself


def readiness(node: Served) -> dict[str, Any]:
    answer = _http.get(f"{node.url}/health/ready")
    return {**answer.json(), "code": answer.status_code}


def reasons(node: Served) -> str:
    """Why the node is not ready, in its words; empty if it is."""
    checks = readiness(node)["checks"]
    return "; ".join(filter(None, (check.get("reason") for check in checks)))


def is_ready(node: Served) -> bool:
    return bool(readiness(node)["code"] == 200)


def is_live(node: Served) -> bool:
    return _http.get(f"{node.url}/health/live").status_code == 200


def digest(node: Served) -> tuple[str, dict[str, int]]:
    """Of all that was applied, with the offsets it is of; the node must be ready and quiet."""
    found: dict[str, Any] = {}

    def is_of_now() -> bool:
        nonlocal found
        body = readiness(node)
        found = body.get("digest") or {}
        return bool(found) and sum(found["offsets"].values()) == body["applied"] == body["end"]

    until(is_of_now)
    return found["value"], found["offsets"]


def digest_of_clean_replay(topic: str, view: str = "last-wins") -> tuple[str, dict[str, int]]:
    """Of what a node would hold that starts anew on the topic as it is."""
    found = json.loads(call("replay", "--topic", topic, "--content-view", view, "--json"))
    return found["digest"], found["offsets"]


def is_as_a_clean_replay(node: Served) -> bool:
    """Whether its digest is that of a node which starts anew on its topic, in its view."""
    held, view = digest(node), readiness(node)["digest"]["contentView"]
    with commands_reach(node.environment["KAFKA_BOOTSTRAP_SERVERS"]):
        return held == digest_of_clean_replay(node.environment["JOURNAL_TOPIC"], view)


@contextmanager
def commands_reach(kafka: str) -> Iterator[None]:
    """Commands in this process speak to this broker."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(settings, "KAFKA_PROPERTIES", {"bootstrap.servers": kafka})
        yield


# Those who go on


@dataclass(slots=True)
class Uploads:
    """What became of uploads, each of a name of its own."""

    acknowledged: list[str] = field(default_factory=list)
    #: When (time.monotonic) and how a write was refused.
    refused: list[tuple[float, str]] = field(default_factory=list)

    def seconds_until_the_first_after(self, moment: float) -> float:
        """How long after this moment the first one was acknowledged."""
        return next(at for at in self.moments if at > moment) - moment

    moments: list[float] = field(default_factory=list)


@contextmanager
def clients(
    node: Served, prefix: str = "c", pause: float = 0.02, may_be_gone: bool = False
) -> Iterator[Uploads]:
    """Upload until the block ends; fails if a write gets another answer than 200 or 503.

    None at all is right only from a node that `may_be_gone`.
    """
    uploads, stopping = Uploads(), threading.Event()

    def run(client: int) -> None:
        number = 0
        while not stopping.wait(pause):
            name = f"{prefix}{client}-{number}"
            number += 1
            try:
                made = upload(node, name)
            except httpx.TransportError:
                assert may_be_gone
                stopping.wait(0.1)
                continue
            assert made.status_code in {200, 503}, made.text
            if made.status_code == 200:
                uploads.acknowledged.append(name)
                uploads.moments.append(time.monotonic())
            else:
                uploads.refused.append((time.monotonic(), made.text))
                # Else a node that refuses at once is asked a thousand times a second.
                stopping.wait(0.1)

    with ThreadPoolExecutor(_CLIENTS) as pool:
        running = [pool.submit(run, client) for client in range(_CLIENTS)]
        try:
            yield uploads
        finally:
            stopping.set()
        for done in running:
            done.result()


@dataclass(frozen=True, slots=True)
class Glimpse:
    """How a node looked from outside at one moment (time.monotonic)."""

    at: float
    live: int
    ready: int
    reasons: str
    read: int


@contextmanager
def watched(node: Served, name: str) -> Iterator[list[Glimpse]]:
    """Liveness, readiness and a read of this artifact, ten times a second."""
    glimpses: list[Glimpse] = []
    stopping = threading.Event()

    def run() -> None:
        while not stopping.wait(_EVERY):
            live = _http.get(f"{node.url}/health/live").status_code
            ready = _http.get(f"{node.url}/health/ready")
            read = _http.get(f"{node.url}{GROUP}/{name}").status_code
            why = "; ".join(each.get("reason", "") for each in ready.json()["checks"])
            glimpses.append(Glimpse(time.monotonic(), live, ready.status_code, why, read))

    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(run)
        try:
            yield glimpses
        finally:
            stopping.set()
        running.result()
