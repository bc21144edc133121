"""What a person does in a browser, on a real node."""

import pytest
from playwright.sync_api import expect

from tests.browser.contrast import too_pale
from tests.browser.visitor import AVRO, Visitor
from tests.web import http

pytestmark = [pytest.mark.browser, pytest.mark.kafka]

_PAGES = (
    "/ui/artifacts",
    "/ui/artifacts/contrast/price/versions/latest",
    "/ui/artifacts/contrast/price/delete",
    "/ui/upload",
    "/ui/journal",
    "/ui/journal/0/0",
    "/ui/tables",
    "/ui/health",
    "/ui/artifacts/default/gone/versions/1",
)


def test_an_upload_shows_its_version_and_appears_live_in_the_journal_and_the_list(
    visitor: Visitor,
) -> None:
    journal, artifacts = visitor.open("/ui/journal"), visitor.open("/ui/artifacts")
    expect(journal.locator("[data-live-word]")).to_contain_text("Live")
    expect(artifacts.get_by_test_id("empty-btn-upload")).to_be_visible()
    page = visitor.open("/ui/upload")
    file = {"name": "price.avsc", "mimeType": "application/json", "buffer": AVRO.encode()}
    page.locator("[name=file]").set_input_files(file)  # type: ignore[arg-type]
    expect(page.locator("[data-chosen]")).to_contain_text("price.avsc")
    page.get_by_test_id("form-id").fill("price")
    page.get_by_test_id("modal-btn-upload").click()
    page.wait_for_url("**/ui/artifacts/default/price/versions/1")
    expect(page.get_by_test_id("ace-content")).to_have_text(AVRO)
    newest = journal.locator(".record").first
    expect(newest).to_contain_text("create artifact price")
    expect(artifacts.get_by_test_id("artifact-list")).to_contain_text("price")
    newest.locator("summary").click()
    said = newest.locator(".op-parts .record")
    expect(said).to_have_count(4)
    said.last.locator("summary").click()
    expect(said.last.locator(".hex").first).to_be_visible()
    http.delete(f"{visitor.url}/apis/registry/v2/groups/default/artifacts/price")
    expect(artifacts.get_by_test_id("empty")).to_be_visible()


def test_uploading_an_id_that_exists_offers_a_new_version_and_keeps_what_was_entered(
    guest: Visitor,
) -> None:
    guest.upload("/ui/upload", id="price", group="shop")
    page = guest.open("/ui/upload")
    page.get_by_test_id("form-id").fill("price")
    page.get_by_test_id("form-group").fill("shop")
    file = {"name": "text.avsc", "mimeType": "application/json", "buffer": b'"string"\r\n'}
    page.locator("[name=file]").set_input_files(file)  # type: ignore[arg-type]
    page.locator("[name=type]").select_option("AVRO")
    page.get_by_test_id("modal-btn-upload").click()
    offer = page.get_by_test_id("upload-exists")
    expect(offer).to_contain_text("shop/price exists already")
    expect(page.get_by_test_id("form-group")).to_have_value("shop")
    offer.get_by_role("button").click()
    page.wait_for_url("**/ui/artifacts/shop/price/versions/2")
    raw = page.request.get("/apis/registry/v2/groups/shop/artifacts/price/versions/2")
    assert raw.body() == b'"string"\r\n'


def test_an_error_is_shown_beside_its_field_and_the_input_stays(guest: Visitor) -> None:
    page = guest.open("/ui/upload")
    page.get_by_test_id("form-name").fill("A name")
    page.locator("[name=text]").fill("no schema at all")
    page.get_by_test_id("modal-btn-upload").click()
    expect(page.locator(".drop .wrong-because")).to_contain_text("type can't be told")
    expect(page.locator("[name=text]")).to_have_value("no schema at all")
    expect(page.get_by_test_id("form-name")).to_have_value("A name")


def test_the_error_page_has_its_three_actions(guest: Visitor) -> None:
    page = guest.open("/ui/artifacts/default/gone/versions/1")
    details = page.get_by_test_id("error-details")
    expect(details).to_be_hidden()
    page.get_by_test_id("error-btn-details").click()
    expect(details).to_contain_text("404 VersionNotFound")
    with page.expect_response("**/gone/versions/1") as answer:
        page.get_by_test_id("error-btn-reload").click()
    assert answer.value.status == 404
    page.get_by_test_id("error-btn-artifacts").click()
    page.wait_for_url("**/ui/artifacts")


def test_pause_counts_what_it_holds_back(guest: Visitor) -> None:
    journal = guest.open("/ui/journal?view=records")
    expect(journal.locator("[data-live-word]")).to_contain_text("Live")
    newest = journal.locator(".record").first
    at = int(str(newest.get_attribute("data-at")).removeprefix("0:"))
    pause = journal.locator("[data-pause]")
    pause.click()
    guest.upload("/ui/upload", AVRO.replace("Price", "Held"), id="held")
    expect(pause).to_contain_text("4 held back")
    expect(newest).to_have_attribute("data-at", f"0:{at}")
    pause.click()
    expect(newest).to_have_attribute("data-at", f"0:{at + 4}")
    for held in range(at + 1, at + 4):
        expect(journal.locator(f'.record[data-at="0:{held}"]')).to_have_count(1)


def test_filters_stand_in_the_address_and_hold_for_live_rows(guest: Visitor) -> None:
    guest.upload("/ui/upload", id="first", group="filters")
    journal = guest.open("/ui/journal")
    journal.locator("[data-search]").fill("filtered")
    journal.wait_for_url("**/ui/journal?q=filtered")
    expect(journal.locator(".record")).to_have_count(0)
    expect(journal.locator("[data-live-word]")).to_contain_text("Live")
    guest.upload("/ui/upload", id="filtered", content=AVRO.replace("Price", "Filtered"))
    expect(journal.locator(".record")).to_have_count(1)
    artifacts = guest.open("/ui/artifacts")
    artifacts.keyboard.press("/")
    artifacts.keyboard.type("filtere")
    artifacts.wait_for_url("**/ui/artifacts?q=filtere")
    expect(artifacts.get_by_test_id("artifact-list").locator("li")).to_have_count(1)
    artifacts.keyboard.press("Escape")
    artifacts.keyboard.press("j")
    artifacts.keyboard.press("Enter")
    artifacts.wait_for_url("**/ui/artifacts/default/filtered/versions/latest")


def test_a_deletion_is_confirmed_and_published(guest: Visitor) -> None:
    guest.upload("/ui/upload", id="price", group="deletion")
    page = guest.open("/ui/artifacts/deletion/price/versions/latest")
    page.get_by_test_id("header-btn-delete").click()
    dialog = page.locator("dialog#delete")
    expect(dialog).to_contain_text("Delete deletion/price?")
    dialog.get_by_test_id("modal-btn-cancel").click()
    expect(dialog).to_be_hidden()
    page.get_by_test_id("header-btn-delete").click()
    dialog.get_by_test_id("modal-btn-delete").click()
    page.wait_for_url("**/ui/artifacts")
    page.goto("/ui/artifacts?group=deletion")
    expect(page.get_by_test_id("nothing-found")).to_be_visible()


def test_every_page_fits_a_small_screen_and_has_enough_contrast(guest: Visitor) -> None:
    guest.upload("/ui/upload", id="price", group="contrast")
    page = guest.open("/ui/artifacts", width=360)
    for path in _PAGES:
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, path
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            assert too_pale(page) == [], (path, scheme)


def test_a_toast_is_shown_until_it_is_closed(guest: Visitor) -> None:
    guest.upload("/ui/upload", id="price", group="toasts")
    page = guest.open("/ui/artifacts/toasts/price/delete")
    page.get_by_test_id("modal-btn-delete").click()
    toast = page.get_by_test_id("toast")
    expect(toast).to_have_text("Deleted toasts/price.")
    toast.get_by_role("link", name="Close").click()
    expect(toast).to_have_count(0)
    said = (
        "import('/static/js/toasts.js').then((it) => { it.toast('Not <b>done</b>', {bad: true}) })"
    )
    page.evaluate(said)
    expect(toast).to_have_text("Not done: Not <b>done</b>".replace(": ", ":"))
    expect(toast.locator("b")).to_have_count(0)
