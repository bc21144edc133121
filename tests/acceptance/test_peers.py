"""Nodes that are configured as peers compare their state."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka import TopicPartition
from confluent_kafka.admin import AdminClient

from tests.acceptance.faults import is_ready, upload
from tests.nodes import NodeProcess, node_process, unused_port
from tests.waiting import DEADLINE, until
from tests.web import http


@pytest.fixture
def pair(kafka: str, topic: str, tmp_path: Path) -> Iterator[tuple[NodeProcess, NodeProcess]]:
    """Two nodes on one topic; the first is told of the second. Neither is started yet."""
    ports = unused_port(), unused_port()
    settings = {"KAFKA_BOOTSTRAP_SERVERS": kafka, "JOURNAL_TOPIC": topic}
    peer = f"http://127.0.0.1:{ports[1]}"
    first = node_process(tmp_path / "one", ports[0], ANNALS_PEERS=peer, **settings)
    second = node_process(tmp_path / "other", ports[1], **settings)
    yield first, second
    for node in (first, second):
        if hasattr(node, "process"):
            node.stop()


def findings(node: NodeProcess) -> dict[str, Any]:
    documents = http.get(f"{node.url}/apis/annals/v1/findings").json()["findings"]
    return {finding["code"]: finding for finding in documents}


def page(node: NodeProcess) -> str:
    return http.get(f"{node.url}/ui/health").text


def test_a_peer_that_is_gone_is_no_finding_and_one_that_differs_is(
    pair: tuple[NodeProcess, NodeProcess], tmp_path: Path
) -> None:
    first, second = pair
    first.start()
    until(lambda: is_ready(first))
    until(lambda: "Connection refused" in page(first))
    assert "J16" not in findings(first)

    second.start()
    until(lambda: is_ready(second))
    assert upload(first, "a").status_code == 200
    until(lambda: "the same" in page(first))
    assert "J16" not in findings(first)

    second.stop()
    with closing(sqlite3.connect(tmp_path / "other" / "annals.sqlite3")) as tables, tables:
        tables.execute("UPDATE registry_version SET description = 'changed by hand'")
    second.start()
    until(lambda: is_ready(second))
    until(lambda: "J16" in findings(first))
    assert second.url in findings(first)["J16"]["summary"]
    assert "differs" in page(first)
    until(lambda: "first in table versions, global_id 1: the row is another" in evidence_of(first))
    assert "so none was gone for one of them" in evidence_of(first)


def test_a_node_that_came_after_records_were_removed_is_named_as_the_cause(
    pair: tuple[NodeProcess, NodeProcess], kafka: str, topic: str
) -> None:
    first, second = pair
    first.start()
    until(lambda: is_ready(first))
    assert upload(first, "a").status_code == 200
    removed = http.get(f"{first.url}/apis/annals/v1/node").json()["applied"]
    assert upload(first, "b").status_code == 200
    admin = AdminClient({"bootstrap.servers": kafka})
    end = TopicPartition(topic, 0, removed)
    admin.delete_records([end])[end].result(DEADLINE)
    second.start()
    until(lambda: is_ready(second))
    assert upload(first, "c").status_code == 200

    until(lambda: "J16" in findings(first))
    until(lambda: "only this node has the row" in evidence_of(first))
    assert "first in table contents, content_id 1: only this node has the row" in evidence_of(first)
    reason = f"{second.url} replayed the topic after {removed} records were removed"
    assert reason in evidence_of(first)


def evidence_of(node: NodeProcess) -> str:
    finding = findings(node).get("J16", {"summary": "", "evidence": []})
    return " ".join((finding["summary"], *finding["evidence"]))
