"""Several nodes, each with its own database, on one topic: all are written to at once."""

import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.acceptance.faults import GROUP, commands_reach, digest, digest_of_clean_replay, upload
from tests.nodes import NodeProcess, node_process, unused_port
from tests.waiting import DEADLINE
from tests.web import http_client

IDS = "/apis/registry/v2/ids"
CLIENTS = 4
#: Of every so many artifacts that a client makes it deletes one.
DELETED = 3


def schema(name: str) -> str:
    return json.dumps({"type": "record", "name": name.replace("-", "_"), "fields": []})


@pytest.fixture(
    params=[
        # All that is asserted of these two is asserted of the three below.
        pytest.param(("sqlite", "sqlite"), marks=pytest.mark.soak),
        ("sqlite", "sqlite", "postgresql"),
    ],
    ids="-".join,
)
def members(
    request: pytest.FixtureRequest, kafka: str, topic: str, tmp_path: Path
) -> Iterator[list[NodeProcess]]:
    """Nodes of one topic, ready."""
    nodes = []
    for number, kind in enumerate(request.param):
        environment = {"KAFKA_BOOTSTRAP_SERVERS": kafka, "JOURNAL_TOPIC": topic}
        if kind == "postgresql":
            environment["DATABASE_URL"] = request.getfixturevalue("postgresql_url")
        environment["ANNALS_ALLOW_DELETE"] = "true"
        nodes.append(node_process(tmp_path / f"home{number}", unused_port(), **environment))
    try:
        with ThreadPoolExecutor(len(nodes)) as pool:
            list(pool.map(lambda node: node.start().wait_until_ready(), nodes))
        yield nodes
    finally:
        for node in nodes:
            node.stop()


@dataclass
class Client:
    """Writes to one node, and looks there at once whether it is so."""

    node: NodeProcess
    name: str
    rounds: int
    #: The bodies of all answers to creates and new versions.
    made: list[dict[str, Any]] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    #: Of each race, whether it was won, in their order.
    races: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._http = http_client(self.node.url)

    def run(self, start_together: Callable[[], object], race: str) -> None:
        with self._http:
            for number in range(self.rounds):
                own = f"{self.name}-{number}"
                self._create(own)
                self._change(own)
                self._add_to("shared", f"{own}-shared")
                if number % DELETED == 0:
                    self._delete(own)
                start_together()
                self._race(f"{race}-{number}")
                start_together()
                self._share(f"{race}-{number}-same")

    def _post(self, path: str, artifact: str, content: str) -> httpx.Response:
        headers = {"X-Registry-ArtifactId": artifact, "X-Registry-ArtifactType": "AVRO"}
        return self._http.post(path, content=content, headers=headers)

    def _create(self, artifact: str) -> None:
        content = schema(artifact)
        self._note(self._post(GROUP, artifact, content), content)
        assert self._http.get(f"{GROUP}/{artifact}").text == content

    def _change(self, artifact: str) -> None:
        content = schema(f"{artifact}-changed")
        made = self._note(self._post(f"{GROUP}/{artifact}/versions", "", content), content)
        assert made["version"] == "2"
        assert self._http.get(f"{GROUP}/{artifact}").text == content

    def _add_to(self, artifact: str, name: str) -> None:
        content = schema(name)
        made = self._note(self._post(f"{GROUP}/{artifact}/versions", "", content), content)
        found = self._http.get(f"{GROUP}/{artifact}/versions/{made['version']}")
        assert found.text == content

    def _delete(self, artifact: str) -> None:
        assert self._http.delete(f"{GROUP}/{artifact}").status_code == 204
        assert self._http.get(f"{GROUP}/{artifact}").status_code == 404
        self.deleted.append(artifact)

    def _race(self, artifact: str) -> None:
        """All nodes are asked to make this artifact, each from another content."""
        content = schema(f"{artifact}-by-{self.name}")
        made = self._post(GROUP, artifact, content)
        self.races.append(made.status_code)
        found = self._http.get(f"{GROUP}/{artifact}")
        assert found.status_code == 200
        if made.status_code == 200:
            self._note(made, content)
        assert (found.text == content) == (made.status_code == 200)

    def _share(self, name: str) -> None:
        """All nodes are asked to keep the same content, each as another artifact."""
        made = self._post(GROUP, f"{name}-{self.name}", schema(name))
        assert made.status_code == 200, made.text
        assert self._http.get(f"{GROUP}/{name}-{self.name}").text == schema(name)

    def _note(self, made: httpx.Response, content: str) -> dict[str, Any]:
        assert made.status_code == 200, made.text
        body: dict[str, Any] = made.json()
        self.made.append(body)
        assert self._http.get(f"{IDS}/globalIds/{body['globalId']}").text == content
        assert self._http.get(f"{IDS}/contentIds/{body['contentId']}").text == content
        return body


def all_write_at_once(nodes: Sequence[NodeProcess], rounds: int) -> list[list[Client]]:
    """By race: the clients, one on each node, that raced each other."""
    races = []
    with ThreadPoolExecutor(len(nodes) * CLIENTS) as pool:
        running = []
        for number in range(CLIENTS):
            racing = [Client(node, f"n{at}c{number}", rounds) for at, node in enumerate(nodes)]
            barrier = threading.Barrier(len(nodes), timeout=DEADLINE)
            running += [pool.submit(each.run, barrier.wait, f"race{number}") for each in racing]
            races.append(racing)
        for done in running:
            done.result()
    return races


@pytest.mark.parametrize("rounds", [4, pytest.param(12, marks=pytest.mark.soak)])
def test_nodes_that_are_written_to_at_once_agree(
    kafka: str, topic: str, members: list[NodeProcess], rounds: int, sqlite_database: str
) -> None:
    assert upload(members[0], "shared").status_code == 200

    races = all_write_at_once(members, rounds)

    clients = [client for racing in races for client in racing]
    made = [body for client in clients for body in client.made]
    for ids in ([body["globalId"] for body in made], [body["contentId"] for body in made]):
        assert len(set(ids)) == len(ids) > len(clients) * rounds * 3
    one_winner = Counter({200: 1, 409: len(members) - 1})
    for racing in races:
        assert [Counter(codes) for codes in zip(*(c.races for c in racing), strict=True)] == [
            one_winner
        ] * rounds

    digests = [digest(node) for node in members]
    assert digests == [digests[0]] * len(members)
    with commands_reach(kafka):
        assert digest_of_clean_replay(topic) == digests[0]
    for node in members:
        everything_is_on(node, clients)


def everything_is_on(node: NodeProcess, clients: Sequence[Client]) -> None:
    """Whatever was acknowledged anywhere is there, under the ids that were told."""
    deleted = {artifact for client in clients for artifact in client.deleted}
    with http_client(node.url) as http:
        for body in (body for client in clients for body in client.made):
            found = http.get(f"{GROUP}/{body['id']}/versions/{body['version']}/meta")
            if body["id"] in deleted:
                assert found.status_code == 404
            else:
                told = found.json()["globalId"], found.json()["contentId"]
                assert told == (body["globalId"], body["contentId"])
