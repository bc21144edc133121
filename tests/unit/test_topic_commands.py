"""An interrupt ends a command as one, whatever the client makes of it on its way."""

import os
import signal
from collections.abc import Iterator
from contextlib import suppress

import pytest
from django.conf import settings
from django.core.management import CommandError

from node.cli.topics import ensure_broker


@pytest.fixture(autouse=True)
def some_cluster(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(settings.KAFKA_PROPERTIES, "bootstrap.servers", "127.0.0.1:1")


@pytest.fixture
def interruptible() -> Iterator[None]:
    """As at a terminal, wherever the tests run."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def uninterruptible() -> Iterator[None]:
    """As behind nohup."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    yield
    signal.signal(signal.SIGINT, before)


def client_at_a_bad_moment() -> None:
    with suppress(KeyboardInterrupt):
        os.kill(os.getpid(), signal.SIGINT)
    raise ImportError("Module not found when looking up confluent_kafka.admin.ClusterMetadata")


@pytest.mark.usefixtures("interruptible")
def test_an_interrupt_that_the_client_turned_into_an_import_error() -> None:
    with pytest.raises(CommandError, match="Interrupted") as told, ensure_broker():
        client_at_a_bad_moment()
    assert told.value.returncode == 130


@pytest.mark.usefixtures("interruptible")
def test_an_error_of_its_own_stays_that() -> None:
    with pytest.raises(ImportError), ensure_broker():
        raise ImportError("No module named nothing")


@pytest.mark.usefixtures("interruptible")
def test_interrupts_are_python_s_again_afterwards() -> None:
    with ensure_broker():
        pass
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


@pytest.mark.usefixtures("uninterruptible")
def test_an_interrupt_that_nobody_wants_is_ignored() -> None:
    with ensure_broker():
        os.kill(os.getpid(), signal.SIGINT)
