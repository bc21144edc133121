"""Content that is dropped or pasted onto the upload page, and found again by its ids."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.visitor import AVRO, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.kafka]

_BYTES = '{"type": "string", "doc": "\r\n lines"}'
_TRANSFER = """([name, text]) => {
  const transfer = new DataTransfer();
  if (name) transfer.items.add(new File([text], name));
  else transfer.setData("text/plain", text);
  return transfer;
}"""


def _drop(page: Page, name: str, text: str) -> None:
    transfer = page.evaluate_handle(_TRANSFER, [name, text])
    page.dispatch_event("[data-drop]", "dragover", {"dataTransfer": transfer})
    page.dispatch_event("[data-drop]", "drop", {"dataTransfer": transfer})


def _upload(page: Page, artifact_id: str) -> bytes:
    page.get_by_test_id("form-id").fill(artifact_id)
    page.locator("[name=type]").select_option("AVRO")
    page.get_by_test_id("modal-btn-upload").click()
    page.wait_for_url(f"**/ui/artifacts/default/{artifact_id}/versions/1")
    address = f"/apis/registry/v2/groups/default/artifacts/{artifact_id}"
    return page.request.get(address).body()


def test_a_dropped_file_is_uploaded_byte_for_byte(guest: Visitor) -> None:
    page = guest.open("/ui/upload")
    _drop(page, "dropped.avsc", _BYTES)
    expect(page.locator("[data-chosen]")).to_contain_text("dropped.avsc")
    assert _upload(page, "dropped") == _BYTES.encode()


def test_dropped_text_goes_to_the_text_area(guest: Visitor) -> None:
    page = guest.open("/ui/upload")
    _drop(page, "", AVRO)
    expect(page.locator("[name=text]")).to_have_value(AVRO)


def test_a_pasted_file_replaces_what_was_typed(guest: Visitor) -> None:
    page = guest.open("/ui/upload")
    page.locator("[name=text]").fill("typed before")
    transfer = page.evaluate_handle(_TRANSFER, ["pasted.avsc", _BYTES])
    page.evaluate(
        "transfer => document.body.dispatchEvent(new ClipboardEvent('paste',"
        " {clipboardData: transfer, bubbles: true, cancelable: true}))",
        transfer,
    )
    expect(page.locator("[data-chosen]")).to_contain_text("pasted.avsc")
    expect(page.locator("[name=text]")).to_have_value("")
    assert _upload(page, "pasted") == _BYTES.encode()


def test_the_search_box_finds_global_ids_content_ids_and_hashes(visitor: Visitor) -> None:
    visitor.upload("/ui/upload", id="first")
    visitor.upload("/ui/upload", id="twin")
    visitor.upload("/ui/upload", id="other", content=AVRO.replace("Price", "Other"))
    page = visitor.open("/ui/artifacts")
    found = page.get_by_test_id("artifact-list").locator(".where b")
    page.locator("[data-search]").fill("2")
    # Global id 2 and content id 2.
    expect(found).to_have_text(["other", "twin"])
    expect(page.locator("#results .notice")).to_contain_text(
        "Global id 2 is default/twin version 1"
    )
    page.goto("/ui/tables")
    page.get_by_test_id("contents").get_by_role("link").first.click()
    expect(found).to_have_text(["twin", "first"])
