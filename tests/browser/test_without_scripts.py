"""What works without JavaScript, and who may not open a socket."""

import pytest
import websocket
from playwright.sync_api import expect

from tests.browser.visitor import AVRO, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.kafka]


def test_upload_search_and_deletion_work_without_scripts(guest: Visitor) -> None:
    page = guest.open("/ui/upload", has_scripts=False)
    page.get_by_test_id("form-id").fill("plain-price")
    page.locator("[name=text]").fill(AVRO)
    page.get_by_test_id("modal-btn-upload").click()
    page.wait_for_url("**/ui/artifacts/default/plain-price/versions/1")
    page.goto("/ui/artifacts")
    page.get_by_test_id("toolbar-filter-value").fill("PLAIN-PRI")
    page.get_by_test_id("toolbar-btn-filter-search").click()
    expect(page.get_by_test_id("artifact-list").locator("li")).to_have_count(1)
    page.get_by_test_id("artifact-link").click()
    page.get_by_test_id("header-btn-delete").click()
    page.wait_for_url("**/ui/artifacts/default/plain-price/delete")
    page.get_by_test_id("modal-btn-delete").click()
    page.wait_for_url("**/ui/artifacts")
    page.goto("/ui/artifacts?q=plain-pri")
    expect(page.get_by_test_id("nothing-found")).to_be_visible()


def test_a_page_of_another_site_may_not_open_a_socket(guest: Visitor) -> None:
    address = guest.url.replace("http://", "ws://") + "/ui/ws/journal"
    with pytest.raises(websocket.WebSocketBadStatusException, match="403"):
        websocket.create_connection(address, origin="http://elsewhere.example")
    websocket.create_connection(address, origin=guest.url).close()
