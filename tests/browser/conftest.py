"""Pages in Chromium, before nodes in processes of their own; most tests share both."""

from collections.abc import Iterator

import pytest

from tests.browser.incident import kept_incident_node as kept_incident_node
from tests.browser.stocked import shop as shop
from tests.browser.stocked import stocked as stocked
from tests.browser.visitor import Visitor, visiting
from tests.browser.windows import Chromium, Windows, chromium_running
from tests.kafka_fixture import new_topic
from tests.nodes import NodeProcess, serving


@pytest.fixture(scope="session")
def chromium() -> Iterator[Chromium]:
    with chromium_running() as running:
        yield running


@pytest.fixture(scope="module")
def windows(chromium: Chromium) -> Iterator[Windows]:
    """Windows of the session's Chromium, while tests of the module run."""
    with chromium.in_use() as found:
        yield found


@pytest.fixture(scope="session")
def shared_node(kafka: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[NodeProcess]:
    """A node for all tests that write to a group of their own and leave all else as it was."""
    with serving(tmp_path_factory.mktemp("shared"), kafka, new_topic(kafka)) as node:
        yield node


@pytest.fixture
def guest(windows: Windows, shared_node: NodeProcess) -> Iterator[Visitor]:
    """A visitor of the shared node."""
    with visiting(windows, shared_node.url) as visitor:
        yield visitor


@pytest.fixture
def visitor(windows: Windows, live_node: NodeProcess) -> Iterator[Visitor]:
    """A visitor of a node on an empty journal."""
    with visiting(windows, live_node.url) as visitor:
        yield visitor


@pytest.fixture
def kept_incident(windows: Windows, kept_incident_node: NodeProcess) -> Iterator[Visitor]:
    """A visitor of a node that has applied the incident's twelve records and stays so."""
    with visiting(windows, kept_incident_node.url) as visitor:
        yield visitor
