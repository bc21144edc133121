"""The parts of a node, for tests that kill them one by one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.parts import Parts, parts_of


@pytest.fixture
def parts(kafka: str, topic: str, each_database: str, tmp_path: Path) -> Iterator[Parts]:
    """On a fresh topic, once on SQLite and once on PostgreSQL; none of them started yet."""
    with parts_of(kafka, topic, each_database, tmp_path / "home") as them:
        yield them
