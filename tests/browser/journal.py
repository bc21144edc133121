"""A long journal and the node on it, for tests of the journal's page."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from journal.kafka.loader import load_records
from journal.kafka.records import Record
from journal.wire.messages import (
    Action,
    ArtifactKey,
    ArtifactValue,
    ContentIdKey,
    ContentIdValue,
    ContentV2Key,
    ContentV2Value,
    GlobalIdKey,
    GlobalIdValue,
    Message,
)
from registry.references import content_hash
from tests.browser.incident import wait_until_applied
from tests.journals import record
from tests.kafka_fixture import new_topic
from tests.nodes import NodeProcess, serving

_UPLOADS = 1500
#: Rows that the page asks for at once.
WINDOW = 60


class Journal:
    """A topic, the node on it, and the uploads that somebody else writes there."""

    node: NodeProcess

    def __init__(self, kafka: str, topic: str) -> None:
        self.kafka, self.topic = kafka, topic
        self.written = 0

    def write(self, uploads: int) -> None:
        messages: list[Record] = []
        for number in range(self.written // 4 + 1, self.written // 4 + 1 + uploads):
            for message in _upload(number):
                messages.append(record(message, self.written))
                self.written += 1
        load_records({"bootstrap.servers": self.kafka}, self.topic, messages)

    def wait_until_applied(self) -> None:
        wait_until_applied(self.node.url, self.written)


def _upload(number: int) -> list[Message]:
    content = f'{{"number": {number}}}'.encode()
    hashed = content_hash(content, None)
    made = ArtifactValue(
        Action.CREATE,
        artifact_type="JSON",
        content_hash=hashed,
        global_id=number,
        created_on=1,
    )
    said = ContentV2Value(Action.CREATE_OR_UPDATE, hashed, "c" * 64, content)
    return [
        Message(ContentIdKey("_", "u"), ContentIdValue(Action.CREATE)),
        Message(GlobalIdKey("_", "u"), GlobalIdValue(Action.CREATE)),
        Message(ContentV2Key("_", number), said),
        Message(ArtifactKey("_", None, f"order-{number}", "u"), made),
    ]


@pytest.fixture(scope="module")
def journal(kafka: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Journal]:
    made = Journal(kafka, new_topic(kafka))
    made.write(_UPLOADS)
    with serving(tmp_path_factory.mktemp("journal"), kafka, made.topic) as made.node:
        made.wait_until_applied()
        yield made


def is_live(page: Page) -> Page:
    """Wait until the page follows the journal."""
    expect(page.locator("[data-live-word]")).to_contain_text("Live")
    return page
