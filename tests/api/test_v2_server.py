"""What only a real server shows: paths as they were sent, bodies in chunks."""

from collections.abc import Iterator

import pytest

from tests.nodes import NodeProcess
from tests.web import http

AVRO = b'{"type":"record","name":"X","fields":[]}'


def chunks() -> Iterator[bytes]:
    yield AVRO[:10]
    yield AVRO[10:]


@pytest.mark.kafka
def test_a_server_keeps_encoded_slashes_apart_and_reads_chunks(live_node: NodeProcess) -> None:
    group = f"{live_node.url}/apis/registry/v2/groups/x%2Fy/artifacts"
    headers = {"X-Registry-ArtifactId": "a/b", "X-Registry-ArtifactType": "AVRO"}
    made = http.post(group, content=chunks(), headers=headers)
    assert made.status_code == 200, made.text
    assert made.json()["groupId"] == "x/y"
    assert http.get(f"{group}/a%2Fb").content == AVRO
    assert http.head(f"{group}/a%2Fb").headers["Content-Type"] == "application/json"
    bad = http.get(f"{group}/%FF")
    assert (bad.status_code, bad.json()["name"]) == (400, "BadRequestException")
    assert http.get(f"{group}/a/b").json()["name"] == "NotFoundException"
    large = http.post(group, content=iter([b"x" * 1024 * 1024] * 11), headers=headers)
    assert large.status_code == 413
    accepting = http.get(f"{group}/a%2Fb/meta/", headers={"Accept": "text/csv"})
    assert accepting.status_code == 200
