"""How long the list of artifacts takes to find, beside one bare look through the names."""

import time
from collections.abc import Callable
from functools import partial

import pytest
from django.db import connection

from journal.search.search import find_artifacts
from tests.searched import SEARCHES, fill

pytestmark = pytest.mark.soak

COUNT = 100_000
#: Times the bare look.
RATIO = 15


def best(look: Callable[[], object]) -> float:
    """Seconds of the quickest of nine."""
    took = []
    for _ in range(9):
        began = time.perf_counter()
        look()
        took.append(time.perf_counter() - began)
    return min(took)


def bare() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM registry_version WHERE name LIKE '%order-8%'")
        cursor.fetchone()


@pytest.mark.usefixtures("each_database")
def test_artifacts_are_found_about_as_fast_as_the_database_reads_their_names() -> None:
    fill(COUNT)
    calibration = best(bare)
    found = {}
    for sought, sort, offset in SEARCHES:
        took = best(partial(find_artifacts, sought, sort, offset=offset % COUNT))
        found[f"{sought} {sort}"] = took / calibration
        print(f"{took * 1000:7.1f} ms, {took / calibration:5.1f} times the bare look: {sought}")
    assert {look: ratio for look, ratio in found.items() if ratio > RATIO} == {}
