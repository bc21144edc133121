"""The order in which a run starts files: the longest first, so that none of them ends alone.

`--record-seconds` writes what each file took in this run to tests/data/seconds.json.
"""

import json
from collections import Counter
from pathlib import Path

import pytest

_FILE = Path(__file__).parent / "data" / "seconds.json"
_SHORTEST = 3


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--record-seconds", action="store_true", help="update tests/data/seconds.json")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    seconds = json.loads(_FILE.read_text())
    items.sort(key=lambda item: -seconds.get(_file_of(item.nodeid), 0))


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--record-seconds") and not hasattr(config, "workerinput"):
        config.pluginmanager.register(_Recorder())


class _Recorder:
    def __init__(self) -> None:
        self._seconds: Counter[str] = Counter()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._seconds[_file_of(report.nodeid)] += report.duration  # type: ignore[assignment]

    def pytest_sessionfinish(self) -> None:
        long = {file: round(took) for file, took in self._seconds.items() if took >= _SHORTEST}
        _FILE.write_text(json.dumps(long, indent=1, sort_keys=True) + "\n")


def _file_of(node_id: str) -> str:
    return node_id.partition("::")[0]
