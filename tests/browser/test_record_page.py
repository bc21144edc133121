"""One record in a browser: fields and bytes light each other, keys go along its line."""

import json
import re
import uuid
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.contrast import too_pale
from tests.browser.visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.kafka]

_ADDRESS = "/apis/registry/v2/groups/shop/artifacts"


def store_version(page: Page, name: str, doc: str) -> None:
    headers = {"X-Registry-ArtifactId": name, "Content-Type": "application/json"}
    body = json.dumps({"type": "record", "name": "r", "doc": doc, "fields": []})
    made = page.request.post(f"{_ADDRESS}?ifExists=UPDATE", data=body, headers=headers)
    assert made.ok, made.text()


def offset_of(page: Page, words: str) -> int:
    """Of the newest record with these words."""
    page.goto("/ui/journal?view=records")
    row = page.locator(".record", has_text=words).first
    return int(str(row.get_attribute("data-src")).rpartition("/")[2])


def artifact_record(guest: Visitor, **options: Any) -> Page:
    """The page of the newest of two records of an artifact."""
    page = guest.open("/ui/artifacts", **options)
    name = f"a{uuid.uuid4().hex[:8]}"
    store_version(page, name, f"one of {name}")
    store_version(page, name, f"two of {name}")
    page.goto(f"/ui/journal/0/{offset_of(page, f'update artifact {name}')}")
    return page


def lit(half: Locator) -> str:
    """What the bytes that are lit spell, by their hex."""
    runs = half.locator(".dump [data-of].lit").all_inner_texts()
    hexes = [each for each in runs if re.fullmatch(r" *([0-9a-f]{2} *)+", each)]
    return bytes.fromhex("".join(hexes)).decode()


def test_a_field_and_its_bytes_highlight_each_other(guest: Visitor) -> None:
    page = artifact_record(guest)
    value = page.get_by_test_id("half-value")
    value.locator("[data-span]", has_text="artifactType").hover()
    assert '"artifactType":"AVRO"' in lit(value)
    value.locator(".dump [data-of]").first.hover()
    expect(value.locator(".span.lit")).to_contain_text("message type")
    meta = value.locator("[data-span]", has_text="metaData")
    meta.get_by_role("link").focus()
    assert '"name":"r"' in lit(value)
    value.locator("[data-span]", has_text="globalId").click()
    page.get_by_role("heading", level=1).hover()
    value.locator(".held", has_text="AVRO").hover()
    page.get_by_role("heading", level=2).first.hover()
    value.get_by_role("heading").hover()
    assert '"globalId":' in lit(value)


def test_brackets_go_along_the_records_of_an_artifact(guest: Visitor) -> None:
    page = artifact_record(guest)
    line = page.locator("[data-line]")
    expect(line).to_contain_text("2 of 2")
    page.keyboard.press("[")
    expect(line).to_contain_text("1 of 2")
    page.keyboard.press("[")
    page.keyboard.press("]")
    expect(line).to_contain_text("2 of 2")


def test_the_difference_is_to_the_previous_one_unless_another_is_named(guest: Visitor) -> None:
    page = artifact_record(guest)
    page.get_by_test_id("tab-difference").click()
    changes = page.get_by_test_id("changes")
    expect(changes.locator("tr.changed", has_text="action")).to_contain_text("CREATE")
    expect(page.get_by_test_id("sides")).to_contain_text("one of")
    page.get_by_test_id("with").fill("0:0")
    page.get_by_test_id("btn-compare").click()
    page.wait_for_url("**?with=0%3A0")
    expect(changes.locator("tr.removed").first).to_be_visible()


def test_more_bytes_and_text_are_loaded_without_a_new_page(guest: Visitor) -> None:
    page = guest.open("/ui/artifacts")
    store_version(page, f"big{uuid.uuid4().hex[:8]}", "x" * 1_000_000)
    address = f"/ui/journal/0/{offset_of(page, 'create content')}"
    page.goto(address)
    assert len(page.content()) < 60_000
    value = page.get_by_test_id("half-value")
    page.evaluate("window.stays = true")
    value.locator(".gap").click()
    expect(value.locator(".l").nth(250)).to_be_attached()
    value.get_by_text("Show the other").click()
    expect(value.locator(".more-of")).to_have_count(0)
    assert len(value.locator(".long-text").last.inner_text()) > 1_000_000
    assert page.evaluate("window.stays")
    assert page.url.endswith(address)


def test_without_scripts_ranges_and_folds_are_links(guest: Visitor) -> None:
    page = artifact_record(guest)
    address = page.url
    plain = guest.open(address, has_scripts=False)
    value = plain.get_by_test_id("half-value")
    value.locator("a.range").last.click()
    expect(value.locator(".l:target")).to_have_count(1)
    plain.get_by_test_id("tab-difference").click()
    expect(plain.get_by_test_id("changes")).to_be_visible()


def test_it_fits_a_small_screen_and_has_enough_contrast(guest: Visitor) -> None:
    page = artifact_record(guest, width=360)
    address = page.url
    for path in (address, f"{address}?with=0:0", f"{address}?with=nonsense"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, path
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            assert too_pale(page) == [], (path, scheme)


def test_the_permanent_link_and_the_files_are_there(guest: Visitor) -> None:
    page = artifact_record(guest)
    expect(page.get_by_test_id("permalink")).to_have_text(page.url)
    page.get_by_text("Download").click()
    with page.expect_download() as download:
        page.get_by_test_id("downloads").get_by_text("kcat").click()
    assert download.value.suggested_filename.endswith(".jsonl")
