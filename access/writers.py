"""The writer of a request: its caller, as the commands of the journal ask for it."""

from django.http import HttpRequest

from access.middleware import get_caller
from journal.commands import Writer
from journal.journal import get_publisher


def get_writer(request: HttpRequest) -> Writer:
    """Return the writer of a Django request, limited by the ownership of its caller."""
    caller = get_caller(request)
    return Writer(
        get_publisher(request),
        caller.name,
        is_bound_by_artifact_owners=caller.is_bound_by_owners(of_group=False),
        is_bound_by_group_owners=caller.is_bound_by_owners(of_group=True),
    )
