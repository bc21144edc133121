"""The pictures of README.md: there, of one width, and small enough for a page that is read."""

import struct
from pathlib import Path

import pytest

IMAGES = Path(__file__).parent.parent.parent / "docs" / "images"


@pytest.mark.parametrize("name", ["artifacts", "compare", "journal", "health"])
def test_a_picture_is_sharp_and_small(name: str) -> None:
    content = (IMAGES / f"{name}.png").read_bytes()
    assert content.startswith(b"\x89PNG\r\n")
    assert struct.unpack(">I", content[16:20]) == (1440,)
    assert len(content) <= 200_000
