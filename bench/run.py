"""Measures a real node on an empty home, each figure beside a bare one, within five minutes.

`.venv/bin/python bench/run.py [--quick] [--json FILE]`; loopback only, all processes end with it.
"""

import argparse
import json
import os
import platform
import signal
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

from rich.console import Console

sys.path[0] = str(Path(__file__).resolve().parent.parent)

from bench import calibration, lists, measures, rebuilds, rule_checks
from bench.figures import Row, document, table
from bench.filling import fill
from bench.measures import FULL, QUICK, Size
from bench.node_under_test import NodeUnderTest

_LIMIT = 420


class TimeLimitExceeded(Exception):
    """The whole run exceeds its time limit in seconds."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="less of everything, for a look")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there, too")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, _interrupt)
    signal.signal(signal.SIGALRM, _exceed_limit)
    signal.alarm(_LIMIT)
    size = QUICK if options.quick else FULL
    started_at = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="annals-bench-") as folder:
        rows = _measure(Path(folder), size, Console(stderr=True))
    seconds = time.monotonic() - started_at
    machine = f"{os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()}"
    title = f"Annals{' (quick)' if options.quick else ''} on {machine}; {seconds:.0f} s"
    Console(width=None if sys.stdout.isatty() else 140).print(table(rows, title))
    if options.json:
        finished_at = datetime.now(UTC).isoformat(timespec="seconds")
        result = document(
            rows, machine=machine, at=finished_at, quick=options.quick, seconds=seconds
        )
        options.json.write_text(json.dumps(result, indent=2) + "\n")


def _measure(folder: Path, size: Size, console: Console) -> list[Row]:
    console.print("Starting the broker alone, twice …")
    broker = calibration.broker_starts(folder / "broker-alone")
    with NodeUnderTest(folder / "home", calibration.free_port()) as node:
        console.print("Starting a node on an empty home …")
        first = node.start()
        empty = node.memory()
        console.print("Creating artifacts …")
        rows = measures.creates(node, size)
        console.print(f"Filling the journal with {size.artifacts:,} artifacts …")
        ids = fill(node, size.artifacts)
        lists.wait_until_searchable(node)
        console.print("Reading and searching …")
        rows += measures.reads(node, ids, size)
        rows.append(measures.searches(node, ids, size))
        rows += lists.measure(node, ids)
        full = node.memory()
        node.stop()
        console.print("Starting again …")
        second = node.start()
        node.stop()
        rows += measures.starts(first, second, broker)
        rows += measures.memory(empty, full, size.artifacts)
    console.print("Rebuilding from journals of a broker that runs already …")
    rows += rebuilds.measure(folder, size)
    console.print("Judging contents …")
    rows += rule_checks.measure(size.seconds / 2)
    return rows


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _exceed_limit(number: int, frame: FrameType | None) -> None:
    raise TimeLimitExceeded(f"The bench was ended after {_LIMIT} s")


if __name__ == "__main__":
    main()
