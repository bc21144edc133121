"""In-memory state of the pages of one web process."""

from typing import TypeVar

from django.http import HttpRequest

from dashboard.jobs import JobPage, Jobs, JobStore
from dashboard.journal.lag_history import LagHistory
from dashboard.live.feed import Feed
from journal.journal import Journal

T = TypeVar("T")

#: Key of the DashboardState in an ASGI scope.
DASHBOARD = "annals.dashboard"


class DashboardState:
    """The jobs of the pages, the history of the lag, and the feed of the sockets.

    `node` makes one for a web process.
    """

    def __init__(self, journal: Journal) -> None:
        self.journal = journal
        self.job_store = JobStore()
        self.lag_history = LagHistory(journal.health)
        self.feed = Feed(journal)


def get_dashboard(request: HttpRequest) -> DashboardState:
    """Return the state of this web process."""
    state: DashboardState = request.META["asgi.scope"][DASHBOARD]
    return state


def get_jobs(request: HttpRequest, page: JobPage[T]) -> Jobs[T]:
    """Return the jobs of a page in this web process."""
    return get_dashboard(request).job_store.of(page)
