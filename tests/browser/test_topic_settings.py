"""The topic's settings, from the finding to the change, in a browser."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from journal.kafka.topics import TopicAdmin
from tests.browser.test_repair import overflows
from tests.browser.visitor import Visitor, visiting
from tests.browser.windows import Windows
from tests.kafka_fixture import new_topic
from tests.nodes import NodeProcess, serving

pytestmark = [pytest.mark.browser, pytest.mark.kafka]


_COMPACTING = {"cleanup.policy": "compact", "message.timestamp.type": "CreateTime"}


@pytest.fixture(scope="module")
def node(kafka: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[NodeProcess]:
    """A node on a topic that compacts from the beginning, since it looks seldom."""
    topic = new_topic(kafka)
    TopicAdmin({"bootstrap.servers": kafka}, topic).set_config(_COMPACTING)
    with serving(tmp_path_factory.mktemp("compacting"), kafka, topic) as running:
        yield running


@pytest.fixture
def topic(node: NodeProcess) -> str:
    return node.environment["JOURNAL_TOPIC"]


@pytest.fixture
def compacting(windows: Windows, kafka: str, topic: str, node: NodeProcess) -> Iterator[Visitor]:
    """A visitor of the node, once it has seen that its topic compacts."""
    TopicAdmin({"bootstrap.servers": kafka}, topic).set_config(_COMPACTING)
    with visiting(windows, node.url) as visitor:
        page = visitor.open("/ui/health")
        expect(page.locator("#J01")).to_be_visible()
        visitor.close(page)
        yield visitor


def test_the_pages_fit_their_window(compacting: Visitor) -> None:
    for width in (360, 1440):
        page = compacting.open("/ui/health", width=width)
        assert not overflows(page)
        page.goto("/ui/health/mend/settings")
        assert not overflows(page)


def test_settings_are_changed_from_the_finding(compacting: Visitor, topic: str) -> None:
    page = compacting.open("/ui/health")
    finding = page.locator("#J01")
    expect(finding).to_contain_text("kind: KafkaTopic")
    page.get_by_test_id("mend-J01").click()
    page.wait_for_url("**/ui/health/mend/settings")
    changes = page.get_by_test_id("changes")
    expect(changes.locator("tbody tr")).to_have_count(2)
    expect(changes).to_contain_text("compact")
    page.get_by_label("message.timestamp.type").uncheck()
    page.get_by_label("Type the topic's name").fill(topic)
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("settings-changed")).to_contain_text("cleanup.policy is delete now")
    expect(changes.locator("tbody tr")).to_have_count(1)
    page.goto("/ui/health")
    expect(page.locator("#J01")).to_have_count(0)
    expect(page.locator("#J11")).to_have_count(1)
