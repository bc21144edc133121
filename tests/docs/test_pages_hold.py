"""What the pages point at is there: files behind links, modules behind their names."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
_LINK = re.compile(r"\]\(([^)#]+)(?:#[^)]*)?\)")
_MODULE = re.compile(r"\b(?:node|api|dashboard|journal|registry)(?:\.[a-z_0-9]+)+")
_FILE = re.compile(
    r"(?<![\w/])(?:node|api|dashboard|journal|registry|tests|docs|bench|static)/[\w./-]*[\w/]"
)


def page_id(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.mark.parametrize("page", PAGES, ids=page_id)
def test_links_lead_to_files(page: Path) -> None:
    links = [link for link in _LINK.findall(page.read_text()) if "://" not in link]
    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=page_id)
def test_named_files_exist(page: Path) -> None:
    text = re.sub(r"\]\([^)]*\)|https?://\S+", "", page.read_text())
    assert [name for name in _FILE.findall(text) if not (ROOT / name).exists()] == []


@pytest.mark.parametrize("name", ["flow", "decisions", "glossary"])
def test_named_modules_exist(name: str) -> None:
    text = (ROOT / "docs" / f"{name}.md").read_text()
    assert [module for module in sorted(set(_MODULE.findall(text))) if not exists(module)] == []


def exists(dotted: str) -> bool:
    """A module, a package, or a name that one of them defines."""
    path = ROOT.joinpath(*dotted.split("."))
    if path.is_dir() or path.with_suffix(".py").is_file():
        return True
    holder = path.parent / "__init__.py" if path.parent.is_dir() else path.parent.with_suffix(".py")
    return holder.is_file() and re.search(rf"\b{path.name}\b", holder.read_text()) is not None
