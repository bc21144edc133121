"""Other layouts of the same document: JSON as YAML, YAML as JSON, either with line breaks."""

from contextlib import suppress

import orjson
import yaml

from registry.artifact_types.checks import Violation
from registry.artifact_types.syntax.documents import read_json_or_yaml

#: Larger documents are shown as they are: PyYAML takes seconds for a megabyte.
MAX_BYTES = 300_000


def lay_out(content: bytes, layout: str) -> bytes | None:
    """Return a document as json or yaml; None if not convertible."""
    value = _parse(content)
    if value is None:
        return None
    # Numbers of more than 64 bits, half a surrogate pair, and deep nesting can't be written.
    with suppress(orjson.JSONEncodeError, UnicodeEncodeError, RecursionError):
        if layout == "json":
            return orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS)
        return yaml.dump(
            value, Dumper=yaml.CSafeDumper, sort_keys=False, allow_unicode=True, width=100
        ).encode()
    return None


def has_layouts(content: bytes) -> bool:
    """Return whether a content is an object or array, as JSON or YAML."""
    return _parse(content) is not None


def _parse(content: bytes) -> object | None:
    if len(content) > MAX_BYTES:
        return None
    result = read_json_or_yaml(content)
    # Any text is a YAML scalar.
    if isinstance(result, Violation) or not isinstance(result.value, dict | list):
        return None
    return result.value
