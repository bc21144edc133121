"""Nodes that are told of each other compare what they hold."""

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
    one = node_process(tmp_path / "one", ports[0], ANNALS_PEERS=peer, **settings)
    other = node_process(tmp_path / "other", ports[1], **settings)
    yield one, other
    for node in (one, other):
        if hasattr(node, "process"):
            node.stop()


def findings(node: NodeProcess) -> dict[str, Any]:
    told = http.get(f"{node.url}/apis/annals/v1/findings").json()["findings"]
    return {each["code"]: each for each in told}


def page(node: NodeProcess) -> str:
    return http.get(f"{node.url}/ui/health").text


def test_a_peer_that_is_gone_is_no_finding_and_one_that_holds_something_else_is(
    pair: tuple[NodeProcess, NodeProcess], tmp_path: Path
) -> None:
    one, other = pair
    one.start()
    until(lambda: is_ready(one))
    until(lambda: "Connection refused" in page(one))
    assert "J16" not in findings(one)

    other.start()
    until(lambda: is_ready(other))
    assert upload(one, "a").status_code == 200
    until(lambda: "the same" in page(one))
    assert "J16" not in findings(one)

    other.stop()
    with closing(sqlite3.connect(tmp_path / "other" / "annals.sqlite3")) as tables, tables:
        tables.execute("UPDATE registry_version SET description = 'changed by hand'")
    other.start()
    until(lambda: is_ready(other))
    until(lambda: "J16" in findings(one))
    assert other.url in findings(one)["J16"]["summary"]
    assert "differs" in page(one)
    until(lambda: "first in table versions, global_id 1: the row is another" in told_of(one))
    assert "so none was gone for one of them" in told_of(one)


def test_a_node_that_came_after_records_were_removed_is_named_as_the_cause(
    pair: tuple[NodeProcess, NodeProcess], kafka: str, topic: str
) -> None:
    one, other = pair
    one.start()
    until(lambda: is_ready(one))
    assert upload(one, "a").status_code == 200
    first = http.get(f"{one.url}/apis/annals/v1/node").json()["applied"]
    assert upload(one, "b").status_code == 200
    admin = AdminClient({"bootstrap.servers": kafka})
    gone = TopicPartition(topic, 0, first)
    admin.delete_records([gone])[gone].result(DEADLINE)
    other.start()
    until(lambda: is_ready(other))
    assert upload(one, "c").status_code == 200

    until(lambda: "J16" in findings(one))
    until(lambda: "only this node has the row" in told_of(one))
    assert "first in table contents, content_id 1: only this node has the row" in told_of(one)
    assert f"{other.url} replayed the topic after {first} records were removed" in told_of(one)


def told_of(node: NodeProcess) -> str:
    finding = findings(node).get("J16", {"summary": "", "evidence": []})
    return " ".join((finding["summary"], *finding["evidence"]))
