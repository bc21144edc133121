"""The same document laid out otherwise: JSON as YAML, YAML as JSON, either made readable."""

import orjson
import yaml

from registry.artifact_types.checks import Violation
from registry.artifact_types.syntax.documents import read_json_or_yaml

#: Larger ones are shown as they are: PyYAML writes a megabyte in seconds.
_MOST_BYTES = 300_000
#: What an address may ask for, with the words for it.
LAYOUTS = {"stored": "As stored", "json": "JSON", "yaml": "YAML"}
#: Longer contents of one line are hard to read as they are.
_LONG_LINE = 100


def usual_layout(content: bytes) -> str:
    """What is shown where nobody chose: a document that stands in one line is laid out."""
    body = content.strip()
    is_one_line = len(body) > _LONG_LINE and b"\n" not in body and body[:1] in b"{["
    return "json" if is_one_line and layouts_of(content) else "stored"


def laid_out(content: bytes, layout: str) -> bytes | None:
    """`layout` is json or yaml; None where the content can't be written so."""
    if layout not in ("json", "yaml") or len(content) > _MOST_BYTES:
        return None
    value = _value(content)
    if value is None:
        return None
    if layout == "json":
        return orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS)
    return yaml.dump(
        value, Dumper=yaml.CSafeDumper, sort_keys=False, allow_unicode=True, width=100
    ).encode()


def layouts_of(content: bytes) -> list[tuple[str, str]]:
    """Those that this content has, with their words; one alone is no choice."""
    if len(content) > _MOST_BYTES or _value(content) is None:
        return []
    return list(LAYOUTS.items())


def _value(content: bytes) -> object | None:
    """Objects and lists alone: any text is a YAML scalar."""
    read = read_json_or_yaml(content)
    if isinstance(read, Violation) or not isinstance(read.value, dict | list):
        return None
    return read.value
