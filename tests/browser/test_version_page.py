"""A page of a version follows what other clients write, without disturbing whoever reads it."""

import json

import pytest
from playwright.sync_api import Page, expect

from tests.browser.visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.kafka]

_GROUPS = "/apis/registry/v2/groups"


def _write(page: Page, group: str, doc: str) -> None:
    page.request.put(
        f"{_GROUPS}/{group}/artifacts/price", data=json.dumps({"type": "string", "doc": doc})
    )


def _focused(page: Page) -> str:
    text: str = page.evaluate("document.activeElement.textContent")
    return text


def test_a_version_page_shows_by_itself_what_another_client_writes(guest: Visitor) -> None:
    guest.upload("/ui/upload", id="price", group="followed")
    page = guest.open("/ui/artifacts/followed/price/versions/latest")
    download = page.get_by_test_id("artifact-btn-download")
    assert str(download.get_attribute("href")).endswith("/versions/1")

    _write(page, "followed", "another")
    expect(page.get_by_test_id("ace-content")).to_contain_text("another")
    expect(page.locator(".versions")).to_contain_text("2")
    expect(page.locator("[data-changed]")).to_contain_text("changed just now")
    assert str(download.get_attribute("href")).endswith("/versions/2")

    page.request.put(f"{_GROUPS}/followed/artifacts/price/state", data={"state": "DEPRECATED"})
    expect(page.locator("[data-part=about] .state-tag").first).to_have_text("deprecated")

    page.request.delete(f"{_GROUPS}/followed/artifacts/price")
    expect(page.locator("[data-changed]")).to_contain_text("was deleted")


def test_a_page_of_one_version_keeps_its_content_and_lists_the_new_version(
    guest: Visitor,
) -> None:
    guest.upload("/ui/upload", id="price", group="kept")
    page = guest.open("/ui/artifacts/kept/price/versions/1")
    _write(page, "kept", "another")
    expect(page.locator(".versions li")).to_have_count(3)
    expect(page.get_by_test_id("ace-content")).not_to_contain_text("another")


_PLACE = "document.activeElement.getBoundingClientRect().top"


def test_focus_scroll_and_an_open_dialog_outlive_a_change(guest: Visitor) -> None:
    guest.upload("/ui/upload", id="price", group="read")
    page = guest.open("/ui/artifacts/read/price/versions/latest", width=360)
    page.evaluate("window.isSamePage = true")
    page.locator(".versions a", has_text="1").focus()
    seen_at = page.evaluate(_PLACE)
    assert page.evaluate("scrollY") > 0

    _write(page, "read", "second")
    expect(page.locator(".versions li")).to_have_count(3)
    assert _focused(page) == "1"
    # The notice and a row come in above; what is read stays where it was.
    assert abs(page.evaluate(_PLACE) - seen_at) < 40

    page.get_by_test_id("header-btn-delete").click()
    dialog = page.locator("dialog#delete")
    dialog.get_by_test_id("modal-btn-cancel").focus()
    _write(page, "read", "third")
    expect(dialog).to_contain_text("All its 3 versions")
    expect(dialog).to_be_visible()
    assert _focused(page) == "Cancel"
    assert page.evaluate("window.isSamePage")
