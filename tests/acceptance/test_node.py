"""The node as a user runs it: `manage.py serve` in a process of its own, on a real broker."""

import json
import os
import sqlite3
import subprocess
import sys
import threading
import time
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
from tests.nodes import ROOT, NodeProcess, node_process
from tests.slowness import slowness

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
        timeout=120,
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

        made = httpx.post(node.url + GROUP, content=USER4)

        assert made.status_code == 200, made.text
        assert (made.json()["contentId"], made.json()["globalId"]) == (4, 4)
        after = tables(tmp_path)
        assert after["registry_content"][:3] == before["registry_content"]
        assert len([remark for remark in new_remarks(tmp_path) if "in use" in remark]) == 2
    finally:
        node.stop()


def new_remarks(home: Path) -> list[str]:
    """On the records that follow the incident's."""
    sql = 'SELECT remark FROM journal_ledgerrow WHERE "offset" >= 12'
    with closing(sqlite3.connect(home / "annals.sqlite3")) as connection:
        return [row[0] for row in connection.execute(sql)]


def test_every_real_schema_comes_back_byte_for_byte(live_node: NodeProcess) -> None:
    files = [file for file in sorted(SCHEMAS.rglob("*")) if file.is_file()]
    assert len(files) == 120
    with httpx.Client(base_url=live_node.url, timeout=60) as client:
        for number, file in enumerate(files):
            artifact = f"schema-{number}"
            content = file.read_bytes()
            made = client.post(GROUP, content=content, headers={"X-Registry-ArtifactId": artifact})
            assert made.status_code == 200, (file, made.text)
            assert client.get(f"{GROUP}/{artifact}").content == content, file
            by_id = client.get(f"/apis/registry/v2/ids/globalIds/{made.json()['globalId']}")
            assert by_id.content == content, file


class Uploads:
    """2,000 uploads by 8 clients; the node is killed when half of them are acknowledged."""

    def __init__(self, node: NodeProcess) -> None:
        self.acknowledged: list[str] = []
        self._node = node
        self._numbers = iter(range(2000))
        self._lock = threading.Lock()

    def run(self) -> None:
        with ThreadPoolExecutor(8) as pool:
            for done in [pool.submit(self._upload) for _ in range(8)]:
                done.result()

    def _upload(self) -> None:
        with httpx.Client(base_url=self._node.url, timeout=60) as client:
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
                if len(self.acknowledged) == 1000:
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
    assert 1000 <= len(uploads.acknowledged) < 2000

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


def test_a_second_node_in_the_same_home_says_who_holds_it(
    live_node: NodeProcess, kafka: str
) -> None:
    second = manage("serve", **{**live_node.environment, "KAFKA_BOOTSTRAP_SERVERS": kafka})

    assert second.returncode != 0
    assert str(live_node.process.pid) in second.stderr
    assert live_node.url in second.stderr


def test_a_port_that_is_taken_is_said(live_node: NodeProcess, tmp_path: Path) -> None:
    other = {**live_node.environment, "ANNALS_HOME": str(tmp_path / "other")}
    second = manage("serve", **other)

    assert second.returncode != 0
    assert "can't be served" in second.stderr


def test_a_node_with_its_own_broker_starts_again_within_six_seconds(
    tmp_path: Path, free_port: int
) -> None:
    """SIGTERM ends web, worker, broker; the schemas are there at the next start."""
    node = node_process(tmp_path, free_port)
    node.start()
    node.wait_until_ready()
    made = httpx.post(node.url + GROUP, content=USER4)
    assert made.status_code == 200
    children = psutil.Process(node.process.pid).children()
    assert [child for child in children if "java" in child.name()]

    assert node.stop() == 0
    assert not any(child.is_running() for child in children)

    began = time.monotonic()
    node.start()
    node.wait_until_ready()
    took = time.monotonic() - began
    try:
        again = httpx.get(f"{node.url}/apis/registry/v2/ids/globalIds/{made.json()['globalId']}")
        assert again.content == USER4
        assert took < 6 or took < 6 * slowness()
    finally:
        node.stop()


def test_a_killed_node_leaves_an_orphan_that_the_next_start_ends(
    tmp_path: Path, free_port: int
) -> None:
    node = node_process(tmp_path, free_port)
    node.start()
    orphans = [
        child for child in psutil.Process(node.process.pid).children() if "java" in child.name()
    ]
    node.kill()
    assert all(orphan.is_running() for orphan in orphans)

    node.start()
    try:
        node.wait_until_ready()
        psutil.wait_procs(orphans, timeout=5)
        assert not any(orphan.is_running() for orphan in orphans)
        assert httpx.post(node.url + GROUP, content=USER4).status_code == 200
    finally:
        node.stop()


def test_a_worker_that_dies_is_started_again_and_nothing_acknowledged_is_lost(
    live_node: NodeProcess,
) -> None:
    uploads = [f"a{number}" for number in range(60)]
    with httpx.Client(base_url=live_node.url, timeout=60) as client:
        for name in uploads:
            if name == "a30":
                worker_of(live_node).kill()
            schema = {"type": "record", "name": name, "fields": []}
            headers = {"X-Registry-ArtifactId": name}
            made = client.post(GROUP, content=json.dumps(schema), headers=headers)
            assert made.status_code == 200, made.text
        for name in uploads:
            assert client.get(f"{GROUP}/{name}/meta").status_code == 200
    assert worker_of(live_node).is_running()


def worker_of(node: NodeProcess) -> psutil.Process:
    return next(
        child
        for child in psutil.Process(node.process.pid).children()
        if "journal_worker" in child.cmdline()
    )


def test_a_worker_ends_when_its_node_is_killed(live_node: NodeProcess) -> None:
    worker = worker_of(live_node)
    live_node.kill()

    assert psutil.wait_procs([worker], timeout=10)[1] == []


def test_a_broker_that_dies_is_started_again_and_writes_go_on(
    tmp_path: Path, free_port: int
) -> None:
    node = node_process(tmp_path, free_port, JOURNAL_RESPONSE_TIMEOUT="20")
    node.start()
    try:
        node.wait_until_ready()
        broker = next(
            child for child in psutil.Process(node.process.pid).children() if "java" in child.name()
        )
        broker.kill()

        made = httpx.post(node.url + GROUP, content=USER4, timeout=30)
        if made.status_code == 503:
            assert "request id" in made.text
            node.wait_until_ready()
            made = httpx.post(node.url + GROUP, content=USER4, timeout=30)
        assert made.status_code == 200, made.text
        node.wait_until_ready()
    finally:
        node.stop()
