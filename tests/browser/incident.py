"""The journal of the incident: two sequences that are behind the ids in use."""

from collections.abc import Iterator

import pytest

from journal.dumps.reading import DumpReader
from journal.kafka.loader import load_records
from tests.journals import DATA
from tests.kafka_fixture import new_topic
from tests.nodes import NodeProcess, serving
from tests.waiting import until
from tests.web import http

RECORDS = 12


def write_incident(kafka: str, topic: str) -> None:
    with (DATA / "incident-dump.jsonl").open("rb") as dump:
        load_records({"bootstrap.servers": kafka}, topic, DumpReader(dump))


def wait_until_applied(url: str, records: int) -> None:
    until(lambda: http.get(f"{url}/apis/annals/v1/node").json()["applied"] >= records)


@pytest.fixture(scope="session")
def kept_incident_node(
    kafka: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[NodeProcess]:
    topic = new_topic(kafka)
    write_incident(kafka, topic)
    with serving(tmp_path_factory.mktemp("incident"), kafka, topic) as node:
        wait_until_applied(node.url, RECORDS)
        yield node
