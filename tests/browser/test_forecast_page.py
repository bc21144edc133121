"""What compaction would lose, asked in a browser: at any width, also without scripts."""

from collections.abc import Iterator

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from tests.browser.visitor import Visitor, visiting
from tests.browser.windows import Windows
from tests.journals import DATA
from tests.nodes import NodeProcess, serving
from tests.tools import load

pytestmark = [pytest.mark.browser, pytest.mark.kafka]


@pytest.fixture(scope="module")
def node(kafka: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[NodeProcess]:
    """A node on the incident's journal, before it was compacted."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(settings, "KAFKA_PROPERTIES", {"bootstrap.servers": kafka})
        topic = load(DATA / "journals" / "bug-before.jsonl")
    with serving(tmp_path_factory.mktemp("foresight"), kafka, topic) as node:
        yield node


@pytest.fixture
def incident(windows: Windows, node: NodeProcess) -> Iterator[Visitor]:
    with visiting(windows, node.url) as visitor:
        yield visitor


def is_as_wide_as_its_window(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


@pytest.mark.parametrize(("width", "scheme"), [(360, "dark"), (1440, "light")])
def test_compaction_is_simulated_by_keyboard(incident: Visitor, width: int, scheme: str) -> None:
    page = incident.open("/ui/health/foresee", width=width, scheme=scheme)
    assert is_as_wide_as_its_window(page)
    page.get_by_label("Also if the topic is not compacted").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    expect(page.get_by_test_id("verdict")).to_contain_text(
        "5 of 13 records would go",
    )
    expect(page.get_by_test_id("changes")).to_contain_text("sequence contentId")
    assert is_as_wide_as_its_window(page)
    page.get_by_role("link", name="0:7").click()
    expect(page.locator("h1")).to_contain_text("draw a global id")


def test_it_works_without_scripts(incident: Visitor) -> None:
    page = incident.open("/ui/health/foresee", has_scripts=False)
    page.get_by_label("Also if the topic is not compacted").check()
    page.get_by_test_id("btn-compaction").click()
    expect(page.get_by_test_id("verdict")).to_be_visible()
    page.get_by_role("link", name="Ask something else").click()
    expect(page.get_by_test_id("asked")).to_contain_text("5 of 13 records would go")
