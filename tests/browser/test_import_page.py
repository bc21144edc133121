"""An export brought to the page: looked through, shown, stored; and what can't be."""

import io
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.visitor import Visitor
from tests.nodes import NodeProcess
from tests.web import http

pytestmark = [pytest.mark.browser, pytest.mark.kafka]

SAMPLES = sorted((Path(__file__).parent.parent / "data" / "exports").glob("sample-*.zip"))


def test_an_export_is_shown_before_it_is_stored(visitor: Visitor, live_node: NodeProcess) -> None:
    page = visitor.open("/ui/artifacts")
    page.get_by_test_id("toolbar-import").click()
    page.get_by_test_id("form-import-file").set_input_files(SAMPLES[0])
    page.get_by_test_id("btn-look").click()
    expect(page.get_by_test_id("preview")).to_contain_text("Nothing was stored yet")
    assert held(live_node) == 0
    page.get_by_test_id("btn-import").click()
    expect(page.get_by_test_id("imported")).to_be_visible()
    assert held(live_node) > 0
    page.get_by_role("link", name="To the artifacts").click()
    expect(page.get_by_test_id("artifact-list")).to_be_visible()
    page.goto("/ui/import")
    page.get_by_test_id("form-import-file").set_input_files(SAMPLES[0])
    page.get_by_test_id("btn-look").click()
    expect(
        page.get_by_test_id("counts").or_(page.get_by_test_id("conflicts")).first
    ).to_be_visible()


def test_an_invalid_import_is_reported(
    guest: Visitor, shared_node: NodeProcess, tmp_path: Path
) -> None:
    before = held(shared_node)
    hostile = io.BytesIO()
    with zipfile.ZipFile(hostile, "w") as archive:
        archive.writestr("../../etc/passwd.Content.json", b"{}")
    page = guest.open("/ui/import")
    for name, content in (
        ("broken.zip", b"PK\x03\x04"),
        ("hostile.zip", hostile.getvalue()),
        ("longer-than-any-content.zip", b"PK\x03\x04".ljust(25 << 20)),
    ):
        page.goto("/ui/import")
        file = tmp_path / name
        file.write_bytes(content)
        page.get_by_test_id("form-import-file").set_input_files(file)
        page.get_by_test_id("btn-look").click()
        expect(page.get_by_test_id("failed")).to_be_visible()
        expect(page.get_by_role("heading", level=1)).to_contain_text(name)
    assert held(shared_node) == before


def test_the_page_of_the_api(guest: Visitor) -> None:
    page = guest.open("/ui/artifacts")
    page.get_by_role("link", name="REST API").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Registry API v2")
    page.get_by_text("createArtifact").first.locator("xpath=ancestor::details").evaluate(
        "(each) => { each.open = true; }"
    )
    expect(page.get_by_text("X-Registry-ArtifactId")).to_be_visible()
    page.get_by_test_id("openapi").click()
    expect(page.locator("body")).to_contain_text('"openapi":"3.0.3"')


def held(node: NodeProcess) -> int:
    found = http.get(f"{node.url}/apis/registry/v2/search/artifacts").json()
    return int(found["count"])
