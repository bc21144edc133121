"""Work beside the requests: one at a time, with progress, cancelable, a few results kept."""

import threading
from uuid import uuid4

import pytest

from dashboard.jobs import Busy, Job, JobRunner, Jobs
from journal.snapshots.builder import Progress
from tests.waiting import DEADLINE, until


class Wrong(Exception):
    """What a person is to be told."""


@pytest.fixture
def jobs() -> Jobs[int]:
    return Jobs("import-work", kept=3, expected=(Wrong,), job_runner=JobRunner())


def ended(job: Job[int]) -> Job[int]:
    until(lambda: job.state != "running")
    return job


def test_a_result_is_kept_with_what_was_told_last(jobs: Jobs[int]) -> None:
    def work(on_progress: Progress) -> int:
        on_progress("Counting", 0.5)
        return 42

    job = ended(jobs.start("How many?", work))
    assert (job.state, job.result, job.doing, job.percent) == ("done", 42, "Counting", 50)
    assert jobs.find(job.id) == job
    assert jobs.find(uuid4()) is None
    assert job.ended >= job.started


def test_what_was_found_while_it_ran_stays_as_it_was(jobs: Jobs[int]) -> None:
    """A page is made of one state: not of a result that is missing and work that is done."""
    go_on = threading.Event()

    def work(on_progress: Progress) -> int:
        go_on.wait(DEADLINE)
        return 1

    job = jobs.start("slow", work)
    found = jobs.find(job.id)
    assert found is not None
    go_on.set()
    ended(job)
    assert (found.state, found.result) == ("running", None)
    assert [(each.state, each.result) for each in jobs.latest()] == [("done", 1)]


def test_only_one_is_done_at_a_time(jobs: Jobs[int]) -> None:
    go_on = threading.Event()

    def work(on_progress: Progress) -> int:
        go_on.wait(DEADLINE)
        return 1

    first = jobs.start("first", work)
    with pytest.raises(Busy, match="first") as refused:
        jobs.start("second", work)
    assert refused.value.job is first
    go_on.set()
    ended(first)
    assert ended(jobs.start("second", work)).result == 1


def test_canceled_work_ends_when_it_tells_its_progress(jobs: Jobs[int]) -> None:
    begun = threading.Event()

    def work(on_progress: Progress) -> int:
        while True:
            on_progress("Turning in circles", 0.1)
            begun.set()

    job = jobs.start("for ever", work)
    assert begun.wait(DEADLINE)
    found = jobs.find(job.id)
    assert found is not None
    found.cancel()
    assert ended(job).state == "canceled"
    assert job.result is None


def test_what_goes_wrong_is_told(jobs: Jobs[int], caplog: pytest.LogCaptureFixture) -> None:
    def refused(on_progress: Progress) -> int:
        raise Wrong("No such topic.")

    def broken(on_progress: Progress) -> int:
        raise ZeroDivisionError("division by zero")

    assert ended(jobs.start("one", refused)).trouble == "No such topic."
    assert caplog.records == []
    assert ended(jobs.start("two", broken)).trouble == "ZeroDivisionError: division by zero"
    assert "Work beside the requests failed: two" in caplog.text


def test_the_newest_results_are_kept(jobs: Jobs[int]) -> None:
    made = [ended(jobs.start(str(number), lambda on_progress: 1)) for number in range(5)]
    assert [job.title for job in jobs.latest()] == ["4", "3", "2"]
    assert jobs.find(made[0].id) is None


def test_whoever_sees_a_result_may_start_the_next_work(
    jobs: Jobs[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    closing, go_on = threading.Event(), threading.Event()

    def close_all() -> None:
        closing.set()
        go_on.wait(DEADLINE)

    monkeypatch.setattr("dashboard.jobs.connections.close_all", close_all)
    job = jobs.start("first", lambda on_progress: 1)
    assert closing.wait(DEADLINE)
    assert (job.state, job.result) == ("running", None)
    go_on.set()
    until(lambda: job.result is not None)
    jobs.start("second", lambda on_progress: 2)


def test_only_one_is_done_at_a_time_whichever_page_asks() -> None:
    runner, go_on = JobRunner(), threading.Event()
    imports = Jobs[int]("import-work", kept=3, expected=(), job_runner=runner)
    snapshots = Jobs[int]("snapshot-work", kept=3, expected=(), job_runner=runner)

    def work(on_progress: Progress) -> int:
        go_on.wait(DEADLINE)
        return 1

    first = imports.start("Importing", work)
    with pytest.raises(Busy, match="Importing") as refused:
        snapshots.start("A snapshot", work)
    assert refused.value.job.url == f"/ui/import/{first.id}"
    go_on.set()
    ended(first)
    assert ended(snapshots.start("A snapshot", lambda on_progress: 2)).result == 2


def test_a_result_that_is_filled_bit_by_bit_is_seen_meanwhile(jobs: Jobs[list[str]]) -> None:
    filled, go_on = threading.Event(), threading.Event()
    acts: list[str] = []

    def work(on_progress: Progress) -> list[str]:
        acts.append("first")
        filled.set()
        go_on.wait(DEADLINE)
        raise Wrong("It ended early.")

    job = jobs.start("A play", work, result=acts)
    assert filled.wait(DEADLINE)
    assert (job.state, job.result) == ("running", ["first"])
    go_on.set()
    until(lambda: job.state != "running")
    assert (job.state, job.result) == ("failed", ["first"])
