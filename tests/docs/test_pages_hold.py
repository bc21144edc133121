"""What the pages name exists: files, modules and commands."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
_LINK = re.compile(r"\]\(([^)#]+)(?:#[^)]*)?\)")
_PACKAGES = "node|api|access|dashboard|journal|registry"
#: Neither a file's name nor one of Apicurio's config properties.
_MODULE = re.compile(
    rf"(?<![\w./-])(?!registry\.(?:auth|rest)\.)(?:{_PACKAGES})(?:\.(?!md\b|jsonl\b)\w+)+"
)
_FILE = re.compile(rf"(?<![\w/])(?:{_PACKAGES}|tests|docs|bench|static)/[\w./-]*[\w/]")
_COMMAND = re.compile(r"manage\.py (\w+)")
_COMMANDS = {file.stem for file in (ROOT / "node" / "management" / "commands").glob("[a-z]*.py")}


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


@pytest.mark.parametrize("page", PAGES, ids=page_id)
def test_named_modules_exist(page: Path) -> None:
    modules = sorted(set(_MODULE.findall(page.read_text())))
    assert [module for module in modules if not exists(module)] == []


@pytest.mark.parametrize("page", PAGES, ids=page_id)
def test_named_commands_exist(page: Path) -> None:
    assert {*_COMMAND.findall(page.read_text())} - _COMMANDS <= {"migrate"}


def test_every_command_is_listed() -> None:
    page = (ROOT / "docs" / "tools.md").read_text()
    assert {*re.findall(r"^\| \[?`(\w+)`", page, re.MULTILINE)} >= _COMMANDS


def test_every_row_of_where_things_go_is_a_folder() -> None:
    page = (ROOT / "CONTRIBUTING.md").read_text()
    table = page.partition("## Where things go")[2].partition("\n## ")[0]
    folders = re.findall(r"^\| .+ \| `(.+)` \|$", table, re.MULTILINE)
    assert len(folders) == table.count("\n| ") - 2
    assert [folder for folder in folders if not (ROOT / folder).is_dir()] == []


def exists(dotted: str) -> bool:
    """A module, a package, or a name that one of them defines."""
    path = ROOT.joinpath(*dotted.split("."))
    if path.is_dir() or path.with_suffix(".py").is_file():
        return True
    holder = path.parent / "__init__.py" if path.parent.is_dir() else path.parent.with_suffix(".py")
    return holder.is_file() and re.search(rf"\b{path.name}\b", holder.read_text()) is not None
