"""Snapshots of a node in its own process: read beside the node itself by many at once."""

import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from journal.dumps.writing import json_line
from journal.kafka.records import Record
from journal.wire.codec import encode
from journal.wire.messages import Action, ContentV2Key, ContentV2Value, Message
from tests.acceptance.faults import GROUP, upload
from tests.journals import DATA
from tests.nodes import NodeProcess
from tests.waiting import until
from tests.web import http, http_client


class Pages:
    """A browser without a window."""

    def __init__(self, http: httpx.Client) -> None:
        self._http = http
        self._http.get("/ui/snapshots")

    def work(self, path: str, files: Any = None, **fields: str) -> str:
        """Where the snapshot is, once it is taken: /at/…"""
        token = {"csrfmiddlewaretoken": self._http.cookies["csrftoken"]}
        begun = self._http.post(path, data={**fields, **token}, files=files)
        assert begun.status_code == 302, begun.text
        answers: list[httpx.Response] = []

        def is_done() -> bool:
            answers.append(self._http.get(begun.headers["Location"]))
            return "data-again" not in answers[-1].text

        until(is_done)
        assert answers[-1].status_code == 302, answers[-1].text
        return answers[-1].headers["Location"].removesuffix("/ui/health")


@pytest.fixture
def pages(kept_node: NodeProcess) -> Iterator[Pages]:
    with http_client(kept_node.url) as http:
        yield Pages(http)


def artifacts(node: NodeProcess, below: str = "") -> set[str]:
    result = http.get(f"{node.url}{below}/apis/registry/v2/search/artifacts").json()
    return {artifact["id"] for artifact in result["artifacts"]}


def test_many_readers_each_get_the_registry_that_they_asked_for(
    kept_node: NodeProcess, pages: Pages
) -> None:
    assert upload(kept_node, "a").status_code == 200
    early = pages.work("/ui/snapshots/moment", at="2999-01-01")
    assert upload(kept_node, "b").status_code == 200
    late = pages.work("/ui/snapshots/moment", at="2999-01-01")
    dump = {"file": ("incident.jsonl", (DATA / "incident-dump.jsonl").read_bytes())}
    other = pages.work("/ui/snapshots/file", files=dump)
    expected = {"": {"a", "b"}, early: {"a"}, late: {"a", "b"}, other: artifacts(kept_node, other)}
    assert len(expected[other]) == 3

    with ThreadPoolExecutor(16) as readers:
        paths = [below for _ in range(60) for below in expected]
        results = readers.map(lambda below: artifacts(kept_node, below), paths)
        for below, response in zip(paths, results, strict=True):
            assert response == expected[below], below
    assert upload(kept_node, "c").status_code == 200
    assert artifacts(kept_node, early) == {"a"}
    new = {"type": "record", "name": "new", "fields": []}
    assert http.post(f"{kept_node.url}{early}{GROUP}", json=new).status_code == 405


def test_only_a_dump_may_be_longer_than_a_content(kept_node: NodeProcess, pages: Pages) -> None:
    long = b"x" * (21 * 1024 * 1024)
    refused = http.post(f"{kept_node.url}{GROUP}", content=long)
    assert refused.status_code == 413
    with pytest.raises(AssertionError) as failure:
        pages.work("/ui/snapshots/file", files={"file": ("long.txt", long)})
    words = re.sub(r"<[^>]+>", " ", str(failure.value))
    assert "it is not JSON" in words
    assert "long.txt is no dump" in words


def large_dump(file: Path, size: int) -> int:
    """Contents of 30 KB; returns how many records."""
    count = 0
    with file.open("wb") as dump:
        while dump.tell() < size:
            count += 1
            text = json.dumps({"type": "record", "name": f"r{count}", "doc": "x" * 30_000})
            hashed = sha256(text.encode()).hexdigest()
            value = ContentV2Value(Action.CREATE_OR_UPDATE, hashed, hashed, text.encode())
            key, spelled = encode(Message(ContentV2Key("_", count), value))
            record = Record(0, count - 1, 1_700_000_000_000, "CreateTime", (), key, spelled)
            dump.write(json_line("large", record))
    return count


@pytest.mark.soak
def test_a_dump_of_100_mb_is_looked_into(live_node: NodeProcess, tmp_path: Path) -> None:
    records = large_dump(tmp_path / "large.jsonl", 100_000_000)
    with http_client(live_node.url) as client, (tmp_path / "large.jsonl").open("rb") as dump:
        below = Pages(client).work("/ui/snapshots/file", files={"file": ("large.jsonl", dump)})
    report = http.get(f"{live_node.url}{below}/ui/health").text
    assert f"{records:,}" in report
    assert psutil.Process(live_node.process.pid).memory_info().rss < 400 * 2**20
    response = http.get(f"{live_node.url}{below}/apis/registry/v2/ids/contentIds/{records}")
    assert json.loads(response.text)["name"] == f"r{records}"
