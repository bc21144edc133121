"""Long work beside the requests of a web process: one at a time, with progress, cancelable.

Results are kept in memory until newer ones replace them, or the process ends.
"""

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from copy import copy
from dataclasses import dataclass, field
from typing import Generic, Literal, TypeVar
from uuid import UUID, uuid4

from django.db import connections

from journal.snapshots.builder import Progress

log = logging.getLogger(__name__)


State = Literal["running", "done", "failed", "canceled"]

T = TypeVar("T")


class Canceled(Exception):
    """Somebody wanted the work to end."""


class Busy(Exception):
    """Other work is being done; `job` is that."""

    def __init__(self, job: "Job[object]") -> None:
        super().__init__(f"This node is busy with something else: {job.title}")
        self.job = job


@dataclass(slots=True)
class Job(Generic[T]):
    """`part` is how much is done, 0 to 1; times are in epoch ms, 0 while it runs.

    `result` is there when it is done, `trouble` in words when it failed.
    """

    title: str
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


class Jobs(Generic[T]):
    """`expected` are exceptions whose text says to a person what went wrong."""

    def __init__(self, kept: int, expected: tuple[type[Exception], ...]) -> None:
        self._kept = kept
        self._expected = expected
        self._jobs: OrderedDict[UUID, Job[T]] = OrderedDict()
        self._lock = threading.Lock()

    def start(self, title: str, work: Callable[[Progress], T]) -> Job[T]:
        """On a thread of its own; raises Busy while other work of these is being done."""
        with self._lock:
            for other in self._jobs.values():
                if other.state == "running":
                    raise Busy(other)  # type: ignore[arg-type]
            job = Job[T](title)
            self._jobs[job.id] = job
            while len(self._jobs) > self._kept:
                self._jobs.popitem(last=False)
        threading.Thread(target=self._run, args=(job, work), name="job", daemon=True).start()
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
        result: T | None = None
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
        # At once: whoever sees the result may start the next work.
        with self._lock:
            job.result, job.ended, job.state = result, _now(), state


def _now() -> int:
    return int(time.time() * 1000)
