"""The topic's settings on a real broker: judged by where they come from, changed when asked."""

import sys
from collections.abc import Iterator
from io import StringIO
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.management import CommandError

from journal.health.node_state import node_state
from journal.health.topic_requirements import check_settings
from journal.kafka.errors import BrokerError, NotAuthorized
from journal.kafka.topic_description import Setting, SettingSource
from journal.kafka.topics import TopicAdmin
from tests.integration.test_health import codes, finding
from tests.journals import load_journal
from tests.nodes import node_running
from tests.own_node import Client
from tests.tools import call
from tests.waiting import until

pytestmark = pytest.mark.kafka

PAGE = "/ui/health/mend/settings"


@pytest.fixture
def compacting(kafka: str, topic: str, sqlite_database: str) -> Iterator[TopicAdmin]:
    """A node on a topic that compacts and keeps its records for a day only."""
    admin = TopicAdmin({"bootstrap.servers": kafka}, topic)
    admin.set_config({"cleanup.policy": "compact,delete", "retention.ms": "86400000"})
    load_journal(kafka, topic, "bug-before")
    with node_running(kafka, topic):
        until(lambda: {"J01", "J07"} <= set(codes()))
        yield admin


def test_a_topic_that_a_node_creates_has_every_required_setting(kafka: str) -> None:
    topic = TopicAdmin({"bootstrap.servers": kafka}, f"journal-{uuid4().hex}")
    topic.create()
    description = topic.describe()
    assert [
        setting
        for setting in check_settings(description, settings.ANNALS_LIMIT_CONTENT_BYTES)
        if setting.severity
    ] == []
    assert (description.refused, description.denied, description.brokers) == ("", (), 1)
    assert description.settings["max.message.bytes"] == Setting(
        "16777216", SettingSource.STATIC_BROKER
    )
    assert description.settings["delete.retention.ms"].source is SettingSource.DEFAULT


def test_the_health_page_checks_each_setting(compacting: TopicAdmin) -> None:
    page = Client().get("/ui/health").content.decode()
    assert 'data-testid="topic-settings"' in page
    assert "86400000</span> <span" in page
    assert "1 day" in page
    assert "Compaction removes records whose key was written again." in page
    assert "kind: KafkaTopic" in page


def test_only_chosen_settings_are_changed(compacting: TopicAdmin) -> None:
    browser = Client()
    page = browser.get(PAGE).content.decode()
    assert 'value="cleanup.policy=delete" checked' in page
    assert "retention.ms: -1" in page
    form = {"topic": compacting.name, "shown": ["retention.ms=-1"]}
    response = browser.post(PAGE, form).content.decode()
    assert "retention.ms is -1 now" in response
    assert "cleanup.policy=delete" in response
    assert compacting.config()["cleanup.policy"] == "compact,delete"
    until(lambda: "J07" not in codes())
    assert "J01" in codes()


def test_a_change_of_nothing_is_rejected(compacting: TopicAdmin) -> None:
    response = Client().post(PAGE, {"topic": compacting.name})
    assert response.status_code == 409
    assert "No setting was chosen" in response.content.decode()


def test_another_name_changes_nothing(compacting: TopicAdmin) -> None:
    response = Client().post(PAGE, {"topic": "another", "shown": "cleanup.policy=delete"})
    assert response.status_code == 409
    assert "is not the topic" in response.content.decode()
    assert compacting.config()["cleanup.policy"] == "compact,delete"


def test_a_form_without_its_token_changes_nothing(compacting: TopicAdmin) -> None:
    browser = Client(enforce_csrf_checks=True)
    response = browser.post(PAGE, {"topic": compacting.name, "shown": "cleanup.policy=delete"})
    assert response.status_code == 403
    assert compacting.config()["cleanup.policy"] == "compact,delete"


def test_a_finding_comes_and_goes_with_the_setting_behind_it(compacting: TopicAdmin) -> None:
    compacting.set_config({"cleanup.policy": "delete", "retention.ms": None})
    until(lambda: "J01" not in codes())
    assert "J07" not in codes(), "the brokers of the test keep without limit"
    compacting.set_config({"message.timestamp.type": "CreateTime"})
    until(lambda: "J11" in codes())
    assert finding("J11").severity == "info"


def test_the_first_loss_is_described_with_dates(compacting: TopicAdmin) -> None:
    def evidence() -> str:
        return " ".join(finding("J07").evidence)

    until(lambda: "1 day after it was written" in evidence())  # once the node has read the records
    assert "The first to go: " in evidence()


def test_a_topic_that_vanished_is_not_reported_as_forbidden(compacting: TopicAdmin) -> None:
    compacting.delete()
    with pytest.raises(BrokerError) as refused:
        compacting.describe()
    assert not isinstance(refused.value, NotAuthorized)
    until(lambda: node_state().trouble)
    assert "J21" not in codes()


class TestCommand:
    def test_a_dry_run_shows_before_and_after(self, compacting: TopicAdmin) -> None:
        output = call("repair", "topic-config", "--dry-run")
        assert "retention.ms: now 86400000 (1 day), from the topic; then -1" in output
        assert output.index("kind: KafkaTopic") > 0
        assert compacting.config()["cleanup.policy"] == "compact,delete"

    def test_the_name_is_asked_for(
        self, compacting: TopicAdmin, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sys, "stdin", StringIO("another\n"))
        with pytest.raises(CommandError, match="Nothing was changed"):
            call("repair", "topic-config")
        monkeypatch.setattr(sys, "stdin", StringIO(f"{compacting.name}\n"))
        output = call("repair", "topic-config")
        assert f"Type {compacting.name} to change it:" in output
        assert "cleanup.policy is delete now" in output
        assert compacting.config()["retention.ms"] == "-1"
        assert "every setting" in call(
            "repair", "topic-config", "--yes", "--topic", compacting.name
        )

    def test_settings_can_be_chosen(self, compacting: TopicAdmin) -> None:
        name = compacting.name
        call("repair", "topic-config", "retention.ms", "--yes", "--topic", name)
        assert compacting.config()["cleanup.policy"] == "compact,delete"
        assert compacting.config()["retention.ms"] == "-1"
        with pytest.raises(CommandError, match=r"Nothing is to be changed of retention\.ms"):
            call("repair", "topic-config", "retention.ms", "--yes", "--topic", name)
