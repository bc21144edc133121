"""The node as a user runs it: `manage.py serve` in a process of its own, on a real broker."""

import json
import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import psutil
import pytest

from tests.journals import DATA
from tests.nodes import ROOT, NodeProcess, new_node_process, node_process, unused_port, worker_of
from tests.waiting import DEADLINE
from tests.web import http, http_client

GROUP = "/apis/registry/v2/groups/default/artifacts"
SCHEMAS = DATA / "schemas"
USER4 = (
    b'{\n  "type": "record",\n  "name": "User4",\n  "namespace": "foo",\n  "fields": [\n'
    b'    { "name": "active4", "type": ["null", "boolean"] }\n  ]\n}'
)
#: Each table's columns that mean something outside this database.
MEANINGS = {
    "registry_artifact": "tenant_id, group_id, artifact_id, type, created_by, created_on, latest",
    "registry_content": "tenant_id, content_id, content_hash, canonical_hash, content",
    "registry_sequence": "tenant_id, name, value",
    "registry_version": "tenant_id, global_id, version, version_id, state, name, created_on",
    "journal_ledgerrow": 'partition, "offset", type, action, summary, outcome, reason, result',
}


def tables(home: Path) -> dict[str, list[Any]]:
    with closing(sqlite3.connect(home / "annals.sqlite3")) as connection:
        return {
            table: sorted(connection.execute(f"SELECT {columns} FROM {table}"), key=repr)
            for table, columns in MEANINGS.items()
        }


def manage(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=DEADLINE,
        check=False,
    )


@pytest.fixture
def environment(kafka: str, topic: str, tmp_path: Path) -> dict[str, str]:
    return {
        "KAFKA_BOOTSTRAP_SERVERS": kafka,
        "JOURNAL_TOPIC": topic,
        "ANNALS_HOME": str(tmp_path / "home"),
    }


@pytest.fixture
def started(environment: dict[str, str], free_port: int) -> Iterator[NodeProcess]:
    home = Path(environment.pop("ANNALS_HOME"))
    process = node_process(home, free_port, **environment)
    yield process
    if process.process.poll() is None:
        process.stop()


def test_the_incident_can_be_looked_at_and_goes_on(
    kafka: str, tmp_path: Path, free_port: int
) -> None:
    topic = f"incident-{uuid4().hex}"
    setting = {
        "KAFKA_BOOTSTRAP_SERVERS": kafka,
        "JOURNAL_TOPIC": topic,
        "ANNALS_HOME": str(tmp_path),
    }
    loaded = manage("load_dump", str(DATA / "incident-dump.jsonl"), "--topic", topic, **setting)
    assert loaded.returncode == 0, loaded.stderr
    assert "12 records loaded" in loaded.stdout
    again = manage("load_dump", str(DATA / "incident-dump.jsonl"), "--topic", topic, **setting)
    assert "holds records already" in again.stderr

    node = node_process(tmp_path, free_port, KAFKA_BOOTSTRAP_SERVERS=kafka, JOURNAL_TOPIC=topic)
    node.start()
    try:
        node.wait_until_ready()
        before = tables(tmp_path)
        assert [row[2] for row in before["registry_artifact"]] == [
            "0b9c15b5-54a5-40d3-9b75-433070d6ad99",
            "447e73bf-e86b-480b-8e45-3222c0980bc9",
            "d0c00bec-3e4a-4386-ad67-b23b5a91ce96",
        ]
        assert [row[1] for row in before["registry_content"]] == [1, 2, 3]
        assert before["registry_sequence"] == [("_", "contentId", 2), ("_", "globalId", 2)]

        made = http.post(node.url + GROUP, content=USER4)

        assert made.status_code == 200, made.text
        assert (made.json()["contentId"], made.json()["globalId"]) == (4, 4)
        after = tables(tmp_path)
        assert after["registry_content"][:3] == before["registry_content"]
        assert len([remark for remark in new_remarks(tmp_path) if "id-in-use" in remark]) == 2
    finally:
        node.stop()


def new_remarks(home: Path) -> list[str]:
    """On the records that follow the incident's."""
    sql = 'SELECT remark FROM journal_ledgerrow WHERE "offset" >= 12'
    with closing(sqlite3.connect(home / "annals.sqlite3")) as connection:
        return [row[0] for row in connection.execute(sql)]


def test_every_real_schema_comes_back_byte_for_byte(kept_node: NodeProcess) -> None:
    files = [file for file in sorted(SCHEMAS.rglob("*")) if file.is_file()]
    assert len(files) == 120
    with http_client(kept_node.url) as client:
        for number, file in enumerate(files):
            artifact = f"schema-{number}"
            content = file.read_bytes()
            made = client.post(GROUP, content=content, headers={"X-Registry-ArtifactId": artifact})
            assert made.status_code == 200, (file, made.text)
            assert client.get(f"{GROUP}/{artifact}").content == content, file
            by_id = client.get(f"/apis/registry/v2/ids/globalIds/{made.json()['globalId']}")
            assert by_id.content == content, file


#: Uploads by 8 clients; the node is killed when half of them are acknowledged.
UPLOADS = 600


class Uploads:
    """Uploads while the node is killed."""

    def __init__(self, node: NodeProcess) -> None:
        self.acknowledged: list[str] = []
        self._node = node
        self._numbers = iter(range(UPLOADS))
        self._lock = threading.Lock()

    def run(self) -> None:
        with ThreadPoolExecutor(8) as pool:
            for done in [pool.submit(self._upload) for _ in range(8)]:
                done.result()

    def _upload(self) -> None:
        with http_client(self._node.url) as client:
            while (number := self._next()) is not None:
                name = f"upload-{number}"
                schema = {"type": "record", "name": f"R{number}", "fields": []}
                headers = {"X-Registry-ArtifactId": name}
                try:
                    made = client.post(GROUP, content=json.dumps(schema), headers=headers)
                except httpx.HTTPError:
                    return
                assert made.status_code == 200, made.text
                self.acknowledged.append(name)
                if len(self.acknowledged) == UPLOADS // 2:
                    self._node.kill()

    def _next(self) -> int | None:
        with self._lock:
            return next(self._numbers, None)


def test_a_kill_during_uploads_loses_nothing_acknowledged(
    started: NodeProcess, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    started.start().wait_until_ready()
    uploads = Uploads(started)
    uploads.run()
    assert UPLOADS // 2 <= len(uploads.acknowledged) < UPLOADS

    started.start()
    started.wait_until_ready()
    present = {row[2] for row in tables(home)["registry_artifact"]}
    assert set(uploads.acknowledged) <= present
    started.stop()
    continued = tables(home)

    for file in home.glob("annals.sqlite3*"):
        file.unlink()
    started.start()
    started.wait_until_ready()
    started.stop()
    assert tables(home) == continued


def test_a_second_node_in_the_same_home_says_who_holds_it(kept_node: NodeProcess) -> None:
    second = manage("serve", **kept_node.environment)

    assert second.returncode != 0
    assert str(kept_node.process.pid) in second.stderr
    assert kept_node.url in second.stderr


def test_a_port_that_is_taken_is_said(kept_node: NodeProcess, tmp_path: Path) -> None:
    other = {**kept_node.environment, "ANNALS_HOME": str(tmp_path / "other")}
    second = manage("serve", **other)

    assert second.returncode != 0
    assert "can't be served" in second.stderr


def test_levels_of_loggers_take_effect_in_both_processes_and_end(kept_node: NodeProcess) -> None:
    logger = "/apis/registry/v2/admin/loggers/journal.worker"
    with http_client(kept_node.url) as client:
        assert client.put(logger, json={"level": "DEBUG"}).json()["level"] == "DEBUG"
        for _ in ("web", "worker"):
            kept_node.wait_for(r"The logger journal\.worker has the level DEBUG")
        assert client.delete(logger).json()["level"] == "INFO"
        for _ in ("web", "worker"):
            kept_node.wait_for(r"The logger journal\.worker has the level INFO")


def test_a_worker_that_dies_is_started_again_and_nothing_acknowledged_is_lost(
    kept_node: NodeProcess,
) -> None:
    uploads = [f"a{number}" for number in range(60)]
    with http_client(kept_node.url) as client:
        for name in uploads:
            if name == "a30":
                worker_of(kept_node).kill()
            schema = {"type": "record", "name": name, "fields": []}
            headers = {"X-Registry-ArtifactId": name}
            made = client.post(GROUP, content=json.dumps(schema), headers=headers)
            assert made.status_code == 200, made.text
        for name in uploads:
            assert client.get(f"{GROUP}/{name}/meta").status_code == 200
    assert worker_of(kept_node).is_running()


@pytest.fixture(scope="module")
def kept_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NodeProcess]:
    """A node with a broker of its own, first started in an empty home."""
    home = tmp_path_factory.mktemp("own")
    node = new_node_process(home, unused_port())
    node.start()
    yield node
    node.stop()


@pytest.fixture
def own(kept_own: NodeProcess) -> NodeProcess:
    """The same, ready."""
    if kept_own.process.poll() is not None:
        kept_own.start()
    kept_own.wait_until_ready()
    return kept_own


def broker_of(node: NodeProcess) -> psutil.Process:
    children = psutil.Process(node.process.pid).children()
    return next(child for child in children if "java" in child.name())


def test_a_node_with_its_own_broker_ends_all_of_it_and_starts_again(own: NodeProcess) -> None:
    """SIGTERM ends web, worker, broker; the schemas are there at the next start."""
    made = http.post(own.url + GROUP, content=USER4)
    assert made.status_code == 200
    children = psutil.Process(own.process.pid).children()
    assert broker_of(own) in children

    assert own.stop() == 0
    assert not any(child.is_running() for child in children)

    own.start().wait_until_ready()
    again = http.get(f"{own.url}/apis/registry/v2/ids/globalIds/{made.json()['globalId']}")
    assert again.content == USER4


def test_of_a_killed_node_the_worker_ends_by_itself_and_the_broker_at_the_next_start(
    own: NodeProcess,
) -> None:
    worker, orphan = worker_of(own), broker_of(own)
    own.kill()
    assert psutil.wait_procs([worker], timeout=DEADLINE)[1] == []
    assert orphan.is_running()

    own.start().wait_until_ready()
    assert psutil.wait_procs([orphan], timeout=DEADLINE)[1] == []
    assert http.post(own.url + GROUP, content=USER4).status_code == 200


def test_a_broker_that_dies_is_started_again_and_writes_go_on(own: NodeProcess) -> None:
    broker_of(own).kill()

    made = http.post(own.url + GROUP, content=USER4)
    if made.status_code == 503:
        assert "request id" in made.text
        own.wait_until_ready()
        made = http.post(own.url + GROUP, content=USER4)
    assert made.status_code == 200, made.text
    own.wait_until_ready()
