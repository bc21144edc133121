"""Requests that share a thread while they wait: each goes on as if it had the thread alone."""

import sqlite3
import sys
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import closing
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from django.urls import get_urlconf, set_urlconf
from django.utils import timezone

from access import request_ids
from access.request_ids import current_request_id
from node.web.request_threads import Busy, RequestThreads
from registry.connections import read_from, reading_connection
from registry.waiting import pause, wait_for
from tests.waiting import DEADLINE, holds, until

MANY = 300


class Waiting:
    """Work that waits for an outcome: of all that is under way, the outcomes are held back."""

    def __init__(self, threads: RequestThreads) -> None:
        self._threads = threads
        self.outcomes: list[Future[str]] = []

    def start(self, work: Callable[[Callable[[], str]], None]) -> Future[None]:
        """Run `work` with a function that waits for an outcome, as far as that."""
        count = len(self.outcomes)

        def wait() -> str:
            outcome: Future[str] = Future()
            self.outcomes.append(outcome)
            assert wait_for(outcome, DEADLINE)
            return outcome.result()

        running = self._threads.submit(lambda: work(wait))
        until(lambda: running.done() or len(self.outcomes) > count)
        return running


@pytest.fixture
def one_thread() -> Waiting:
    return Waiting(RequestThreads("single", 1, MANY))


def test_hundreds_wait_on_a_few_threads_and_each_gets_its_own_outcome() -> None:
    before = threading.active_count()
    threads = RequestThreads("few", 4, MANY)
    outcomes: list[Future[str]] = [Future() for _ in range(MANY)]
    waiting: dict[int, int] = {}
    got: dict[int, tuple[str, int]] = {}

    def work_of(number: int) -> Callable[[], None]:
        def work() -> None:
            waiting[number] = threading.get_ident()
            assert wait_for(outcomes[number], DEADLINE)
            got[number] = outcomes[number].result(), threading.get_ident()

        return work

    running = [threads.submit(work_of(number)) for number in range(MANY)]
    until(lambda: len(waiting) == MANY)
    assert threading.active_count() <= before + 4
    for number in reversed(range(MANY)):
        outcomes[number].set_result(f"outcome {number}")
    for each in running:
        each.result(DEADLINE)
    assert got == {number: (f"outcome {number}", waiting[number]) for number in range(MANY)}


def test_those_that_wait_are_spread_over_the_threads() -> None:
    """So that few wait on one that is busy for long."""
    threads = RequestThreads("spread", 3, MANY)
    waiting = Waiting(threads)
    ran_on: list[int] = []

    def work(wait: Callable[[], str]) -> None:
        ran_on.append(threading.get_ident())
        wait()

    for _ in range(6):
        until(lambda: len(threads._queue.idle) == len(threads._threads))
        waiting.start(work)
    assert sorted(Counter(ran_on).values()) == [2, 2, 2]


def test_each_waits_for_its_own_deadline() -> None:
    threads = RequestThreads("deadlines", 1, MANY)
    longest = threads.submit(lambda: pause(10 * DEADLINE))
    for seconds in (0.02, 0.01, 0.0):
        threads.submit(partial(pause, seconds)).result(DEADLINE)
    assert not longest.done()


def test_an_outcome_that_comes_late_ends_no_later_wait(one_thread: Waiting) -> None:
    late: Future[str] = Future()

    def work(wait: Callable[[], str]) -> None:
        assert not wait_for(late, 0.01)
        assert wait() == "the second"

    running = one_thread.start(work)
    late.set_result("too late")
    assert holds(lambda: not running.done(), looks=5)
    one_thread.outcomes[0].set_result("the second")
    running.result(DEADLINE)


def test_a_failure_ends_its_request_alone(one_thread: Waiting) -> None:
    def fail(wait: Callable[[], str]) -> None:
        wait()
        raise ValueError("refused")

    first, second = one_thread.start(fail), one_thread.start(lambda wait: None)
    one_thread.outcomes[0].set_result("")
    second.result(DEADLINE)
    with pytest.raises(ValueError, match="refused"):
        first.result(DEADLINE)


def test_the_state_of_a_request_is_its_own(one_thread: Waiting) -> None:
    """What Django and the log keep for a request, and the exception that it handles."""
    seen: list[tuple[str, ...]] = []

    def work_of(name: str, zone: str) -> Callable[[Callable[[], str]], None]:
        def work(wait: Callable[[], str]) -> None:
            request_ids._current.set(f"request-{name}")
            set_urlconf(f"urls.{name}")
            timezone.activate(ZoneInfo(zone))
            try:
                raise LookupError(name)
            except LookupError:
                wait()
                state = (current_request_id(), str(get_urlconf()), str(sys.exception()))
            seen.append((*state, timezone.get_current_timezone_name()))

        return work

    running = [
        one_thread.start(work_of(name, zone))
        for name, zone in (("first", "Asia/Tokyo"), ("second", "Europe/Oslo"))
    ]
    for outcome in one_thread.outcomes:
        outcome.set_result("")
    for each in running:
        each.result(DEADLINE)
    assert seen == [
        ("request-first", "urls.first", "first", "Asia/Tokyo"),
        ("request-second", "urls.second", "second", "Europe/Oslo"),
    ]
    assert current_request_id() == ""


def test_a_request_begins_in_the_context_of_the_one_who_asks() -> None:
    threads = RequestThreads("context", 1, MANY)
    token = request_ids._current.set("mine")
    seen: list[str] = []
    try:
        threads.submit(lambda: seen.append(current_request_id())).result(DEADLINE)
    finally:
        request_ids._current.reset(token)
    assert seen == ["mine"]


def test_a_request_that_waits_in_a_transaction_keeps_its_thread(
    one_thread: Waiting, sqlite_database: str
) -> None:
    """Another one would read inside the transaction, and not see what was committed since."""

    def in_transaction(wait: Callable[[], str]) -> None:
        with transaction.atomic():
            wait()

    first = one_thread.start(in_transaction)
    second = one_thread._threads.submit(lambda: None)
    assert holds(lambda: not second.done(), looks=5)
    one_thread.outcomes[0].set_result("")
    first.result(DEADLINE)
    second.result(DEADLINE)


def test_two_requests_read_two_snapshots(
    one_thread: Waiting, tmp_path: Path, sqlite_database: str
) -> None:
    read: list[str] = []

    def work_of(name: str) -> Callable[[Callable[[], str]], None]:
        file = tmp_path / name
        with closing(sqlite3.connect(file)) as tables:
            tables.execute("CREATE TABLE names AS SELECT ? AS name", [name])
            tables.commit()

        def work(wait: Callable[[], str]) -> None:
            with read_from(file):
                wait()
                with reading_connection().cursor() as cursor:
                    cursor.execute("SELECT name FROM names")
                    read.append(cursor.fetchone()[0])

        return work

    running = [one_thread.start(work_of(name)) for name in ("first", "second")]
    for outcome in one_thread.outcomes:
        outcome.set_result("")
    for each in running:
        each.result(DEADLINE)
    assert read == ["first", "second"]


def test_requests_beyond_the_limit_are_refused_until_one_has_ended() -> None:
    waiting = Waiting(RequestThreads("bounded", 1, 2))
    first = waiting.start(lambda wait: [wait()].clear())
    waiting.start(lambda wait: [wait()].clear())
    with pytest.raises(Busy):
        waiting.start(lambda wait: None)
    waiting.outcomes[0].set_result("")
    first.result(DEADLINE)
    waiting.start(lambda wait: None).result(DEADLINE)


def test_as_many_as_may_are_begun_and_the_next_one_when_one_ends() -> None:
    threads = RequestThreads("begun", 2, MANY, max_begun=3)
    outcomes: list[Future[str]] = [Future() for _ in range(5)]
    begun: list[int] = []

    def work_of(number: int) -> Callable[[], None]:
        def work() -> None:
            begun.append(number)
            wait_for(outcomes[number], DEADLINE)

        return work

    running = [threads.submit(work_of(number)) for number in range(5)]

    def has_begun(count: int) -> bool:
        return len(begun) == count

    until(partial(has_begun, 3))
    assert holds(partial(has_begun, 3), looks=5)
    for count, outcome, request in zip((3, 4, 5, 5, 5), outcomes, running, strict=True):
        until(partial(has_begun, count))
        outcome.set_result("")
        request.result(DEADLINE)
    assert sorted(begun) == list(range(5))
