"""Nodes that ask an issuer who people are."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.issuer import AUDIENCE, PAGES, SECRET, Issuer
from tests.kafka_fixture import new_topic
from tests.nodes import NodeProcess, serving


@contextmanager
def guarded_node(
    folder: Path, kafka: str, issuer: Issuer, **environment: str
) -> Iterator[NodeProcess]:
    """On a topic of its own; ready."""
    usual = {
        "ANNALS_ACCESS": "oidc",
        "ANNALS_OIDC_ISSUER": issuer.url,
        "ANNALS_OIDC_AUDIENCE": AUDIENCE,
        "ANNALS_OIDC_CLIENT_ID": PAGES,
        "ANNALS_OIDC_CLIENT_SECRET": SECRET,
    }
    with serving(folder, kafka, new_topic(kafka), **usual | environment) as process:
        yield process


@pytest.fixture(scope="module")
def guarded(
    kafka: str, kept_issuer: Issuer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[NodeProcess]:
    """One for all tests of a module; `kept_issuer` is whom it asks."""
    with guarded_node(tmp_path_factory.mktemp("guarded"), kafka, kept_issuer) as node:
        yield node
