"""docs/settings.md tells every setting, and no other."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
PAGE = (ROOT / "docs" / "settings.md").read_text()
SETTINGS = ["settings", "config/access"]
KAFKA = ["KAFKA_BOOTSTRAP_SERVERS", "KAFKA_<PROPERTY>", "KAFKA_<PROPERTY>_FILE"]


def names_read() -> Iterator[str]:
    """The variables that settings ask node.config.env for, with the twins that name files."""
    trees = [ast.parse((ROOT / "node" / f"{name}.py").read_text()) for name in SETTINGS]
    for node in (node for tree in trees for node in ast.walk(tree)):
        match node:
            case ast.Call(func=ast.Name(id="env_secret"), args=[ast.Constant(value=str(name)), *_]):
                yield name
                yield f"{name}_FILE"
            case ast.Call(func=ast.Name(id=reader), args=[ast.Constant(value=str(name)), *_]):
                if reader.startswith("env_"):
                    yield name


def test_every_setting_is_told_and_no_other() -> None:
    told = re.findall(r"^\| `([^`]+)` \|", PAGE, re.MULTILINE)
    assert sorted(told) == sorted({*names_read(), *KAFKA})


def test_the_environment_is_read_in_one_place() -> None:
    readers = {
        str(file.relative_to(ROOT))
        for package in ("node", "access", "api", "dashboard", "journal", "registry")
        for file in (ROOT / package).rglob("*.py")
        if re.search(r"os\.environ(\.get\(|\[)|os\.getenv", file.read_text())
    }
    # M2_REPO is Maven's own, and told on the page.
    assert readers == {"node/config/env.py", "journal/kafka/embedded/jars.py"}
    assert "$M2_REPO" in PAGE
