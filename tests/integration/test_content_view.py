"""Which view the tables are built in, and what is said when newer nodes come later."""

from typing import Any

import pytest
from django.conf import settings
from django.db import connections

from journal.health import node_state
from journal.health.collector import collect_observations
from journal.health.diagnosis import diagnose
from journal.models import ContentView
from tests.journals import load_journal
from tests.nodes import node_running


@pytest.mark.parametrize(
    ("release", "view"),
    [("2.1.5", ContentView.FIRST_WINS), ("2.6.13", ContentView.LAST_WINS)],
)
def test_the_view_is_that_of_the_nodes_that_wrote(
    release: str, view: ContentView, kafka: str, topic: str, sqlite_database: str
) -> None:
    load_journal(kafka, topic, release)

    with node_running(kafka, topic):
        assert node_state.node_state().content_view is view


def test_an_empty_topic_gets_the_view_of_the_node_that_founds_it(node: None) -> None:
    assert node_state.node_state().content_view is ContentView.LAST_WINS


def test_newer_records_that_come_later_ask_for_a_rebuild_and_switch_nothing(
    kafka: str, topic: str, sqlite_database: str
) -> None:
    load_journal(kafka, topic, "2.1.5")
    with node_running(kafka, topic):
        assert "J24" not in codes()
    load_journal(kafka, topic, "2.6.13")

    with node_running(kafka, topic):
        state = node_state.node_state()
        assert state.content_view is ContentView.FIRST_WINS
        assert "J24" in codes()


def codes() -> list[Any]:
    seen = collect_observations(connections["default"], settings.JOURNAL_TOPIC, None)
    return [finding.code for finding in diagnose(seen)]
