"""The worker lock of a database: one holder at a time, until its session or its block ends."""

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
def database(each_database: str) -> dict[str, Any]:
    database: dict[str, Any] = connections.settings["journal"]
    return database


@contextmanager
def open_writer(database: dict[str, Any]) -> Iterator[Writer]:
    writer = Writer(database)
    try:
        yield writer
    finally:
        writer.close()


def test_a_lock_is_released_while_the_session_goes_on(
    database: dict[str, Any],
) -> None:
    with open_writer(database) as one, open_writer(database) as other:
        with hold_worker_lock(one, database, threading.Event()) as is_mine:
            assert is_mine
            with hold_worker_lock_within(other, database, 0.1) as is_the_others:
                assert not is_the_others
        with hold_worker_lock_within(other, database, DEADLINE) as is_the_others:
            assert is_the_others
        with hold_worker_lock(one, database, threading.Event()) as is_mine:
            assert is_mine


def test_a_lock_is_taken_over_from_a_session_that_ends(
    database: dict[str, Any],
) -> None:
    stood_by, took_over = threading.Event(), threading.Event()

    def stand_by() -> None:
        with (
            open_writer(database) as next_one,
            hold_worker_lock(next_one, database, threading.Event(), stood_by.set) as is_mine,
        ):
            if is_mine:
                took_over.set()

    with open_writer(database) as first:
        with hold_worker_lock(first, database, threading.Event()):
            thread = threading.Thread(target=stand_by)
            thread.start()
            assert stood_by.wait(DEADLINE)
            assert holds(lambda: not took_over.is_set(), looks=25)
            first.close()
        assert took_over.wait(DEADLINE)
        thread.join()
