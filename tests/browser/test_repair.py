"""The reset of the incident's sequences, from the finding to the upload that failed before."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_incident import incident as incident
from tests.browser.visitor import Visitor
from tests.nodes import NodeProcess

pytestmark = [pytest.mark.browser, pytest.mark.kafka]


def overflows(page: Page) -> bool:
    wide: bool = page.evaluate(
        "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    )
    return wide


def test_a_finding_is_repaired_from_its_page(incident: Visitor, live_node: NodeProcess) -> None:
    topic = live_node.environment["JOURNAL_TOPIC"]
    page = incident.open("/ui/health")
    page.get_by_test_id("mend-J03").click()
    page.wait_for_url("**/ui/health/mend/reset")
    expect(page.locator(".planned > li")).to_have_count(2)
    expect(page.locator(".planned")).to_contain_text(
        "The content id sequence moves from 2 to 3, the highest id in use."
    )
    expect(page.get_by_test_id("mending")).to_contain_text("nodes up to 2.1.3")
    page.get_by_label("Type the topic's name").fill("not the name")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("not not the name")
    page.get_by_label("Type the topic's name").fill(topic)
    page.get_by_test_id("modal-btn-mend").click()
    mended = page.get_by_test_id("mended")
    expect(mended).to_contain_text("Done, and it helped.")
    expect(mended.locator(".verdicts li")).to_have_count(4)
    mended.locator(".planned a").first.click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.goto("/ui/health")
    expect(page.locator("#J03")).to_have_count(0)
    assert incident.upload("/ui/upload").status == 200


@pytest.mark.parametrize("width", [360, 1440])
def test_the_pages_fit_their_window(kept_incident: Visitor, width: int) -> None:
    page = kept_incident.open("/ui/health/mend/reset", width=width)
    assert not overflows(page)
    for path in ("move?to=6", "content", "journal"):
        page.goto(f"/ui/health/mend/{path}")
        assert not overflows(page)


def test_a_new_journal_is_written_by_keyboard(kept_incident: Visitor, topic: str) -> None:
    page = kept_incident.open("/ui/health/mend/journal", width=360, scheme="dark")
    page.get_by_label("New topic").focus()
    page.keyboard.type(f"{topic}-new")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("preview")).to_contain_text("9 records")
    assert not overflows(page)
    page.locator("#topic").focus()
    page.keyboard.type(f"{topic}-new")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("verdict")).to_contain_text("what was meant")
    expect(page.get_by_test_id("steps")).to_contain_text(f"JOURNAL_TOPIC={topic}-new")
    assert not overflows(page)


def test_the_progress_of_a_job_is_shown_without_scripts(kept_incident: Visitor, topic: str) -> None:
    page = kept_incident.open("/ui/health/mend/journal", has_scripts=False)
    page.get_by_label("New topic").fill(f"{topic}-other")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("preview")).to_contain_text("9 records")
