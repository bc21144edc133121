"""Fixtures of every test; the parts are the real ones."""

import signal
from collections.abc import Iterator

import pytest
from django.conf import settings

pytest_plugins = [
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


@pytest.fixture(autouse=True)
def settings_restored() -> Iterator[None]:
    """Fail the test that leaves another topic or broker to the tests after it."""
    before = settings.JOURNAL_TOPIC, settings.KAFKA_PROPERTIES
    yield
    assert before == (settings.JOURNAL_TOPIC, settings.KAFKA_PROPERTIES)
