"""Rules that no linter here checks: sizes of functions and files, and no clock in a test."""

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
_PACKAGES = ("node", "api", "access", "dashboard", "journal", "registry", "bench")
_LONGEST_FUNCTION = 60
_LONGEST_FILE = 400

_POSSESSIVE_GROUP = re.compile(r"\)([*+?]|\{[\d,]+\})\+")

_CLOCKS = {"monotonic", "perf_counter", "process_time", "thread_time"}
_SLEEPS = {"sleep", "wait_for_timeout"}
_EXCUSES = {"skip", "skipif", "xfail", "importorskip", "flaky"}
#: In a page's scripts.
_SCRIPT_CLOCKS = ("performance.now", "Date.now", "setTimeout")
#: Seconds that only a hang takes.
_PATIENT = 60
#: May sleep and read clocks: the helper that waits, and tests of speed, which make soak runs.
_TIMED = {"tests/waiting.py", "tests/soak"}


def test_files_and_functions_fit_a_screen() -> None:
    found = []
    for package in _PACKAGES:
        for file in _python_files(ROOT / package):
            text = file.read_text()
            if text.count("\n") > _LONGEST_FILE:
                found.append(f"{file.relative_to(ROOT)}: {text.count(chr(10))} lines")
            found += [f"{_place(file, node)}: {node.name}" for node in _long_functions(text)]
    assert found == []


def _python_files(folder: Path) -> Iterator[Path]:
    return (file for file in sorted(folder.rglob("*.py")) if "migrations" not in file.parts)


def _long_functions(text: str) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno is not None
            if node.end_lineno - node.lineno >= _LONGEST_FUNCTION:
                yield node


def _place(file: Path, node: ast.stmt | ast.expr) -> str:
    return f"{file.relative_to(ROOT)}:{node.lineno}"


def test_no_pattern_repeats_a_group_possessively() -> None:
    """Python before 3.11.5 matches it wrongly (CPython issue 106052); (?>(?:…)*) does the same."""
    found = [
        f"{file.relative_to(ROOT)}:{number}"
        for package in _PACKAGES
        for file in _python_files(ROOT / package)
        for number, line in enumerate(file.read_text().splitlines(), 1)
        if _POSSESSIVE_GROUP.search(line)
    ]
    assert found == []


def test_no_module_keeps_state_and_settings_are_only_read() -> None:
    """`node` makes the objects with state, and hands them on."""
    found = [
        _place(file, node)
        for package in _PACKAGES
        for file in _python_files(ROOT / package)
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.stmt) and (isinstance(node, ast.Global) or _writes_settings(node))
    ]
    assert found == []


def _writes_settings(node: ast.stmt) -> bool:
    targets = node.targets if isinstance(node, ast.Assign | ast.Delete) else []
    return any(
        isinstance(target, ast.Attribute | ast.Subscript)
        and ast.unparse(target).startswith("settings.")
        for target in targets
    )


def test_no_test_is_excused_or_depends_on_how_fast_the_machine_is() -> None:
    found = []
    for file in _python_files(ROOT / "tests"):
        if file == Path(__file__) or _is_timed(file):
            continue
        for node in ast.walk(ast.parse(file.read_text())):
            found += [f"{_place(file, node)}: {rule}" for rule in _broken_rules(node)]  # type: ignore[arg-type]
    assert found == []


def _is_timed(file: Path) -> bool:
    name = file.relative_to(ROOT).as_posix()
    return any(name == timed or name.startswith(f"{timed}/") for timed in _TIMED)


def _broken_rules(node: ast.AST) -> list[str]:
    return [rule for rule, is_broken in _RULES.items() if is_broken(node)]


def _reads_clock(node: ast.AST) -> bool:
    return _name_of(node) in _CLOCKS


def _sleeps(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and _name_of(node.func) in _SLEEPS


def _compares_times_of_day(node: ast.AST) -> bool:
    """Whether time.time() is subtracted or added to: as a bare timestamp it may be compared."""
    return isinstance(node, ast.BinOp) and any(
        isinstance(each, ast.Call) and ast.unparse(each.func) == "time.time"
        for each in (node.left, node.right)
    )


def _is_impatient(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.keyword)
        and node.arg == "timeout"
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, int | float)
        and node.value.value < _PATIENT
    )


def _times_a_script(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and any(clock in node.value for clock in _SCRIPT_CLOCKS)
    )


def _excuses(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and node.attr in _EXCUSES


def _name_of(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


_RULES: dict[str, Callable[[ast.AST], bool]] = {
    "reads a clock; wait with tests/waiting.py, or measure in tests/soak": _reads_clock,
    "sleeps; wait for a condition with tests/waiting.py": _sleeps,
    "compares times of day; compare timestamps taken before and after": _compares_times_of_day,
    f"a timeout below {_PATIENT} s": _is_impatient,
    "skips a test, or lets it fail": _excuses,
    "reads a clock in a page's script; measure in tests/soak": _times_a_script,
}


def test_a_clock_in_a_test_is_found() -> None:
    """The rules themselves, on one line that breaks each of them."""
    for line in (
        "began = time.perf_counter()",
        "time.sleep(1)",
        "page.wait_for_timeout(100)",
        "assert time.time() - began < 5",
        "client.get('/', timeout=5)",
        "page.evaluate('performance.now()')",
        "pytest.skip('slow')",
    ):
        nodes = list(ast.walk(ast.parse(line)))
        assert any(_broken_rules(node) for node in nodes), line


def test_no_request_is_the_first_to_decode_into_a_type() -> None:
    """msgspec crashes where two threads build what it needs of one type; a module's own decoders
    build it while one thread imports the module."""
    found = [
        _place(file, node)
        for package in _PACKAGES
        for file in _python_files(ROOT / package)
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) in {"msgspec.json.decode", "msgspec.msgpack.decode"}
        and any(keyword.arg == "type" for keyword in node.keywords)
    ]
    assert found == []
