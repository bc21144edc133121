"""Snapshots in a browser: at any width, by keyboard, also without scripts."""

from collections.abc import Iterator

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from tests.browser.visitor import Visitor, visiting
from tests.browser.windows import Windows
from tests.journals import DATA
from tests.nodes import serving
from tests.tools import load

_DROP = """(content) => {
  const dropped = new DataTransfer();
  dropped.items.add(new File([content], "incident.jsonl"));
  const at = document.querySelector("[data-drop]");
  const how = { dataTransfer: dropped, bubbles: true, cancelable: true };
  at.dispatchEvent(new DragEvent("drop", how));
}"""


@pytest.fixture(scope="module")
def journal(kafka: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(settings, "KAFKA_PROPERTIES", {"bootstrap.servers": kafka})
        topic = load(DATA / "journals" / "2.6.13.jsonl")
    with serving(tmp_path_factory.mktemp("snapshots"), kafka, topic) as node:
        yield node.url


@pytest.fixture
def visitor(windows: Windows, journal: str) -> Iterator[Visitor]:
    with visiting(windows, journal) as visitor:
        yield visitor


def is_as_wide_as_its_window(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


@pytest.mark.parametrize(("width", "scheme"), [(360, "dark"), (1440, "light")])
def test_the_registry_as_it_was_by_keyboard(visitor: Visitor, width: int, scheme: str) -> None:
    page = visitor.open("/ui/snapshots", width=width, scheme=scheme)
    assert is_as_wide_as_its_window(page)
    page.get_by_label("Before an offset, or at a time").focus()
    page.keyboard.type("100")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Before offset 100")
    assert is_as_wide_as_its_window(page)

    page.get_by_test_id("btn-browse").click()
    expect(page.get_by_test_id("snapshot-strip")).to_contain_text("read only")
    expect(page.get_by_test_id("btn-header-upload-artifact")).to_have_count(0)
    page.keyboard.press("/")
    page.keyboard.type("order")
    expect(page.locator("[data-row]")).to_have_count(1)
    page.get_by_test_id("artifact-link").click()
    expect(page.get_by_test_id("header-btn-upload-version")).to_have_count(0)
    assert "/at/" in page.url
    assert is_as_wide_as_its_window(page)
    page.get_by_role("link", name="Journal").click()
    page.get_by_role("link", name="Records", exact=True).click()
    page.locator(".record summary").first.click()
    expect(page.locator(".record:has(> details[open]) h2").first).to_contain_text("Key")
    page.get_by_test_id("back-to-live").click()
    assert "/at/" not in page.url


def test_a_dropped_dump_becomes_a_snapshot(visitor: Visitor) -> None:
    page = visitor.open("/ui/snapshots")
    page.evaluate(_DROP, (DATA / "incident-dump.jsonl").read_text())
    expect(page.locator("[data-chosen]")).to_contain_text("incident.jsonl")
    page.get_by_test_id("btn-file").click()
    expect(page.locator("h1")).to_have_text("incident.jsonl")
    expect(page.locator("#J02")).to_contain_text("content 1, global 1")
    page.get_by_role("link", name="0:6").first.click()
    expect(page.locator("h1")).to_contain_text("draw a")


def test_a_file_that_is_no_dump_is_reported_on_the_page(visitor: Visitor) -> None:
    page = visitor.open("/ui/snapshots", width=360)
    page.evaluate(_DROP, "no dump at all\n")
    page.get_by_test_id("btn-file").click()
    expect(page.get_by_test_id("failed")).to_contain_text("Line 1: it is not JSON")
    assert is_as_wide_as_its_window(page)


def test_what_changed_is_listed_without_scripts(visitor: Visitor) -> None:
    page = visitor.open("/ui/snapshots", has_scripts=False)
    page.get_by_label("From").fill("100")
    page.get_by_test_id("btn-comparison").click()
    expect(page.get_by_test_id("verdict")).to_contain_text("rows changed")
    expect(page.get_by_test_id("changes")).to_contain_text("artifact after-import in group g1")
    page.goto("/ui/snapshots")
    page.get_by_test_id("file").set_input_files(str(DATA / "incident-dump.jsonl"))
    page.get_by_test_id("btn-file").click()
    expect(page.get_by_test_id("records")).to_contain_text("12")
