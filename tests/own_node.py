"""The node inside the test's process: its journal, and clients whose requests it handles."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import django.test
import pytest
from django.conf import settings

from dashboard.state import DASHBOARD, DashboardState
from journal.commands import Writer
from journal.journal import JOURNAL, Journal
from journal.kafka.topics import KafkaTopic
from journal.publish.publisher import Publisher

#: Those of nested fixtures, the innermost last.
_started: list[DashboardState] = []
#: That of a test which starts none: at most one.
_unstarted: list[DashboardState] = []


@contextmanager
def in_use(journal: Journal) -> Iterator[Journal]:
    """Let commands and clients of tests use this journal."""
    _started.append(DashboardState(journal))
    try:
        yield journal
    finally:
        _started.pop()
        journal.close()


def dashboard() -> DashboardState:
    if _started:
        return _started[-1]
    if not _unstarted:
        topic = KafkaTopic(settings.KAFKA_PROPERTIES, settings.JOURNAL_TOPIC)
        _unstarted.append(DashboardState(Journal(topic)))
    return _unstarted[0]


def stop_following() -> None:
    """Stop following the ledger where no node was started, before its tables go."""
    for state in _unstarted:
        state.journal.outcomes.follower.close()


def journal() -> Journal:
    """Return the journal in use; where no node was started, one that the settings name."""
    return dashboard().journal


def publisher() -> Publisher:
    return journal().publisher


def writer(name: str = "") -> Writer:
    """Return a writer of this name whom no owner binds."""
    return Writer(
        publisher(), name, is_bound_by_artifact_owners=False, is_bound_by_group_owners=False
    )


def scope() -> dict[str, Any]:
    """Return what the web part puts into the scope of each request."""
    return {JOURNAL: journal(), DASHBOARD: dashboard()}


class Client(django.test.Client):
    """Django's test client, whose requests are handled by the node in use.

    A scope given as the default `asgi.scope` takes the place of the node's.
    """

    def _base_environ(self, **request: Any) -> dict[str, Any]:
        environ: dict[str, Any] = super()._base_environ(**request)  # type: ignore[misc]
        return {"asgi.scope": scope(), **environ}


@pytest.fixture
def client() -> Client:
    return Client()


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown() -> None:
    """Close the journal of a test that started no node."""
    while _unstarted:
        _unstarted.pop().journal.close()
