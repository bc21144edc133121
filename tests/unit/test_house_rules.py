"""Sizes that no linter here checks: functions of 45 lines at most, files of 350."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
_LONGEST_FUNCTION = 45
_LONGEST_FILE = 350

SOURCES = [
    file
    for package in ("node", "api", "dashboard", "journal", "registry", "bench")
    for file in sorted((ROOT / package).rglob("*.py"))
    if "migrations" not in file.parts
]


@pytest.mark.parametrize("file", SOURCES, ids=lambda file: str(file.relative_to(ROOT)))
def test_a_file_and_its_functions_fit_a_screen(file: Path) -> None:
    text = file.read_text()
    too_long = [
        f"{node.name}: {node.end_lineno - node.lineno + 1} lines"
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno is not None
        and node.end_lineno - node.lineno >= _LONGEST_FUNCTION
    ]
    assert not too_long
    assert text.count("\n") <= _LONGEST_FILE
