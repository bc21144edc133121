"""Content that is dropped or pasted onto the upload page, and found again by its ids."""

import hashlib
import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.visitor import AVRO, Visitor
from tests.web import http

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


def _stored(url: str, name: str, content: str) -> dict[str, int]:
    """Return the metadata of a version that is new."""
    answer = http.post(
        f"{url}/apis/registry/v2/groups/ids/artifacts?ifExists=UPDATE",
        content=content,
        headers={"X-Registry-ArtifactId": name, "X-Registry-ArtifactType": "JSON"},
    )
    assert answer.status_code == 200, answer.text
    found: dict[str, int] = answer.json()
    return found


def test_the_search_box_finds_global_ids_content_ids_and_hashes(guest: Visitor) -> None:
    content = '{"title": "Content of two"}'
    first = _stored(guest.url, "first", content)
    number = _stored(guest.url, "twin", content)["globalId"]
    # Content ids are behind global ids; this one gets as far.
    for content_id in range(first["contentId"] + 1, number + 1):
        other = _stored(guest.url, "other", f'{{"title": "Content {content_id} of other"}}')
        assert other["contentId"] == content_id
    page = guest.open("/ui/artifacts")
    found = page.get_by_test_id("artifact-list").locator(".where b")
    page.locator("[data-search]").fill(str(number))
    # The number is a global id and a content id. Other tests' contents may hold it as well.
    expect(found).to_contain_text(["other", "twin"])
    expect(page.locator("#results .notice")).to_contain_text(
        f"Global id {number} is ids/twin version 1"
    )
    page.goto("/ui/tables")
    page.get_by_test_id("contents").get_by_role("link").first.click()
    expect(page).to_have_url(re.compile(r"/ui/artifacts\?q=[0-9a-f]{64}$"))
    expect(page.locator("[data-search]")).to_have_value(re.compile("^[0-9a-f]{64}$"))
    page.locator("[data-search]").fill(hashlib.sha256(content.encode()).hexdigest())
    expect(found).to_have_text(["twin", "first"])
