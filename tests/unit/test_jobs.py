"""Jobs beside the requests: one at a time, with progress, cancelable, a few results kept."""

import threading
from uuid import uuid4

import pytest

from dashboard.jobs import Job, JobPage, JobRunner, JobRunning, Jobs, JobStore
from journal.snapshots.builder import Progress
from tests.waiting import DEADLINE, until


class ExpectedError(Exception):
    """Its text is for people."""


@pytest.fixture
def jobs() -> Jobs[int]:
    return Jobs(JobPage("import-job", max_jobs=3, expected=(ExpectedError,)), JobRunner())


def wait_for(job: Job[int]) -> Job[int]:
    until(lambda: job.state != "running")
    return job


def test_a_job_keeps_its_result_and_its_last_progress(jobs: Jobs[int]) -> None:
    def work(on_progress: Progress) -> int:
        on_progress("Counting", 0.5)
        return 42

    job = wait_for(jobs.start("How many?", work))
    assert (job.state, job.result, job.step, job.percent) == ("done", 42, "Counting", 50)
    assert jobs.find(job.id) == job
    assert jobs.find(uuid4()) is None
    assert job.ended >= job.started


def test_a_job_found_while_it_ran_stays_as_it_was(jobs: Jobs[int]) -> None:
    """A page is made of one state: not of a result that is missing and work that is done."""
    go_on = threading.Event()

    def work(on_progress: Progress) -> int:
        go_on.wait(DEADLINE)
        return 1

    job = jobs.start("slow", work)
    found = jobs.find(job.id)
    assert found is not None
    go_on.set()
    wait_for(job)
    assert (found.state, found.result) == ("running", None)
    assert [(job.state, job.result) for job in jobs.latest()] == [("done", 1)]


def test_only_one_job_runs_at_a_time(jobs: Jobs[int]) -> None:
    go_on = threading.Event()

    def work(on_progress: Progress) -> int:
        go_on.wait(DEADLINE)
        return 1

    first = jobs.start("first", work)
    with pytest.raises(JobRunning, match="first") as raised:
        jobs.start("second", work)
    assert raised.value.job is first
    go_on.set()
    wait_for(first)
    assert wait_for(jobs.start("second", work)).result == 1


def test_a_canceled_job_ends_when_it_reports_its_progress(jobs: Jobs[int]) -> None:
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
    assert wait_for(job).state == "canceled"
    assert job.result is None


def test_a_job_that_fails_has_the_error(jobs: Jobs[int], caplog: pytest.LogCaptureFixture) -> None:
    def fail(on_progress: Progress) -> int:
        raise ExpectedError("No such topic.")

    def crash(on_progress: Progress) -> int:
        raise ZeroDivisionError("division by zero")

    assert wait_for(jobs.start("one", fail)).error == "No such topic."
    assert caplog.records == []
    assert wait_for(jobs.start("two", crash)).error == "ZeroDivisionError: division by zero"
    assert "Work beside the requests failed: two" in caplog.text


def test_the_newest_results_are_kept(jobs: Jobs[int]) -> None:
    finished = [wait_for(jobs.start(str(number), lambda on_progress: 1)) for number in range(5)]
    assert [job.title for job in jobs.latest()] == ["4", "3", "2"]
    assert jobs.find(finished[0].id) is None


def test_once_a_result_is_seen_the_next_job_can_start(
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


def test_only_one_job_of_all_pages_runs_at_a_time() -> None:
    store, go_on = JobStore(), threading.Event()
    imports = store.of(JobPage[int]("import-job", max_jobs=3, expected=()))
    snapshots = store.of(JobPage[int]("snapshot-job", max_jobs=3, expected=()))

    def work(on_progress: Progress) -> int:
        go_on.wait(DEADLINE)
        return 1

    first = imports.start("Importing", work)
    with pytest.raises(JobRunning, match="Importing") as raised:
        snapshots.start("A snapshot", work)
    assert raised.value.job.url == f"/ui/import/{first.id}"
    go_on.set()
    wait_for(first)
    assert wait_for(snapshots.start("A snapshot", lambda on_progress: 2)).result == 2


def test_a_result_that_is_filled_bit_by_bit_is_seen_while_the_job_runs(
    jobs: Jobs[list[str]],
) -> None:
    filled, go_on = threading.Event(), threading.Event()
    steps: list[str] = []

    def work(on_progress: Progress) -> list[str]:
        steps.append("first")
        filled.set()
        go_on.wait(DEADLINE)
        raise ExpectedError("It ended early.")

    job = jobs.start("filled", work, result=steps)
    assert filled.wait(DEADLINE)
    assert (job.state, job.result) == ("running", ["first"])
    go_on.set()
    until(lambda: job.state != "running")
    assert (job.state, job.result) == ("failed", ["first"])
