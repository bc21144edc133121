"""Other layouts of the same document: JSON as YAML, YAML as JSON, either with line breaks."""

import orjson
import yaml

from registry.artifact_types.checks import Violation
from registry.artifact_types.syntax.documents import read_json_or_yaml

#: Larger documents are shown as they are: PyYAML takes seconds for a megabyte.
_MAX_BYTES = 300_000
#: The values of `layout` in an address, with their words.
LAYOUTS = {"stored": "As stored", "json": "JSON", "yaml": "YAML"}
#: Longer contents of one line are hard to read as they are.
_LONG_LINE = 100


def default_layout(content: bytes) -> str:
    """Return stored, or json for a document on one line."""
    body = content.strip()
    is_one_line = len(body) > _LONG_LINE and b"\n" not in body and body[:1] in b"{["
    return "json" if is_one_line and available_layouts(content) else "stored"


def lay_out(content: bytes, layout: str) -> bytes | None:
    """Return a document as json or yaml; None if not convertible."""
    if layout not in ("json", "yaml"):
        return None
    value = _parse(content)
    if value is None:
        return None
    if layout == "json":
        return orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS)
    return yaml.dump(
        value, Dumper=yaml.CSafeDumper, sort_keys=False, allow_unicode=True, width=100
    ).encode()


def available_layouts(content: bytes) -> list[tuple[str, str]]:
    """Return the layouts with their words; empty without a choice."""
    return [] if _parse(content) is None else list(LAYOUTS.items())


def _parse(content: bytes) -> object | None:
    if len(content) > _MAX_BYTES:
        return None
    result = read_json_or_yaml(content)
    # Any text is a YAML scalar.
    if isinstance(result, Violation) or not isinstance(result.value, dict | list):
        return None
    return result.value
