"""The upload page while somebody types: what would happen, marked lines; and several files."""

import io
import zipfile
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.visitor import AVRO, Visitor, overflows, visiting
from tests.browser.windows import Windows
from tests.kafka_fixture import new_topic
from tests.nodes import NodeProcess, serving, unused_port
from tests.web import http

pytestmark = [pytest.mark.browser, pytest.mark.kafka]

_BROKEN = (
    '{\n "type": "record",\n "name": "Price",\n "fields": [\n  {"name": "cents" "type"}\n ]\n}'
)
_TRANSFER = """files => {
  const transfer = new DataTransfer();
  for (const [name, text] of files) {
    const bytes = Uint8Array.from(text, (each) => each.charCodeAt(0));
    transfer.items.add(new File([bytes], name));
  }
  return transfer;
}"""


@pytest.fixture(scope="module")
def node(kafka: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[NodeProcess]:
    """A node that may fetch from itself."""
    port = unused_port()
    options = {
        "ANNALS_HTTP_PORT": str(port),
        "ANNALS_FETCH_HOSTS": f"127.0.0.1:{port}",
        "ANNALS_RULE_VALIDITY": "FULL",
    }
    folder = tmp_path_factory.mktemp("upload")
    with serving(folder, kafka, new_topic(kafka), **options) as running:
        yield running


@pytest.fixture
def guest(windows: Windows, node: NodeProcess) -> Iterator[Visitor]:
    with visiting(windows, node.url) as visitor:
        yield visitor


def _drop(page: Page, *files: tuple[str, bytes]) -> None:
    # As text: a list of numbers would be a hundred times as much work to send.
    sent = [[name, content.decode("latin-1")] for name, content in files]
    transfer = page.evaluate_handle(_TRANSFER, sent)
    page.dispatch_event("[data-drop]", "drop", {"dataTransfer": transfer})


def test_typing_shows_the_type_and_marks_a_broken_line_at_any_width(guest: Visitor) -> None:
    for width, scheme in ((360, "dark"), (1440, "light")):
        page = guest.open("/ui/upload", width=width, scheme=scheme)
        page.locator("[name=text]").press_sequentially(AVRO[:-1])
        page.locator("[name=text]").press_sequentially("}")
        page.get_by_test_id("form-id").fill(f"typed-{width}")
        expect(page.get_by_test_id("look-type")).to_contain_text("AVRO")
        expect(page.get_by_test_id("look-verdict")).to_contain_text(
            f"Creates artifact default/typed-{width}, AVRO, version 1."
        )
        page.locator("[name=text]").fill(_BROKEN)
        page.locator("[name=type]").select_option("AVRO")
        expect(page.get_by_test_id("look-verdict")).to_contain_text("VALIDITY (FULL) refuses it")
        expect(page.locator(".gutter .stripe.bad")).to_have_attribute("data-marked", "5")
        mark = page.get_by_test_id("look-marks").get_by_role("button")
        expect(mark).to_contain_text("Line 5")
        mark.focus()
        page.keyboard.press("Enter")
        before = "document.querySelector('[name=text]').value.slice(0, at).split('\\n').length"
        at = "document.querySelector('[name=text]').selectionStart"
        assert page.evaluate(f"(() => {{ const at = {at}; return {before}; }})()") == 5
        assert not overflows(page)
        guest.close(page)


def test_the_suggested_id_and_the_references_that_were_found_are_taken(guest: Visitor) -> None:
    money = AVRO.replace('"Price"', '"Money", "namespace": "found"')
    guest.upload("/ui/upload", id="found.Money", group="found", content=money)
    page = guest.open("/ui/upload")
    text = AVRO.replace('"long"', '"found.Money"').replace('"Price"', '"found.Price"')
    page.locator("[name=text]").fill(text)
    page.get_by_test_id("look-take-id").click()
    expect(page.get_by_test_id("form-id")).to_have_value("found.Price")
    expect(page.get_by_test_id("look-verdict")).to_contain_text("VALIDITY (FULL) refuses it")
    page.get_by_test_id("look-map").click()
    expect(page.locator("[name=ref_artifact]").first).to_have_value("found.Money")
    expect(page.get_by_test_id("look-verdict")).to_contain_text("Creates artifact")
    page.get_by_test_id("form-labels").fill("pii, billing")
    page.get_by_test_id("modal-btn-upload").click()
    page.wait_for_url("**/found.Price/versions/1")
    meta = page.request.get("/apis/registry/v2/groups/default/artifacts/found.Price/meta").json()
    assert meta["labels"] == ["pii", "billing"]


def test_a_large_file_is_sent_with_its_progress_and_shows_its_version(guest: Visitor) -> None:
    page = guest.open("/ui/upload")
    large = b'{"type": "string", "doc": "%s"}' % (b"x" * 600_000)
    _drop(page, ("large.avsc", large))
    page.get_by_test_id("form-id").fill("large")
    page.get_by_test_id("modal-btn-upload").click()
    page.wait_for_url("**/ui/artifacts/default/large/versions/1")


def test_several_dropped_files_and_a_zip_lead_to_a_plan_that_is_stored(guest: Visitor) -> None:
    money = AVRO.replace('"Price"', '"Money", "namespace": "dropped"').encode()
    order = AVRO.replace('"long"', '"dropped.Money"').encode()
    page = guest.open("/ui/upload", width=360, scheme="dark")
    page.get_by_test_id("form-group").fill("dropped")
    _drop(page, ("a.avsc", order), ("b.avsc", money))
    page.wait_for_url("**/ui/several/*")
    expect(page.get_by_test_id("plan-fine")).to_contain_text("2 would be stored, in this order")
    expect(page.locator("tr[data-path]").first).to_have_attribute("data-path", "b.avsc")
    assert not overflows(page)
    page.get_by_test_id("modal-btn-upload").click()
    expect(page.get_by_test_id("bundle-done")).to_contain_text("2 stored")
    assert not overflows(page)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.avsc", order)
        archive.writestr("b.avsc", money)
    page.goto("/ui/upload?group=dropped")
    _drop(page, ("all.zip", file.getvalue()))
    page.wait_for_url("**/ui/several/*")
    expect(page.get_by_test_id("plan-nothing")).to_contain_text("2 are there already")


def test_a_url_is_fetched_from_an_allowed_host_and_from_no_other(guest: Visitor) -> None:
    page = guest.open("/ui/upload")
    page.get_by_test_id("tab-from-url").click()
    expect(page.get_by_test_id("url-hosts")).to_contain_text("127.0.0.1:")
    page.get_by_test_id("form-url").fill("http://elsewhere.example/a.json")
    page.get_by_test_id("form-fetch").click()
    expect(page.locator(".from-url .wrong-because")).to_contain_text("none of the hosts")
    guest.upload("/ui/upload", id="source")
    address = f"{guest.url}/apis/registry/v2/groups/default/artifacts/source"
    page.get_by_test_id("form-url").fill(address)
    page.get_by_test_id("form-fetch").click()
    expect(page.locator("[data-file-text] textarea")).to_have_value(AVRO)
    expect(page.get_by_test_id("look-type")).to_contain_text("AVRO")
    page.get_by_test_id("form-id").fill("fetched")
    page.get_by_test_id("modal-btn-upload").click()
    page.wait_for_url("**/ui/artifacts/default/fetched/versions/1")
    assert http.get(address.replace("source", "fetched")).text == AVRO


def test_checking_planning_and_storing_work_without_scripts(guest: Visitor) -> None:
    page = guest.open("/ui/upload", has_scripts=False)
    page.locator("[name=type]").select_option("AVRO")
    page.locator("[name=text]").fill(_BROKEN)
    page.get_by_test_id("btn-check").click()
    expect(page.get_by_test_id("look-marks")).to_contain_text("Line 5")
    expect(page.locator("[name=text]")).to_have_value(_BROKEN)
    files = [
        {"name": "x.avsc", "mimeType": "text/plain", "buffer": AVRO.encode()},
        {"name": "y.avsc", "mimeType": "text/plain", "buffer": AVRO.replace("Pr", "Sl").encode()},
    ]
    page.get_by_test_id("form-group").fill("plain")
    page.locator("[name=file]").set_input_files(files)  # type: ignore[arg-type]
    page.get_by_test_id("modal-btn-upload").click()
    page.wait_for_url("**/ui/several/*")
    page.locator("[name=id-0]").fill("renamed")
    page.get_by_test_id("btn-check").click()
    expect(page.locator("[name=id-0]")).to_have_value("renamed")
    page.get_by_test_id("modal-btn-upload").click()
    expect(page.get_by_test_id("bundle-done")).to_contain_text("2 stored")
    found = page.request.get("/apis/registry/v2/groups/plain/artifacts/renamed")
    assert found.text() == AVRO
