"""docs/findings has a page for every finding that is made, and for no other."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
PAGES = {page.stem: page.read_text() for page in (ROOT / "docs" / "findings").glob("J*.md")}
_CODE = re.compile(r'code="(J\d\d)"')
_PARTS = ("What it means", "How it is recognized", "Consequence", "Remedy")


def test_every_finding_has_its_page() -> None:
    modules = (ROOT / "journal" / "health").rglob("*.py")
    made = {code for module in modules for code in _CODE.findall(module.read_text())}
    assert sorted(PAGES) == sorted(made)


@pytest.mark.parametrize("code", sorted(PAGES))
def test_a_page_tells_all_that_matters(code: str) -> None:
    page = PAGES[code]
    assert page.startswith(f"# {code}: ")
    assert [part for part in _PARTS if f"**{part}.**" not in page] == []
    assert re.search("severity|Severity", page)
