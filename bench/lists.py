"""The page of artifacts among many: each look that a person takes, one after the other."""

import time
from itertools import islice, repeat

from bench import calibration
from bench.contents import name
from bench.figures import Row, latency
from bench.filling import GROUP
from bench.load import exchange, get
from bench.node_under_test import NodeUnderTest

_LOOKS = 20
_PATIENCE = 180.0


class NotSearchable(Exception):
    """The worker did not come to the end of what is kept to search by."""


def wait_until_searchable(node: NodeUnderTest) -> None:
    """Also what would otherwise be made while something else is measured."""
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        found = node.read("SELECT scanned FROM journal_searchposition")
        if found and found[0][0] is None:
            return
        time.sleep(0.2)
    raise NotSearchable(f"not within {_PATIENCE:.0f} s")


def measure(node: NodeUnderTest, ids: range) -> list[Row]:
    """By words that all contents hold, that one holds, and that few do; without words."""
    some = name(ids[len(ids) // 2])
    looks = {
        "by name": "",
        "newest first": "?sort=newest",
        "last page": f"?page={len(ids)}",
        "a word of all": "?q=timestamp+",
        "a word of one": f"?q={some}",
        "two letters": "?q=in",
        "group and type": f"?group={GROUP}&type=AVRO",
    }
    parts = iter([some] * _LOOKS)
    bare = calibration.name_scans(node.home / "annals.sqlite3", parts, _LOOKS)
    rows = []
    for words, query in looks.items():
        asked = repeat(get(f"/ui/artifacts{query}"))
        exchange(node.address, islice(asked, 2))
        found = exchange(node.address, islice(asked, _LOOKS))
        rows.append(
            Row(
                f"page of {len(ids):,} artifacts, {words}",
                latency(found.latencies, 50, 99),
                "SQLite alone, one look through the names",
                latency(bare, 50),
            )
        )
    return rows
