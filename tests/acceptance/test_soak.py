"""Long runs: a node that is killed again and again while clients upload."""

import random
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from tests.acceptance.test_node import GROUP, tables, worker_of
from tests.nodes import NodeProcess, node_process

ROUNDS = 10
CLIENTS = 8


class Uploading:
    """Clients that upload until they are stopped, whatever happens to the node."""

    def __init__(self, node: NodeProcess) -> None:
        self.acknowledged: list[str] = []
        self._node = node
        self._stopping = threading.Event()

    def during(self, what_happens: object, round_number: int) -> None:
        self._stopping.clear()
        with ThreadPoolExecutor(CLIENTS) as pool:
            running = [pool.submit(self._upload, f"r{round_number}c{n}") for n in range(CLIENTS)]
            what_happens()  # type: ignore[operator]
            self._stopping.set()
            for done in running:
                done.result()

    def _upload(self, prefix: str) -> None:
        number = 0
        with httpx.Client(base_url=self._node.url, timeout=60) as client:
            while not self._stopping.is_set():
                name = f"{prefix}-{number}"
                number += 1
                body = '{"type":"record","name":"%s","fields":[]}' % name.replace("-", "_")  # noqa: UP031
                headers = {"X-Registry-ArtifactId": name, "X-Registry-ArtifactType": "AVRO"}
                try:
                    made = client.post(GROUP, content=body, headers=headers)
                except httpx.HTTPError:
                    continue
                assert made.status_code in {200, 503}, made.text
                if made.status_code == 200:
                    self.acknowledged.append(name)


@pytest.mark.soak
def test_kills_at_random_moments_lose_nothing_acknowledged(
    kafka: str, topic: str, tmp_path: Path, free_port: int
) -> None:
    node = node_process(tmp_path, free_port, KAFKA_BOOTSTRAP_SERVERS=kafka, JOURNAL_TOPIC=topic)
    node.start().wait_until_ready()
    uploading = Uploading(node)
    moments = random.Random(20211209)
    pause = threading.Event()

    def kill_node() -> None:
        pause.wait(moments.uniform(0.2, 3))
        node.kill()

    def kill_worker() -> None:
        pause.wait(moments.uniform(0.2, 3))
        worker_of(node).kill()
        pause.wait(3)

    for round_number in range(ROUNDS):
        kills_node = round_number % 2 == 0
        uploading.during(kill_node if kills_node else kill_worker, round_number)
        if kills_node:
            node.start().wait_until_ready()
    node.wait_until_ready()
    node.stop()
    continued = tables(tmp_path)
    assert set(uploading.acknowledged) <= {row[2] for row in continued["registry_artifact"]}

    for file in tmp_path.glob("annals.sqlite3*"):
        file.unlink()
    node.start().wait_until_ready()
    node.stop()
    assert tables(tmp_path) == continued
