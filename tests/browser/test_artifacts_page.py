"""The list of artifacts in a browser: searching, narrowing, selecting."""

import io
import uuid
import zipfile
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.visitor import AVRO, Visitor, visiting
from tests.browser.windows import Windows
from tests.nodes import NodeProcess
from tests.waiting import until
from tests.web import http

pytestmark = [pytest.mark.browser, pytest.mark.kafka]

_CONTENTS = {
    ("shop", "order"): '{"title": "Order", "properties": {"shippingAddress": {}}}',
    ("shop", "price"): '{"title": "Price", "properties": {"cents<b>": {}}}',
    ("shop", "stock"): '{"title": "Stock", "description": "Of the store"}',
    ("odd group/x", "a/b c"): AVRO,
}


@pytest.fixture
def four(windows: Windows, kept_node: NodeProcess) -> Iterator[Visitor]:
    """A visitor of a node with four artifacts and no other."""
    url = f"{kept_node.url}/apis/registry/v2/groups"
    for group, artifact_id in _CONTENTS:
        path = f"{url}/{_quoted(group)}/artifacts/{_quoted(artifact_id)}"
        assert http.delete(path).status_code in {204, 404}
    for (group, artifact_id), content in _CONTENTS.items():
        answer = http.post(
            f"{url}/{_quoted(group)}/artifacts?ifExists=RETURN",
            content=content,
            headers=_headers(artifact_id, "AVRO" if content == AVRO else "JSON"),
        )
        assert answer.status_code == 200, answer.text
    with visiting(windows, kept_node.url) as visitor:
        yield visitor


def _headers(artifact_id: str, kind: str) -> dict[str, str]:
    return {
        "Content-Type": "application/json",
        "X-Registry-ArtifactId": artifact_id,
        "X-Registry-ArtifactType": kind,
    }


def _quoted(text: str) -> str:
    return "".join(f"%{byte:02X}" for byte in text.encode())


def _names(page: Page) -> list[str]:
    return page.get_by_test_id("artifact-link").all_inner_texts()


def test_an_uploaded_artifact_can_soon_be_searched(four: Visitor) -> None:
    word = f"unheard{uuid.uuid4().hex}"
    answer = http.post(
        f"{four.url}/apis/registry/v2/groups/shop/artifacts?ifExists=UPDATE",
        json={"title": word},
        headers=_headers("late", "JSON"),
    )
    assert answer.status_code == 200, answer.text
    until(lambda: "/artifacts/shop/late/" in http.get(f"{four.url}/ui/artifacts?q={word}").text)
    assert http.delete(f"{four.url}/apis/registry/v2/groups/shop/artifacts/late").is_success


def test_typing_finds_contents_and_marks_the_hits(four: Visitor) -> None:
    page = four.open("/ui/artifacts")
    page.get_by_test_id("toolbar-filter-value").press_sequentially("shippinga")
    page.wait_for_url("**/ui/artifacts?q=shippinga")
    expect(page.get_by_test_id("artifact-link")).to_have_count(1)
    expect(page.get_by_test_id("snippet").locator("mark")).to_have_text(
        "shippingA", ignore_case=True
    )
    page.get_by_test_id("toolbar-filter-value").fill("CENTS<b")
    expect(page.get_by_test_id("snippet")).to_contain_text('"cents<b>"')
    expect(page.get_by_test_id("snippet").locator("b")).to_have_count(0)
    page.get_by_test_id("toolbar-filter-value").fill("sto")
    expect(page.locator(".title mark")).to_have_text("Sto")
    page.get_by_test_id("toolbar-filter-value").fill("nothinghere")
    nothing = page.get_by_test_id("nothing-found")
    expect(nothing).to_contain_text("No artifact has “nothinghere”")
    nothing.get_by_role("link", name="Show all artifacts").click()
    expect(page.get_by_test_id("artifact-link")).to_have_count(4)


def test_a_badge_narrows_the_list_and_its_chip_widens_it(four: Visitor) -> None:
    page = four.open("/ui/artifacts?sort=-name")
    page.locator(".badge", has_text="AVRO").click()
    page.wait_for_url("**type=AVRO**")
    expect(page.get_by_test_id("artifact-link")).to_have_count(1)
    page.goto("/ui/artifacts?q=o&group=shop&state=ENABLED&labels=none")
    chips = page.get_by_test_id("chips")
    expect(chips.locator("[data-chip]")).to_have_count(3)
    expect(
        page.get_by_test_id("nothing-found").get_by_role("link", name="Drop label none")
    ).to_be_visible()
    chips.get_by_role("link", name="label none").click()
    expect(page.get_by_test_id("artifact-link")).to_have_count(3)
    assert "group=shop" in page.url
    assert "labels" not in page.url
    page.locator(".more-filters summary").click()
    page.locator("select[name=state]").first.select_option("DISABLED")
    expect(page.get_by_test_id("nothing-found")).to_be_visible()


def test_rows_selected_by_range_and_key_stay_selected_while_others_arrive(four: Visitor) -> None:
    page = four.open("/ui/artifacts?sort=name&group=shop")
    boxes = page.locator("[name=select]")
    expect(page.get_by_test_id("bulk-delete")).to_be_disabled()
    boxes.nth(0).check()
    boxes.nth(2).click(modifiers=["Shift"])
    bar = page.get_by_test_id("bulk")
    expect(bar).to_contain_text("3 selected")
    page.get_by_test_id("artifact-link").nth(1).focus()
    page.keyboard.press("x")
    expect(bar).to_contain_text("2 selected")
    body = '{"title": "Later"}'
    address = f"{four.url}/apis/registry/v2/groups/shop/artifacts"
    later = _headers("later", "JSON")
    assert http.post(address, content=body, headers=later).status_code == 200
    expect(page.get_by_test_id("artifact-link")).to_have_count(4)
    expect(bar).to_contain_text("2 selected")
    expect(page.get_by_test_id("artifact-link").nth(2)).to_be_focused()
    assert http.delete(f"{address}/later").status_code == 204
    expect(page.get_by_test_id("artifact-link")).to_have_count(3)


def test_labels_and_states_are_set_for_all_that_are_selected(four: Visitor) -> None:
    page = four.open("/ui/artifacts?group=shop")
    page.locator("[data-all]").check()
    page.get_by_test_id("bulk-label").fill("pii")
    page.get_by_test_id("bulk-add-label").click()
    expect(page.get_by_test_id("toast")).to_have_text("Added the label “pii” to 3 artifacts.")
    assert page.url.endswith("/ui/artifacts?group=shop")
    expect(page.locator("a.label", has_text="pii")).to_have_count(3)
    page.locator("[name=select]").first.check()
    page.locator(".bulk [name=state]").select_option("DEPRECATED")
    page.get_by_test_id("bulk-state").click()
    expect(page.get_by_test_id("toast")).to_have_text("Set the state deprecated of 1 artifact.")
    page.locator("[data-all]").check()
    page.get_by_test_id("bulk-label").fill("pii")
    page.get_by_test_id("bulk-remove-label").click()
    expect(page.locator("a.label")).to_have_count(0)


def test_a_download_has_each_content_under_a_safe_name(four: Visitor) -> None:
    page = four.open("/ui/artifacts")
    page.locator("[data-all]").check()
    with page.expect_download() as saved:
        page.get_by_test_id("bulk-download").click()
    archive = zipfile.ZipFile(io.BytesIO(saved.value.path().read_bytes()))
    assert {name: archive.read(name).decode() for name in archive.namelist()} == {
        "odd_group_x/a_b_c.avsc": AVRO,
        **{f"shop/{id}.json": _CONTENTS["shop", id] for id in ("order", "price", "stock")},
    }


def test_selected_artifacts_are_deleted_after_a_confirmation_also_without_scripts(
    four: Visitor,
) -> None:
    page = four.open("/ui/artifacts?q=o&sort=name", has_scripts=False)
    page.locator("[name=select][value='shop/order']").check()
    page.locator("[name=select][value='shop/stock']").check()
    page.get_by_test_id("bulk-delete").click()
    expect(page.get_by_test_id("going").locator("li")).to_have_count(2)
    page.get_by_test_id("modal-btn-cancel").click()
    expect(page.locator("[name=select][value='shop/order']")).to_have_count(1)
    page.locator("[name=select][value='shop/order']").check()
    page.locator("[name=select][value='shop/stock']").check()
    page.get_by_test_id("bulk-delete").click()
    page.get_by_test_id("modal-btn-delete").click()
    expect(page.get_by_test_id("toast")).to_have_text("Deleted 2 artifacts.")
    assert page.url.endswith("/ui/artifacts?q=o&sort=name")
    expect(page.locator("[name=select][value='shop/order']")).to_have_count(0)
    page.get_by_test_id("toast").get_by_role("link", name="Close").click()
    expect(page.get_by_test_id("toast")).to_have_count(0)


def test_a_failed_action_is_reported_for_each_artifact(four: Visitor) -> None:
    # Without scripts the list still shows what was deleted meanwhile.
    page = four.open("/ui/artifacts?group=shop", has_scripts=False)
    page.locator("[name=select][value='shop/order']").check()
    page.locator("[name=select][value='shop/stock']").check()
    gone = f"{four.url}/apis/registry/v2/groups/shop/artifacts/stock"
    assert http.delete(gone).status_code == 204
    page.get_by_test_id("bulk-label").fill("pii")
    page.get_by_test_id("bulk-add-label").click()
    outcome = page.get_by_test_id("selected-outcome")
    expect(outcome).to_contain_text("Added the label “pii” to 1 artifact.")
    expect(outcome.locator("li")).to_have_count(1)
    expect(outcome).to_contain_text("shop/stock")


def test_the_list_fits_a_small_screen(four: Visitor) -> None:
    page = four.open("/ui/artifacts?q=o&group=shop&type=JSON&labels=&sort=name", width=360)
    page.locator("[data-all]").check()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.locator(".more-filters summary").click()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
