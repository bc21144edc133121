"""A page of a version follows what other clients write, without disturbing whoever reads it."""

import json

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.kafka]

_ADDRESS = "/apis/registry/v2/groups/shop/artifacts/price"


def _write(page: Page, doc: str) -> None:
    page.request.put(_ADDRESS, data=json.dumps({"type": "string", "doc": doc}))


def _focused(page: Page) -> str:
    text: str = page.evaluate("document.activeElement.textContent")
    return text


def test_a_version_page_shows_by_itself_what_another_client_writes(visitor: Visitor) -> None:
    visitor.upload("/ui/upload", id="price", group="shop")
    page = visitor.open("/ui/artifacts/shop/price/versions/latest")
    download = page.get_by_test_id("artifact-btn-download")
    assert str(download.get_attribute("href")).endswith("/versions/1")

    _write(page, "another")
    expect(page.get_by_test_id("ace-content")).to_contain_text("another")
    expect(page.locator(".versions")).to_contain_text("2")
    expect(page.locator("[data-changed]")).to_contain_text("changed just now")
    assert str(download.get_attribute("href")).endswith("/versions/2")

    page.request.put(f"{_ADDRESS}/state", data={"state": "DEPRECATED"})
    expect(page.locator("[data-part=about] .state-tag").first).to_have_text("deprecated")

    page.request.delete(_ADDRESS)
    expect(page.locator("[data-changed]")).to_contain_text("was deleted")


def test_a_page_of_one_version_keeps_its_content_and_lists_the_new_version(
    visitor: Visitor,
) -> None:
    visitor.upload("/ui/upload", id="price", group="shop")
    page = visitor.open("/ui/artifacts/shop/price/versions/1")
    _write(page, "another")
    expect(page.locator(".versions li")).to_have_count(3)
    expect(page.get_by_test_id("ace-content")).not_to_contain_text("another")


_PLACE = "document.activeElement.getBoundingClientRect().top"


def test_focus_scroll_and_an_open_dialog_outlive_a_change(visitor: Visitor) -> None:
    visitor.upload("/ui/upload", id="price", group="shop")
    page = visitor.open("/ui/artifacts/shop/price/versions/latest", width=360)
    page.evaluate("window.isSamePage = true")
    page.locator(".versions a", has_text="1").focus()
    seen_at = page.evaluate(_PLACE)
    assert page.evaluate("scrollY") > 0

    _write(page, "second")
    expect(page.locator(".versions li")).to_have_count(3)
    assert _focused(page) == "1"
    # The notice and a row come in above; what is read stays where it was.
    assert abs(page.evaluate(_PLACE) - seen_at) < 40

    page.get_by_test_id("header-btn-delete").click()
    dialog = page.locator("dialog#delete")
    dialog.get_by_test_id("modal-btn-cancel").focus()
    _write(page, "third")
    expect(dialog).to_contain_text("All its 3 versions")
    expect(dialog).to_be_visible()
    assert _focused(page) == "Cancel"
    assert page.evaluate("window.isSamePage")
