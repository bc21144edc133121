"""What rules say, where a person uploads and where a person looks."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from journal.wire.messages import Action, GlobalRuleKey, GlobalRuleValue, Message
from tests.browser.visitor import AVRO, Visitor, overflows
from tests.journals import load_messages
from tests.nodes import NodeProcess
from tests.waiting import until
from tests.web import http

pytestmark = [pytest.mark.browser, pytest.mark.kafka]

_MORE = AVRO.replace("}]", '}, {"name": "currency", "type": "string"}]')
_RULES = {"VALIDITY": "FULL", "COMPATIBILITY": "BACKWARD"}


@pytest.fixture
def ruled(guest: Visitor, kafka: str, shared_node: NodeProcess) -> Iterator[Visitor]:
    """A visitor of a node with global rules, which somebody else wrote, and two artifacts."""
    group = f"{guest.url}/apis/registry/v2/groups/ruled/artifacts?ifExists=RETURN"
    for name, content in (("price", AVRO), ("graph", "type Query { a: Int }")):
        headers = {"X-Registry-ArtifactId": name}
        assert http.post(group, content=content, headers=headers).status_code == 200
    topic = shared_node.environment["JOURNAL_TOPIC"]
    written = [
        Message(GlobalRuleKey("_", rule), GlobalRuleValue(Action.CREATE, level))
        for rule, level in _RULES.items()
    ]
    load_messages(kafka, topic, written)
    rules = f"{guest.url}/apis/registry/v2/admin/rules"
    until(lambda: set(http.get(rules).json()) == _RULES.keys())
    yield guest
    assert http.delete(rules).status_code == 204


def test_a_rejected_upload_lists_every_cause_and_keeps_the_input(ruled: Visitor) -> None:
    for width, scheme in ((360, "dark"), (1440, "light")):
        page = ruled.open("/ui/upload?as=version&group=ruled&id=price", width=width, scheme=scheme)
        page.locator("[name=text]").fill(_MORE)
        page.get_by_test_id("modal-btn-upload").click()
        told = page.get_by_test_id("upload-violates")
        expect(told).to_contain_text("the rule COMPATIBILITY (BACKWARD) refuses it")
        expect(told).to_contain_text("The field currency of Price is new and has no default")
        expect(told).to_contain_text("/fields/1")
        expect(page.locator("[name=text]")).to_have_value(_MORE)
        assert not overflows(page)
        page.locator("[name=text]").fill('{"type": "strin"}')
        page.get_by_test_id("modal-btn-upload").click()
        expect(page.get_by_test_id("upload-violates")).to_contain_text("(line 1, column 10)")
        ruled.close(page)


def test_the_page_of_a_version_lists_its_rules_and_idle_ones(ruled: Visitor) -> None:
    page = ruled.open("/ui/artifacts/ruled/graph/versions/1")
    rules = page.get_by_test_id("rules")
    expect(rules).to_contain_text("FULL of all artifacts")
    expect(rules).to_contain_text("This rule does nothing for GRAPHQL.")
    page = ruled.open("/ui/artifacts/ruled/price/versions/1")
    expect(page.get_by_test_id("rules")).not_to_contain_text("does nothing")
