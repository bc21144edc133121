"""Nodes that ask an issuer who people are."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.issuer import AUDIENCE, PAGES, SECRET, Issuer
from tests.kafka_fixture import create_topic
from tests.nodes import NodeProcess, node_process, unused_port


@contextmanager
def guarded_node(
    folder: Path, kafka: str, issuer: Issuer, **environment: str
) -> Iterator[NodeProcess]:
    """On a topic of its own; ready."""
    topic = f"journal-{uuid.uuid4()}"
    create_topic(kafka, topic)
    usual = {
        "KAFKA_BOOTSTRAP_SERVERS": kafka,
        "JOURNAL_TOPIC": topic,
        "ANNALS_ACCESS": "oidc",
        "ANNALS_OIDC_ISSUER": issuer.url,
        "ANNALS_OIDC_AUDIENCE": AUDIENCE,
        "ANNALS_OIDC_CLIENT_ID": PAGES,
        "ANNALS_OIDC_CLIENT_SECRET": SECRET,
    }
    process = node_process(folder / "home", unused_port(), **usual | environment)
    try:
        process.start().wait_until_ready()
        yield process
    finally:
        process.stop()


@pytest.fixture(scope="module")
def guarded(
    kafka: str, kept_issuer: Issuer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[NodeProcess]:
    """One for all tests of a module; `kept_issuer` is whom it asks."""
    with guarded_node(tmp_path_factory.mktemp("guarded"), kafka, kept_issuer) as node:
        yield node
