"""What others wrote and tests use is as it was published."""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

VENDOR = Path(__file__).parent.parent / "data" / "vendor"
VENDORED: list[dict[str, Any]] = json.loads((VENDOR / "vendored.json").read_text())


@pytest.mark.parametrize("vendored", VENDORED, ids=lambda each: each["name"])
def test_what_is_vendored_is_what_was_published(vendored: dict[str, Any]) -> None:
    folder = VENDOR / vendored["name"]
    found = {file.name: sha256(file.read_bytes()).hexdigest() for file in folder.iterdir()}
    assert found == vendored["sha256"]
    assert vendored["license"] == "MPL-2.0"
    assert f"v{vendored['version']}\n" in (folder / "axe.min.js").read_text()[:100]


def test_nothing_else_is_vendored() -> None:
    folders = {each.name for each in VENDOR.iterdir() if each.is_dir()}
    assert folders == {each["name"] for each in VENDORED}
