"""Fixtures of every test; the parts are the real ones."""

import signal
from collections.abc import Generator

import pytest
from django.conf import settings

pytest_plugins = [
    "tests.own_node",
    "tests.databases",
    "tests.kafka_fixture",
    "tests.nodes",
    "tests.tools",
    "tests.issuer",
    "tests.guarded",
    "tests.order",
    "tests.examples",
]


def pytest_configure() -> None:
    """A shell's background jobs ignore Ctrl-C, and so would every program that tests start."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def _journal() -> object:
    return settings.JOURNAL_TOPIC, dict(settings.KAFKA_PROPERTIES)


_FIRST_JOURNAL = pytest.StashKey[object]()


def pytest_sessionstart(session: pytest.Session) -> None:
    session.stash[_FIRST_JOURNAL] = _journal()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(
    item: pytest.Item, nextitem: pytest.Item | None
) -> Generator[None, None, None]:
    """Fail the file that leaves another topic or broker to the tests after it."""
    yield
    if nextitem is None or nextitem.path != item.path:
        assert _journal() == item.session.stash[_FIRST_JOURNAL]
