"""The claim on a database: who has it, and when it is given back."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connections

from journal.database.worker_lock import hold_worker_lock, hold_worker_lock_within
from journal.database.writer import Writer
from tests.waiting import DEADLINE, holds


@pytest.fixture
def settings_of_each(each_database: str) -> dict[str, Any]:
    found: dict[str, Any] = connections.settings["journal"]
    return found


@contextmanager
def writing(database: dict[str, Any]) -> Iterator[Writer]:
    writer = Writer(database)
    try:
        yield writer
    finally:
        writer.close()


def test_a_claim_is_given_back_while_the_session_goes_on(
    settings_of_each: dict[str, Any],
) -> None:
    with writing(settings_of_each) as one, writing(settings_of_each) as other:
        with hold_worker_lock(one, settings_of_each, threading.Event()) as is_mine:
            assert is_mine
            with hold_worker_lock_within(other, settings_of_each, 0.1) as is_the_other_s:
                assert not is_the_other_s
        with hold_worker_lock_within(other, settings_of_each, DEADLINE) as is_the_other_s:
            assert is_the_other_s
        with hold_worker_lock(one, settings_of_each, threading.Event()) as is_mine:
            assert is_mine


def test_a_claim_is_taken_over_from_a_session_that_ends(
    settings_of_each: dict[str, Any],
) -> None:
    stood_by, took_over = threading.Event(), threading.Event()

    def stand_by() -> None:
        with (
            writing(settings_of_each) as next_one,
            hold_worker_lock(
                next_one, settings_of_each, threading.Event(), stood_by.set
            ) as is_mine,
        ):
            if is_mine:
                took_over.set()

    with writing(settings_of_each) as first:
        with hold_worker_lock(first, settings_of_each, threading.Event()):
            thread = threading.Thread(target=stand_by)
            thread.start()
            assert stood_by.wait(DEADLINE)
            assert holds(lambda: not took_over.is_set(), looks=25)
            first.close()
        assert took_over.wait(DEADLINE)
        thread.join()
