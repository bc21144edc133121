"""rebuild: tables derived again, after the losses were reported."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from confluent_kafka import TopicPartition
from confluent_kafka.admin import AdminClient
from django.conf import settings
from django.core.management import CommandError
from django.db import connection, connections

from journal.health.state_digest import state_digest
from journal.models import LedgerRow
from journal.worker.startup import WorkerConfig
from journal.worker.worker import Worker
from registry.models import Artifact
from tests.databases import pointed_at
from tests.journals import DATA
from tests.nodes import worker_in_trouble
from tests.own_node import journal
from tests.reporter import InProcessReporter
from tests.tools import call, delete_topic, load
from tests.waiting import DEADLINE

CAPTURE = DATA / "captures" / "2.6.13.jsonl"
BUG = DATA / "journals" / "bug-after-restart-writes.jsonl"


@pytest.fixture
def loaded(broker: str, each_database: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of a topic that holds a capture, which settings speak of."""
    name = load(CAPTURE)
    monkeypatch.setattr(settings, "JOURNAL_TOPIC", name)
    return name


@contextmanager
def applying(topic: str, view: str = "auto") -> Iterator[None]:
    """A worker that has caught up, until the block ends."""
    config = WorkerConfig(settings.KAFKA_PROPERTIES, topic, view)
    reporter = InProcessReporter(journal().outcomes)
    worker = Worker(config, connections.settings["journal"], reporter)
    thread = threading.Thread(target=worker.run)
    thread.start()
    try:
        assert worker.caught_up.wait(DEADLINE)
        yield
    finally:
        worker.stop()
        thread.join()


def applied(topic: str, view: str = "auto") -> Any:
    with applying(topic, view):
        return state_digest()


def rows() -> dict[str, int]:
    """How many rows each table has, but for the worker's word about itself.

    What is kept to search by is overwritten as it is made anew; till then nothing believes it.
    """
    with connection.cursor() as cursor:
        names = connection.introspection.table_names(cursor)
        counts = {}
        for name in names:
            is_kept = name.startswith(("journal_searchrow", "journal_searchtext"))
            if name.startswith(("registry_", "journal_")) and not (
                is_kept or name == "journal_workerstatus"
            ):
                cursor.execute(f"SELECT count(*) FROM {name}")
                counts[name] = cursor.fetchone()[0]
    return counts


def test_every_table_is_emptied_and_derived_anew_to_the_same_digest(loaded: str) -> None:
    before = applied(loaded)
    assert any(rows().values())

    output = call("rebuild", "--yes")

    assert f"177 records of the topic {loaded}" in output
    assert "nothing is lost" in output
    assert not any(rows().values())
    assert applied(loaded) == before


def test_nothing_changes_without_a_yes(loaded: str, monkeypatch: pytest.MonkeyPatch) -> None:
    before = applied(loaded)
    with pytest.raises(CommandError, match="Nothing was changed"):
        call("rebuild")
    assert state_digest() == before


@pytest.mark.parametrize(("typed", "is_done"), [("rebuild\n", True), ("yes\n", False), ("", False)])
def test_an_operator_at_a_terminal_types_the_word(
    typed: str, is_done: bool, loaded: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    applied(loaded)
    monkeypatch.setattr("sys.stdin", _Terminal(typed))
    if is_done:
        call("rebuild")
    else:
        with pytest.raises(CommandError, match="Nothing was changed"):
            call("rebuild")
    assert Artifact.objects.exists() is not is_done


class _Terminal:
    def __init__(self, typed: str) -> None:
        self._typed = typed

    def isatty(self) -> bool:
        return True

    def readline(self) -> str:
        return self._typed


def test_a_worker_that_runs_is_not_disturbed(loaded: str) -> None:
    with applying(loaded), pytest.raises(CommandError, match="stop the node first"):
        call("rebuild", "--yes")
    assert LedgerRow.objects.count() == 177


def test_another_content_view_is_taken_after_a_rebuild(
    broker: str, each_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    topic = load(BUG)
    monkeypatch.setattr(settings, "JOURNAL_TOPIC", topic)
    before = applied(topic, "first-wins")
    assert applied(topic, "last-wins") == before

    call("rebuild", "--yes")

    after = applied(topic, "last-wins")
    assert after.content_view == "last-wins"
    assert after.value != before.value
    replayed = call("replay", "--content-view", "last-wins")
    assert replayed.startswith(after.value)


def test_records_that_are_only_in_the_tables_are_reported(broker: str, loaded: str) -> None:
    before = applied(loaded)
    admin = AdminClient({"bootstrap.servers": broker})
    for gone in admin.delete_records([TopicPartition(loaded, 0, 20)]).values():
        gone.result(DEADLINE)

    with pytest.raises(CommandError):
        call("rebuild")
    assert state_digest() == before

    output = call("rebuild", "--yes")
    assert "20 records of partition 0 (20 of them applied)" in output
    assert "offsets 0 to 19" in output
    assert applied(loaded).value != before.value


def test_tables_of_a_topic_that_was_made_again_can_be_given_up(broker: str, loaded: str) -> None:
    applied(loaded)
    delete_topic(broker, loaded)
    call("load_dump", BUG, "--topic", loaded)
    with worker_in_trouble(loaded):
        pass

    output = call("rebuild", "--yes")

    assert "deleted and made again" in output
    after = applied(loaded)
    assert call("replay").startswith(after.value)


def test_tables_of_a_topic_that_is_gone_or_another_can_be_given_up(
    broker: str, loaded: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    applied(loaded)
    other = load(BUG)
    with monkeypatch.context() as patched:
        patched.setattr(settings, "JOURNAL_TOPIC", other)
        with pytest.raises(CommandError):
            call("rebuild")
    delete_topic(broker, loaded)
    assert "All of it is lost" in call("rebuild", "--yes")
    assert "nothing to lose" in call("rebuild", "--yes")

    monkeypatch.setattr(settings, "JOURNAL_TOPIC", other)
    assert call("replay").startswith(applied(other).value)


def test_a_node_without_tables_is_reported(
    broker: str, tmp_path: Any, django_db_blocker: Any
) -> None:
    file = tmp_path / "none.sqlite3"
    with (
        django_db_blocker.unblock(),
        pointed_at(f"sqlite://{file}"),
        pytest.raises(CommandError, match="no tables"),
    ):
        call("rebuild", "--yes")
    assert not file.exists()
