"""What rules say, where a person uploads and where a person looks."""

import pytest
from playwright.sync_api import Page, expect

from journal.messages import Action, GlobalRuleKey, GlobalRuleValue, Message
from tests.browser.conftest import AVRO, Visitor
from tests.journals import put_messages

pytestmark = [pytest.mark.browser, pytest.mark.kafka]

_MORE = AVRO.replace("}]", '}, {"name": "currency", "type": "string"}]')


@pytest.fixture
def ruled(visitor: Visitor, kafka: str, topic: str) -> Visitor:
    """A node with global rules and two artifacts."""
    visitor.upload("/ui/upload", id="price")
    visitor.upload("/ui/upload", "type Query { a: Int }", id="graph")
    rules = {"VALIDITY": "FULL", "COMPATIBILITY": "BACKWARD"}
    said = [
        Message(GlobalRuleKey("_", rule), GlobalRuleValue(Action.CREATE, level))
        for rule, level in rules.items()
    ]
    put_messages(kafka, topic, said)
    page = visitor.open("/ui/artifacts/default/price/versions/1")
    _until_told(page)
    page.context.close()
    return visitor


def _until_told(page: Page) -> None:
    """The page is told of versions, and not of rules: it is opened until they are there."""
    for _ in range(100):
        if "BACKWARD" in page.get_by_test_id("rules").inner_text():
            return
        page.wait_for_timeout(100)
        page.reload()
    raise AssertionError("the rules were never in force")


def _overflows(page: Page) -> bool:
    wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    return bool(page.evaluate(wide))


def test_a_refused_upload_tells_every_cause_and_keeps_what_was_entered(ruled: Visitor) -> None:
    for width, scheme in ((360, "dark"), (1440, "light")):
        page = ruled.open(
            "/ui/upload?as=version&group=default&id=price", width=width, scheme=scheme
        )
        page.locator("[name=text]").fill(_MORE)
        page.get_by_test_id("modal-btn-upload").click()
        told = page.get_by_test_id("upload-violates")
        expect(told).to_contain_text("the rule COMPATIBILITY (BACKWARD) refuses it")
        expect(told).to_contain_text("The field currency of Price is new and has no default")
        expect(told).to_contain_text("/fields/1")
        expect(page.locator("[name=text]")).to_have_value(_MORE)
        assert not _overflows(page)
        page.locator("[name=text]").fill('{"type": "strin"}')
        page.get_by_test_id("modal-btn-upload").click()
        expect(page.get_by_test_id("upload-violates")).to_contain_text("(line 1, column 10)")
        page.context.close()


def test_the_page_of_a_version_tells_its_rules_and_which_does_nothing(ruled: Visitor) -> None:
    page = ruled.open("/ui/artifacts/default/graph/versions/1")
    rules = page.get_by_test_id("rules")
    expect(rules).to_contain_text("FULL of all artifacts")
    expect(rules).to_contain_text("This rule does nothing for GRAPHQL.")
    page = ruled.open("/ui/artifacts/default/price/versions/1")
    expect(page.get_by_test_id("rules")).not_to_contain_text("does nothing")
