"""The page of artifacts among many: the usual queries, one after the other."""

import time
from itertools import islice, repeat

from bench import calibration
from bench.contents import name
from bench.figures import Row, latency
from bench.filling import GROUP
from bench.load import exchange, get
from bench.node_under_test import NodeUnderTest

_REPEATS = 20
_TIMEOUT = 180.0


class NotSearchable(Exception):
    """The worker did not complete the search index in time."""


def wait_until_searchable(node: NodeUnderTest) -> None:
    """Wait for the search index, to keep its building out of later measurements."""
    until = time.monotonic() + _TIMEOUT
    while time.monotonic() < until:
        result = node.read("SELECT scanned FROM journal_searchposition")
        if result and result[0][0] is None:
            return
        time.sleep(0.2)
    raise NotSearchable(f"not within {_TIMEOUT:.0f} s")


def measure(node: NodeUnderTest, ids: range) -> list[Row]:
    """Measure the list without words, and by words of all, of some and of one content."""
    word = name(ids[len(ids) // 2])
    queries = {
        "by name": "",
        "newest first": "?sort=newest",
        "last page": f"?page={len(ids)}",
        "a word of all": "?q=timestamp+",
        "a word of one": f"?q={word}",
        "two letters": "?q=in",
        "group and type": f"?group={GROUP}&type=AVRO",
    }
    parts = iter([word] * _REPEATS)
    bare = calibration.name_scans(node.home / "annals.sqlite3", parts, _REPEATS)
    rows = []
    for description, query in queries.items():
        requests = repeat(get(f"/ui/artifacts{query}"))
        exchange(node.address, islice(requests, 2))
        result = exchange(node.address, islice(requests, _REPEATS))
        rows.append(
            Row(
                f"page of {len(ids):,} artifacts, {description}",
                latency(result.latencies, 50, 99),
                "SQLite alone, one look through the names",
                latency(bare, 50),
            )
        )
    return rows
