"""Fixtures of every test; the parts are the real ones."""

import signal

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
