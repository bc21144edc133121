"""The journal of the incident, as a person sees it and works on."""

import json

import pytest
from playwright.sync_api import expect

from tests.browser.incident import RECORDS, wait_until_applied, write_incident
from tests.browser.visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.kafka]

_FOURTH = json.dumps({
    "type": "record",
    "name": "User4",
    "namespace": "foo",
    "fields": [{"name": "active4", "type": ["null", "boolean"]}],
})


@pytest.fixture
def incident(visitor: Visitor, kafka: str, topic: str) -> Visitor:
    """A visitor of a node that has applied the dump's twelve records."""
    write_incident(kafka, topic)
    wait_until_applied(visitor.url, RECORDS)
    return visitor


def test_the_tables_are_shown_as_the_incident_left_them(kept_incident: Visitor) -> None:
    page = kept_incident.open("/ui/tables")
    sequences = page.get_by_test_id("sequences").locator("tbody tr")
    expect(sequences).to_have_text([
        "_contentId23 behind: the next id is taken already",
        "_globalId23 behind: the next id is taken already",
    ])
    artifact = page.get_by_test_id("artifacts").locator("tbody tr").first
    expect(artifact).to_contain_text("___$GROUPID$__d0c00bec-3e4a-4386-ad67-b23b5a91ce96AVRO")
    content = page.get_by_test_id("contents").locator("tbody tr").nth(2)
    expect(content).to_contain_text("_306f0fb80396e…b11088caecbc…")
    expect(content.locator(".text")).to_contain_text('"name": "User3"')


def test_an_open_page_shows_a_broken_sequence_without_asking_for_it(
    visitor: Visitor, kafka: str, topic: str
) -> None:
    page = visitor.open("/ui/health")
    expect(page.get_by_test_id("all-quiet")).to_be_visible()
    expect(page.get_by_test_id("node-state")).to_contain_text("In step")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    write_incident(kafka, topic)
    page.locator("#J03").wait_for()
    assert asked == []
    expect(page.locator("#J03 .since")).to_contain_text("with offset")
    expect(page.get_by_test_id("node-state")).to_contain_text("2 errors")


def test_each_finding_has_its_evidence_consequence_and_commands_to_copy(
    kept_incident: Visitor,
) -> None:
    page = kept_incident.open("/ui/health")
    for code in ("J02", "J03"):
        finding = page.locator(f"#{code}")
        expect(finding).to_contain_text("the highest id in use is 3")
        for name in ("Evidence", "Consequence", "Remedy"):
            expect(finding.get_by_role("term").filter(has_text=name)).to_be_visible()
        command = finding.locator(".command").last
        expect(command.locator("pre")).to_contain_text("/apis/registry/v2/admin/import")
        command.get_by_role("button").click()
        expect(command.get_by_role("button")).to_have_text("Copied")


def test_the_fourth_schema_is_stored_as_content_4(incident: Visitor) -> None:
    page = incident.open("/ui/upload")
    page.locator("[name=text]").fill(_FOURTH)
    page.get_by_test_id("modal-btn-upload").click()
    page.wait_for_url("**/ui/artifacts/default/*/versions/1")
    expect(page.locator(".meta div").filter(has_text="Content id")).to_have_text("Content id4")
    journal = incident.open("/ui/journal")
    expect(
        journal.locator(".remark").filter(has_text="already in use: contentId 3")
    ).to_be_visible()
    tables = incident.open("/ui/tables")
    expect(tables.get_by_test_id("sequences")).not_to_contain_text("behind")
    expect(tables.get_by_test_id("contents").locator("tbody tr")).to_have_count(4)
