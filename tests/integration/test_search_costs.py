"""What finding artifacts costs where no machine can blur it: SQL statements, steps of SQLite."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from journal.search.criteria import ArtifactQuery, SortOrder
from journal.search.search import find_artifacts
from tests.journals import empty_database
from tests.searched import SEARCHES, fill

FEW, MANY = 100, 400
#: Statements of one look, at most.
STATEMENTS = {"sqlite": 12, "postgresql": 15}
#: Steps of SQLite's machine in one look, at most.
STEPS = 64_000
#: Steps after which SQLite calls back.
_EVERY = 100


def costs(of: Callable[[ArtifactQuery, SortOrder, int], int], count: int) -> list[int]:
    """Of each look at so many artifacts."""
    empty_database()
    fill(count)
    return [of(sought, sort, offset % count) for sought, sort, offset in SEARCHES]


def statements(sought: ArtifactQuery, sort: SortOrder, offset: int) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert find_artifacts(sought, sort, offset=offset).items
    return len(asked)


def steps(sought: ArtifactQuery, sort: SortOrder, offset: int) -> int:
    count = 0

    def note() -> int:
        nonlocal count
        count += _EVERY
        return 0

    connection.ensure_connection()
    connection.connection.set_progress_handler(note, _EVERY)
    try:
        assert find_artifacts(sought, sort, offset=offset).items
    finally:
        connection.connection.set_progress_handler(None, 0)
    return count


@pytest.mark.usefixtures("each_database")
def test_a_look_asks_as_often_however_much_there_is() -> None:
    few = costs(statements, FEW)
    assert costs(statements, MANY) == few
    assert max(few) <= STATEMENTS[connection.vendor]


@pytest.mark.usefixtures("sqlite_database")
def test_a_look_takes_no_more_steps_than_there_are_more_artifacts() -> None:
    few, many = costs(steps, FEW), costs(steps, MANY)
    for look, fewer, more in zip(SEARCHES, few, many, strict=True):
        assert more <= min(STEPS, MANY // FEW * fewer), look
