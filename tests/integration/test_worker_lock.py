"""The worker lock of a database: one holder at a time, until its session or its block ends."""

import threading
from typing import Any

import pytest
from django.db import connections

from journal.database.worker_lock import hold_worker_lock, hold_worker_lock_within
from tests.databases import pointed_at
from tests.waiting import DEADLINE, holds


@pytest.fixture
def database(each_database: str) -> dict[str, Any]:
    database: dict[str, Any] = connections.settings["journal"]
    return database


def test_a_lock_is_released_at_the_end_of_its_block(database: dict[str, Any]) -> None:
    with hold_worker_lock(database, threading.Event()) as writer:
        assert writer is not None
        with hold_worker_lock_within(database, 0.1) as another:
            assert another is None
    with hold_worker_lock_within(database, DEADLINE) as writer:
        assert writer is not None


def test_a_lock_is_taken_over_from_a_session_that_ends(
    postgresql_url: str, django_db_blocker: Any
) -> None:
    stood_by, took_over = threading.Event(), threading.Event()

    with django_db_blocker.unblock(), pointed_at(postgresql_url):
        database = connections.settings["journal"]

        def stand_by() -> None:
            with hold_worker_lock(database, threading.Event(), stood_by.set) as writer:
                if writer is not None:
                    took_over.set()

        with hold_worker_lock(database, threading.Event()) as first:
            assert first is not None
            thread = threading.Thread(target=stand_by)
            thread.start()
            assert stood_by.wait(DEADLINE)
            assert holds(lambda: not took_over.is_set(), looks=25)
            first.close()
            assert took_over.wait(DEADLINE)
        thread.join()
