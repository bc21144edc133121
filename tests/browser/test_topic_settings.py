"""The topic's settings, from the finding to the change, in a browser."""

from collections.abc import Iterator
from itertools import product

import pytest
from playwright.sync_api import expect

from journal.brokers.topics import Topic
from tests.browser.test_mending import overflows
from tests.browser.visitor import Visitor, visiting
from tests.browser.windows import Windows
from tests.nodes import NodeProcess

pytestmark = [pytest.mark.browser, pytest.mark.kafka]


@pytest.fixture
def topic(kept_node: NodeProcess) -> str:
    return kept_node.environment["JOURNAL_TOPIC"]


@pytest.fixture
def compacting(
    windows: Windows, kafka: str, topic: str, kept_node: NodeProcess
) -> Iterator[Visitor]:
    """A visitor of a node on a topic that compacts, once the node has seen that."""
    Topic({"bootstrap.servers": kafka}, topic).set_config({
        "cleanup.policy": "compact",
        "message.timestamp.type": "CreateTime",
    })
    with visiting(windows, kept_node.url) as visitor:
        page = visitor.open("/ui/health")
        expect(page.locator("#J01")).to_be_visible()
        visitor.close(page)
        yield visitor


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


def test_the_pages_fit_their_window(compacting: Visitor) -> None:
    for width, scheme in product((360, 1440), ("light", "dark")):
        for path in ("/ui/health", "/ui/health/mend/settings"):
            page = compacting.open(path, width=width, scheme=scheme)
            assert not overflows(page)
            compacting.close(page)
