"""The parts alone: a worker process and a web process that share a database."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from tests.nodes import ROOT

GROUP = "/apis/registry/v2/groups/shop/artifacts"


@contextmanager
def running(*command: str, environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        [sys.executable, *command], cwd=ROOT, env={**os.environ, **environment}
    )
    try:
        yield process
    finally:
        process.terminate()
        assert process.wait(20) is not None


@pytest.fixture
def parts(kafka: str, topic: str, each_url: str, free_port: int, tmp_path: object) -> Iterator[str]:
    """The web part's address, while a worker applies the journal in another process."""
    environment = {
        "KAFKA_BOOTSTRAP_SERVERS": kafka,
        "JOURNAL_TOPIC": topic,
        "DATABASE_URL": each_url,
        "ANNALS_HOME": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "node.settings",
    }
    web = ("-m", "uvicorn", "node.asgi:application", "--port", str(free_port), "--lifespan", "off")
    url = f"http://127.0.0.1:{free_port}"
    with (
        running("manage.py", "journal_worker", environment=environment),
        running(*web, environment=environment),
    ):
        wait_for(lambda: httpx.get(f"{url}/health/ready").status_code == 200)
        yield url


def wait_for(true: object, timeout: float = 30) -> None:
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        try:
            if true():  # type: ignore[operator]
                return
        except httpx.ConnectError:
            pass
        time.sleep(0.05)
    raise AssertionError("it did not come true in time")


def test_a_write_gets_its_outcome_from_the_worker_s_process(parts: str) -> None:
    for number in range(5):
        made = httpx.post(
            parts + GROUP,
            content=b'{"type":"record","name":"R%d","fields":[]}' % number,
            headers={"X-Registry-ArtifactId": f"a{number}"},
        )
        assert made.status_code == 200, made.text
        assert made.json()["globalId"] == number + 1
    again = httpx.post(
        parts + GROUP,
        content=b'{"type":"record","name":"Other","fields":[]}',
        headers={"X-Registry-ArtifactId": "a1"},
    )
    assert again.status_code == 409
