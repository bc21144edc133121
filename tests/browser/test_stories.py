"""What a viewer, a developer and an administrator come for, from the first page to the last."""

import io
import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from tests.browser.stocked import ORDER_NOW, Stocked, avro
from tests.browser.visitor import Visitor, visiting
from tests.browser.windows import Windows

pytestmark = [pytest.mark.browser, pytest.mark.kafka]

_CHANNEL = {"name": "channel", "type": "string", "doc": "Where it was ordered"}
_DEVICE = {"name": "device", "type": "string", "doc": "With what it was ordered"}


@dataclass(frozen=True)
class Screen:
    """`run` counts the screens, on each of which the story goes on with the same shop."""

    run: int
    width: int
    scheme: str

    def opened(self, visitor: Visitor, person: str, path: str) -> Page:
        return visitor.open(path, person=person, width=self.width, scheme=self.scheme)


_SCREENS = [Screen(0, 1440, "light"), Screen(1, 360, "dark")]


@pytest.fixture
def visitor(shop: Stocked, windows: Windows) -> Iterator[Visitor]:
    with visiting(windows, shop.url) as found:
        yield found


on_each_screen = pytest.mark.parametrize(
    "screen", _SCREENS, ids=lambda each: f"{each.width}-{each.scheme}"
)


@on_each_screen
def test_a_viewer_searches_reads_and_compares_and_sees_what_is_locked(
    visitor: Visitor, screen: Screen
) -> None:
    page = screen.opened(visitor, "vera", "/ui/artifacts")
    page.keyboard.press("/")
    page.keyboard.type("order")
    found = page.get_by_test_id("artifact-list").locator("[data-row]")
    page.wait_for_url("**/ui/artifacts?q=order")
    expect(found.first).to_contain_text("shop / order")
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/ui/artifacts/shop/order/versions/*")
    expect(page.get_by_test_id("ace-content")).to_contain_text("shop.Customer")

    locked = page.locator("[data-off=header-btn-upload-version]")
    expect(locked).to_have_attribute("aria-disabled", "true")
    expect(locked).to_contain_text("not allowed. ")
    expect(locked).to_contain_text("DEVELOPER")
    page.get_by_test_id("tab-compare").click()
    page.goto("/ui/artifacts/shop/order/versions/2/compare?with=1")
    expect(page.locator("main")).to_contain_text("currency")

    page.goto("/ui/admin/rules")
    expect(page.get_by_test_id("error-page")).to_contain_text("it needs the role ADMIN")


@on_each_screen
def test_a_developer_is_rejected_corrects_uploads_comments_and_edits(
    visitor: Visitor, screen: Screen
) -> None:
    new = (_CHANNEL, _DEVICE)[screen.run]
    there = [*ORDER_NOW, *[{**_CHANNEL, "default": "web"}][: screen.run]]
    path = f"/ui/artifacts/shop/order/versions/{4 + screen.run}"
    page = screen.opened(visitor, "dora", "/ui/artifacts/shop/order/versions/latest")
    page.get_by_test_id("header-btn-upload-version").click()
    page.locator("[name=text]").fill(avro("Order", [*there, new]))
    page.get_by_test_id("modal-btn-upload").click()
    refusal = page.get_by_test_id("upload-violates")
    expect(refusal).to_contain_text("COMPATIBILITY")
    expect(refusal).to_contain_text(str(new["name"]))
    expect(page.get_by_test_id("look-marks")).to_contain_text(re.compile(r"Line \d+"))

    page.locator("[name=text]").fill(avro("Order", [*there, {**new, "default": "web"}]))
    page.get_by_test_id("modal-btn-upload").click()
    page.wait_for_url(f"**{path}")
    expect(page.get_by_test_id("ace-content")).to_contain_text(str(new["doc"]))

    page.get_by_test_id("tab-comments").click()
    page.get_by_test_id("form-comment").locator("textarea").fill("Ask the web team.")
    page.get_by_test_id("btn-comment").click()
    expect(page.get_by_test_id("comments")).to_contain_text("Ask the web team.")
    expect(page.get_by_test_id("comments")).to_contain_text("dora")

    page.goto(f"{path}/edit")
    page.get_by_test_id("form-labels").fill("pii, billing, web")
    page.locator("main").get_by_test_id("modal-btn-edit").click()
    page.wait_for_url(f"**{path}")
    expect(page.locator("aside .label")).to_have_text(["pii", "billing", "web"])


@on_each_screen
def test_an_administrator_sets_a_rule_and_grants_a_role(visitor: Visitor, screen: Screen) -> None:
    name = f"zoe-{screen.run}"
    page = screen.opened(visitor, "anna", "/ui/admin/rules")
    page.get_by_test_id("rules-compatibility-config-full").click()
    expect(page.get_by_test_id("foreseen")).to_contain_text("would have refused")
    page.get_by_test_id("rule-set").click()
    expect(page.get_by_test_id("rules-compatibility-config-toggle")).to_have_text("FULL")

    page.goto("/ui/admin/roles")
    page.get_by_test_id("btn-grant-access").click()
    page.get_by_test_id("form-principal").fill(name)
    page.get_by_test_id("form-role").select_option("DEVELOPER")
    page.get_by_test_id("modal-btn-grant").click()
    expect(page.get_by_test_id("role-mappings")).to_contain_text(name)
    page.goto("/ui/journal")
    granted = page.locator(".record", has_text=name).first
    expect(granted).to_be_visible()
    page.goto(str(granted.get_attribute("data-src")))
    expect(page.locator("main")).to_contain_text("DEVELOPER")


def test_an_administrator_acknowledges_a_finding_and_exports(
    visitor: Visitor,
) -> None:
    page = _SCREENS[0].opened(visitor, "anna", "/ui/health")
    finding = page.locator("#J04")
    finding.get_by_role("link", name="Acknowledge").click()
    page.locator("main [name=reason]").fill("The old registry still has it.")
    page.get_by_test_id("modal-btn-acknowledge").click()
    expect(page.locator("#J04")).to_contain_text("The old registry still has it.")

    page.goto("/ui/artifacts")
    with page.expect_download() as download:
        page.get_by_test_id("toolbar-export").click()
    archive = zipfile.ZipFile(io.BytesIO(download.value.path().read_bytes()))
    versions = [name for name in archive.namelist() if name.endswith("ArtifactVersion.json")]
    artifacts = {json.loads(archive.read(name))["artifactId"] for name in versions}
    assert {"order", "customer"} <= artifacts
