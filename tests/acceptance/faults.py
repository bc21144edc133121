"""What the tests of faults share: clients that go on whatever happens, one who watches, digests."""

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

import httpx
import pytest
from django.conf import settings

from tests.tools import call
from tests.waiting import again, until
from tests.web import http

GROUP = "/apis/registry/v2/groups/default/artifacts"
CLIENTS = 4
#: Seconds between two uploads of a client, and between two looks at a node.
_PAUSE = 0.05
_EVERY = 0.1


class Served(Protocol):
    """A node, or the parts of one: where it answers, and with what settings it runs."""

    environment: dict[str, str]
    url: str


def upload(node: Served, name: str) -> httpx.Response:
    schema = {"type": "record", "name": name.replace("-", "_"), "fields": []}
    headers = {"X-Registry-ArtifactId": name, "X-Registry-ArtifactType": "AVRO"}
    return http.post(node.url + GROUP, content=json.dumps(schema), headers=headers)


def store(node: Served, name: str) -> None:
    """Upload until it is acknowledged, for nodes whose writes wait for a moment only.

    An upload that was refused may have been applied after all; the next one is then answered 409.
    """
    until(lambda: upload(node, name).status_code in {200, 409})


def has(node: Served, *names: str) -> bool:
    """Whether all of these artifacts can be read."""
    return all(http.get(f"{node.url}{GROUP}/{name}").is_success for name in names)


# What a node says of itself


def readiness(node: Served) -> dict[str, Any]:
    answer = http.get(f"{node.url}/health/ready")
    return {**answer.json(), "code": answer.status_code}


def reasons(node: Served) -> str:
    """Why the node is not ready, in its words; empty if it is."""
    checks = readiness(node)["checks"]
    return "; ".join(filter(None, (check.get("reason") for check in checks)))


def is_ready(node: Served) -> bool:
    return bool(readiness(node)["code"] == 200)


def is_live(node: Served) -> bool:
    return http.get(f"{node.url}/health/live").status_code == 200


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
    #: What a refused write was answered.
    refused: list[str] = field(default_factory=list)

    def until_more_are_acknowledged(self, count: int = 2 * CLIENTS) -> None:
        """Wait for this many more.

        As many as the clients can have under way, and as many again: the last were sent after the
        call.
        """
        before = len(self.acknowledged)
        until(lambda: len(self.acknowledged) > before + count)


@contextmanager
def clients(node: Served, prefix: str = "c", may_be_gone: bool = False) -> Iterator[Uploads]:
    """Upload until the block ends; fail if a write gets another answer than 200 or 503.

    None at all is right only from a node that `may_be_gone`.
    """
    uploads, stopping = Uploads(), threading.Event()

    def run(client: int) -> None:
        for number, _ in enumerate(again(stopping, _PAUSE)):
            name = f"{prefix}{client}-{number}"
            try:
                made = upload(node, name)
            except httpx.TransportError:
                assert may_be_gone
                continue
            assert made.status_code in {200, 503}, made.text
            if made.status_code == 200:
                uploads.acknowledged.append(name)
            else:
                uploads.refused.append(made.text)

    with ThreadPoolExecutor(CLIENTS) as pool:
        running = [pool.submit(run, client) for client in range(CLIENTS)]
        try:
            yield uploads
        finally:
            stopping.set()
        for done in running:
            done.result()


@dataclass(frozen=True, slots=True)
class Glimpse:
    """How a node looked from outside at one moment."""

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
        for _ in again(stopping, _EVERY):
            live = http.get(f"{node.url}/health/live").status_code
            ready = http.get(f"{node.url}/health/ready")
            read = http.get(f"{node.url}{GROUP}/{name}").status_code
            why = "; ".join(each.get("reason", "") for each in ready.json()["checks"])
            glimpses.append(Glimpse(live, ready.status_code, why, read))

    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(run)
        try:
            yield glimpses
        finally:
            stopping.set()
        running.result()
