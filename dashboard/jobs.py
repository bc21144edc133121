"""Background jobs of a web process: one at a time, with progress, cancelable.

A page keeps the results of its own jobs in memory, until newer ones replace them or the process
ends. Only one job of all pages runs at a time, since it takes the interpreter's time from requests.
"""
# Results are not stored in a table: a job is requested seldom, by one person, and its result is
# void when the journal moves on.

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from copy import copy
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, TypeVar
from uuid import UUID, uuid4

from django.db import connections
from django.http import Http404
from django.urls import reverse

from journal.snapshots.builder import Progress

log = logging.getLogger(__name__)


State = Literal["running", "done", "failed", "canceled"]

T = TypeVar("T")


class Canceled(Exception):
    """The job was canceled."""


class JobRunning(Exception):
    """Another job is running, `job`."""

    def __init__(self, job: "Job[Any]") -> None:
        super().__init__(f"This node is busy with something else: {job.title}")
        self.job = job


@dataclass(slots=True)
class Job(Generic[T]):
    """A background job with its progress, `fraction`, from 0 to 1.

    Times are in epoch ms; `ended` is 0 while the job runs. `result` is set at the end, or at the
    start if the work fills it bit by bit; `error` is the reason for a failure.
    """

    title: str
    #: The page that shows it.
    url: str = ""
    id: UUID = field(default_factory=uuid4)
    state: State = "running"
    step: str = ""
    fraction: float = 0.0
    started: int = field(default_factory=lambda: _now())
    ended: int = 0
    result: T | None = None
    error: str = ""
    #: Shared by its copies.
    _cancel_requested: threading.Event = field(default_factory=threading.Event, compare=False)

    @property
    def percent(self) -> int:
        return int(self.fraction * 100)

    def cancel(self) -> None:
        """Make the job end at its next report of progress."""
        self._cancel_requested.set()

    def report_progress(self, step: str, fraction: float) -> None:
        """Update the progress; raises Canceled after a request to cancel."""
        if self._cancel_requested.is_set():
            raise Canceled
        self.step, self.fraction = step, fraction


class JobRunner:
    """Lets one job run at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: Job[Any] | None = None

    def start(self, job: Job[Any], run: Callable[[], None]) -> None:
        """Call `run` on a thread of its own; raises JobRunning while another job runs."""
        with self._lock:
            if self._running is not None:
                raise JobRunning(self._running)
            self._running = job
        threading.Thread(target=run, name="job", daemon=True).start()

    def end(self) -> None:
        with self._lock:
            self._running = None


@dataclass(frozen=True)
class JobPage(Generic[T]):
    """A page with jobs; only the latest `max_jobs` are kept.

    `name` is the URL name of a job's page, with the job's ID as its argument. Errors of the types
    `expected` end a job with their own text as its error.
    """

    name: str
    max_jobs: int
    expected: tuple[type[Exception], ...]


class Jobs(Generic[T]):
    """The jobs of one page."""

    def __init__(self, page: JobPage[T], job_runner: JobRunner) -> None:
        self._page = page
        self._runner = job_runner
        self._jobs: OrderedDict[UUID, Job[T]] = OrderedDict()
        self._lock = threading.Lock()

    def start(
        self,
        title: str,
        work: Callable[[Progress], T],
        *,
        url: str = "",
        result: T | None = None,
    ) -> Job[T]:
        """Start a job; raises JobRunning while any other runs.

        `url` is for a page without a job ID in its address, `result` for work filling it.
        """
        job = Job[T](title, result=result)
        job.url = url or reverse(self._page.name, args=[job.id])

        def run() -> None:
            result = job.result
            try:
                result = work(job.report_progress)
                state: State = "done"
            except Canceled:
                state = "canceled"
            except self._page.expected as error:
                state, job.error = "failed", str(error)
            except Exception as error:
                log.exception("Work beside the requests failed: %s", job.title)
                state, job.error = "failed", f"{type(error).__name__}: {error}"
            finally:
                connections.close_all()
            # Together: a client that sees the result may start the next job.
            with self._lock:
                self._runner.end()
                job.result, job.ended, job.state = result, _now(), state

        self._runner.start(job, run)
        with self._lock:
            self._jobs[job.id] = job
            while len(self._jobs) > self._page.max_jobs:
                self._jobs.popitem(last=False)
        return job

    def find(self, job_id: UUID) -> Job[T] | None:
        """Return a copy of a job, with its state and result of one instant; None if unknown."""
        with self._lock:
            job = self._jobs.get(job_id)
            return None if job is None else copy(job)

    def get_or_404(self, job_id: UUID) -> Job[T]:
        job = self.find(job_id)
        if job is None:
            reason = "This work is not known any more, or another process has it. Begin it again."
            raise Http404(reason)
        return job

    def latest(self) -> tuple[Job[T], ...]:
        """Return copies of the jobs, newest first."""
        with self._lock:
            return tuple(copy(job) for job in reversed(self._jobs.values()))


class JobStore:
    """The jobs of all pages, with one shared runner."""

    def __init__(self) -> None:
        self._runner = JobRunner()
        self._jobs: dict[str, Jobs[Any]] = {}
        self._lock = threading.Lock()

    def of(self, page: JobPage[T]) -> Jobs[T]:
        with self._lock:
            return self._jobs.setdefault(page.name, Jobs(page, self._runner))


def _now() -> int:
    return int(time.time() * 1000)
