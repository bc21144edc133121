"""Long work beside the requests of a web process: one at a time, with progress, cancelable.

A page keeps the results of its own jobs in memory, until newer ones replace them or the process
ends. Whichever page asks, only one job runs: it takes the interpreter's time from requests.
"""

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from copy import copy
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Generic, Literal, TypeVar
from uuid import UUID, uuid4

from django.db import connections
from django.urls import reverse

from journal.snapshots.builder import Progress

log = logging.getLogger(__name__)


State = Literal["running", "done", "failed", "canceled"]

T = TypeVar("T")


class Canceled(Exception):
    """Somebody wanted the work to end."""


class Busy(Exception):
    """Other work is being done; `job` is that."""

    def __init__(self, job: "Job[Any]") -> None:
        super().__init__(f"This node is busy with something else: {job.title}")
        self.job = job


@dataclass(slots=True)
class Job(Generic[T]):
    """`part` is how much is done, 0 to 1; times are in epoch ms, 0 while it runs.

    `result` is there when it is done, or from the start if the work fills it bit by bit; `trouble`
    says in words why it failed.
    """

    title: str
    #: The page that shows it.
    url: str = ""
    id: UUID = field(default_factory=uuid4)
    state: State = "running"
    doing: str = ""
    part: float = 0.0
    started: int = field(default_factory=lambda: _now())
    ended: int = 0
    result: T | None = None
    trouble: str = ""
    #: Shared by its copies.
    _unwanted: threading.Event = field(default_factory=threading.Event, compare=False)

    @property
    def percent(self) -> int:
        return int(self.part * 100)

    def cancel(self) -> None:
        """It ends when it next tells its progress."""
        self._unwanted.set()

    def tell(self, doing: str, part: float) -> None:
        if self._unwanted.is_set():
            raise Canceled
        self.doing, self.part = doing, part


class JobRunner:
    """Lets one job run at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: Job[Any] | None = None

    def start(self, job: Job[Any], run: Callable[[], None]) -> None:
        """Call `run` on a thread of its own; raise Busy while another job runs."""
        with self._lock:
            if self._running is not None:
                raise Busy(self._running)
            self._running = job
        threading.Thread(target=run, name="job", daemon=True).start()

    def end(self) -> None:
        with self._lock:
            self._running = None


#: Of this process.
runner = JobRunner()


class Jobs(Generic[T]):
    """The jobs of one page.

    `page` names the URL of a job's page, by the job's ID. The text of an exception of `expected`
    is shown as why a job failed.
    """

    def __init__(
        self,
        page: str,
        kept: int,
        expected: tuple[type[Exception], ...],
        job_runner: JobRunner = runner,
    ) -> None:
        self._page = page
        self._kept = kept
        self._expected = expected
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
        """Start a job; raise Busy while any other runs.

        `url` is for a page that does not go by the job's ID, `result` for work that fills it.
        """
        job = Job[T](title, result=result)
        job.url = url or reverse(self._page, args=[job.id])
        self._runner.start(job, partial(self._run, job, work))
        with self._lock:
            self._jobs[job.id] = job
            while len(self._jobs) > self._kept:
                self._jobs.popitem(last=False)
        return job

    def find(self, job_id: UUID) -> Job[T] | None:
        """As it is at this moment: state and result of one instant, whoever reads them later."""
        with self._lock:
            found = self._jobs.get(job_id)
            return None if found is None else copy(found)

    def latest(self) -> tuple[Job[T], ...]:
        """As they are at this moment, newest first."""
        with self._lock:
            return tuple(copy(each) for each in reversed(self._jobs.values()))

    def _run(self, job: Job[T], work: Callable[[Progress], T]) -> None:
        result = job.result
        try:
            result = work(job.tell)
            state: State = "done"
        except Canceled:
            state = "canceled"
        except self._expected as error:
            state, job.trouble = "failed", str(error)
        except Exception as error:
            log.exception("Work beside the requests failed: %s", job.title)
            state, job.trouble = "failed", f"{type(error).__name__}: {error}"
        finally:
            connections.close_all()
        # Together: whoever sees the result may start the next job.
        with self._lock:
            self._runner.end()
            job.result, job.ended, job.state = result, _now(), state


def _now() -> int:
    return int(time.time() * 1000)
