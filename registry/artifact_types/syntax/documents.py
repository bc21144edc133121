"""Parses JSON and YAML for checks: the value, duplicate keys, and positions."""

import codecs
import json
import math
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from registry.artifact_types.checks import Violation
from registry.artifact_types.syntax import json_text, yaml_values
from registry.artifact_types.syntax.json_positions import (
    JsonPositions,
    Path,
    line_and_column,
    pointer,
)

#: Reported at most for one content.
MAX_VIOLATIONS = 100
#: Objects in one document; twice as many as the largest published API descriptions have.
MAX_OBJECTS = 200_000


@dataclass(slots=True)
class ParsedDocument:
    """A JSON or YAML value, with positions and faults of its text.

    `locate` returns line and column, from 1, of the value at a path. `duplicate_keys` stand twice
    in one object; parsers take one or the other. `size` counts the objects, of YAML all values.
    """

    value: object
    locate: Callable[[Path], tuple[int, int]]
    duplicate_keys: list[str] = field(default_factory=list)
    size: int = 0

    def violation(self, message: str, path: Path, hint: str = "") -> Violation:
        return Violation(message, pointer(path), *self.locate(path), hint)

    def line(self, path: Path) -> int:
        return self.locate(path)[0]

    def duplicate_key_violations(self) -> list[Violation]:
        return [
            Violation(f"The key {key!r} stands twice in one object", hint="Keep one of the two.")
            for key in dict.fromkeys(self.duplicate_keys[:MAX_VIOLATIONS])
        ]


def read_json(content: bytes, max_objects: int = MAX_OBJECTS) -> ParsedDocument | Violation:
    """Parse JSON, or return the first error as a violation."""
    text = decode_text(content)
    if isinstance(text, Violation):
        return text
    hook = _ObjectHook(max_objects)
    try:
        value = json.loads(
            text,
            object_pairs_hook=hook,
            parse_float=_parse_float,
            parse_constant=json_text.reject_constant,
        )
    except json.JSONDecodeError as error:
        position = line_and_column(text, error.pos)
        return Violation(f"The content is not JSON: {error.msg}", "", *position)
    except RecursionError:
        return Violation("The content is nested too deeply")
    except ValueError as error:
        # Python's own words name one of its functions.
        is_long = "integer string" in str(error)
        reason = "a number has more than 4,300 digits" if is_long else error
        return Violation(f"The content can't be read as JSON: {reason}")
    return ParsedDocument(value, JsonPositions(text).locate, hook.duplicate_keys, hook.count)


def read_json_or_yaml(content: bytes) -> ParsedDocument | Violation:
    """Parse JSON if the content begins with a brace or bracket, else YAML."""
    if content.removeprefix(codecs.BOM_UTF8).lstrip()[:1] in (b"{", b"["):
        return read_json(content)
    text = decode_text(content)
    if isinstance(text, Violation):
        return text
    try:
        value, duplicate_keys, size = yaml_values.load(text)
    except yaml_values.SecondDocument as error:
        return Violation(
            "A second YAML document begins; a content is one",
            line=error.line,
            column=error.column,
            hint="Store each document as an artifact of its own.",
        )
    except yaml_values.YamlSyntaxError as error:
        return Violation(f"The content is not YAML: {error}", "", error.line, error.column)
    return ParsedDocument(value, yaml_values.YamlPositions(text).locate, duplicate_keys, size)


def decode_text(content: bytes) -> str | Violation:
    """Decode UTF-8 without its byte order mark, or return the first error as a violation."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return Violation(
            f"The content is not UTF-8: its byte {error.start} is 0x{content[error.start]:02X}",
            line=content.count(b"\n", 0, error.start) + 1,
            column=error.start - content.rfind(b"\n", 0, error.start),
            hint="Save it as UTF-8.",
        )


def shorten(value: object) -> str:
    """Format a value for a message, cut off after 60 characters."""
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:60]}…"


@dataclass(slots=True)
class _ObjectHook:
    """Builds objects from their members, counts them and collects duplicate keys."""

    max_objects: int
    count: int = 0
    duplicate_keys: list[str] = field(default_factory=list)

    def __call__(self, pairs: list[tuple[str, object]]) -> dict[str, object]:
        self.count += 1
        if self.count > self.max_objects:
            raise ValueError(f"it has more than {self.max_objects:,} objects")
        members = dict(pairs)
        if len(members) != len(pairs) and len(self.duplicate_keys) < MAX_VIOLATIONS:
            counts = Counter(key for key, _ in pairs)
            self.duplicate_keys += [key for key, count in counts.items() if count > 1]
        return members


def _parse_float(text: str) -> float:
    """Return the number; raises ValueError if it would be infinite."""
    number = float(text)
    if math.isinf(number):
        raise ValueError(f"{shorten(text)} is beyond the range of numbers")
    return number
