"""What a person meets whose upload the broker does not take."""

import signal
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import expect

from tests.browser.visitor import AVRO, Visitor, visiting
from tests.browser.windows import Windows
from tests.nodes import NodeProcess, node_process

pytestmark = [pytest.mark.browser, pytest.mark.kafka]


@pytest.fixture
def own_node(tmp_path: Path, free_port: int) -> Iterator[NodeProcess]:
    """With a broker of its own, and little patience."""
    node = node_process(tmp_path / "home", free_port, JOURNAL_RESPONSE_TIMEOUT="2")
    try:
        node.start().wait_until_ready()
        yield node
    finally:
        node.stop()


@pytest.fixture
def broker(own_node: NodeProcess) -> Iterator[psutil.Process]:
    children = psutil.Process(own_node.process.pid).children(recursive=True)
    java = next(child for child in children if child.name() == "java")
    yield java
    java.send_signal(signal.SIGCONT)


@pytest.fixture
def guest(windows: Windows, own_node: NodeProcess) -> Iterator[Visitor]:
    with visiting(windows, own_node.url) as visitor:
        yield visitor


def test_an_upload_without_outcome_shows_the_error_page_and_loses_nothing_on_back(
    guest: Visitor, broker: psutil.Process
) -> None:
    guest.upload("/ui/upload", id="before")
    page = guest.open("/ui/upload")
    page.get_by_test_id("form-id").fill("price")
    page.get_by_test_id("form-group").fill("shop")
    page.locator("[name=text]").fill(AVRO)
    broker.send_signal(signal.SIGSTOP)
    with page.expect_response("**/ui/upload") as answer:
        page.get_by_test_id("modal-btn-upload").click()
    assert answer.value.status == 503

    expect(page.get_by_role("heading", level=1)).to_have_text("Error uploading artifact.")
    expect(page.get_by_test_id("error-btn-reload")).to_be_visible()
    expect(page.get_by_test_id("error-btn-artifacts")).to_be_visible()
    details = page.get_by_test_id("error-details")
    expect(details).to_be_hidden()
    page.get_by_test_id("error-btn-details").click()
    expect(details).to_contain_text("503 NoOutcome")
    expect(details).to_contain_text("request id: ")

    broker.send_signal(signal.SIGCONT)
    page.go_back()
    expect(page.get_by_test_id("form-id")).to_have_value("price")
    expect(page.get_by_test_id("form-group")).to_have_value("shop")
    expect(page.locator("[name=text]")).to_have_value(AVRO)
