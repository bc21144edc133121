"""What works without JavaScript, and who may not open a socket."""

import pytest
import websocket
from playwright.sync_api import expect

from tests.browser.conftest import AVRO, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.kafka]


def test_upload_search_and_deletion_work_without_scripts(guest: Visitor) -> None:
    context = guest.browser.new_context(base_url=guest.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/ui/upload")
    page.get_by_test_id("form-id").fill("price")
    page.locator("[name=text]").fill(AVRO)
    page.get_by_test_id("modal-btn-upload").click()
    page.wait_for_url("**/ui/artifacts/default/price/versions/1")
    page.goto("/ui/artifacts")
    page.get_by_test_id("toolbar-filter-value").fill("PRI")
    page.get_by_test_id("toolbar-btn-filter-search").click()
    expect(page.get_by_test_id("artifact-list").locator("li")).to_have_count(1)
    page.get_by_test_id("artifact-link").click()
    page.get_by_test_id("header-btn-delete").click()
    page.wait_for_url("**/ui/artifacts/default/price/delete")
    page.get_by_test_id("modal-btn-delete").click()
    page.wait_for_url("**/ui/artifacts")
    expect(page.get_by_test_id("empty")).to_be_visible()


def test_a_page_of_another_site_may_not_open_a_socket(guest: Visitor) -> None:
    address = guest.url.replace("http://", "ws://") + "/ui/ws/journal"
    with pytest.raises(websocket.WebSocketBadStatusException, match="403"):
        websocket.create_connection(address, origin="http://elsewhere.example")
    websocket.create_connection(address, origin=guest.url).close()
