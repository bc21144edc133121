"""JSON and YAML contents read for judging: the value, its double keys, and where things stand."""

import codecs
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from registry.artifact_types.checks import Violation
from registry.artifact_types.syntax import yaml_values
from registry.artifact_types.syntax.json_places import Path, Places, line_and_column, pointer

#: Told at most for one content: more of them help nobody.
MOST_TOLD = 100
#: Objects in one document; twice as many as the largest API descriptions that are published have.
MOST_OBJECTS = 200_000


@dataclass(slots=True)
class Structured:
    """`doubled` are keys that stand twice in one object, of which parsers take one or the other.

    `place` gives line and column, from 1, of what a path leads to. `size` counts its objects, of
    YAML all its values.
    """

    value: object
    place: Callable[[Path], tuple[int, int]]
    doubled: list[str] = field(default_factory=list)
    size: int = 0

    def violation(self, message: str, path: Path, mend: str = "") -> Violation:
        return Violation(message, pointer(path), *self.place(path), mend)

    def line(self, path: Path) -> int:
        return self.place(path)[0]

    def violations_of_keys(self) -> list[Violation]:
        return [
            Violation(f"The key {key!r} stands twice in one object", mend="Keep one of the two.")
            for key in dict.fromkeys(self.doubled[:MOST_TOLD])
        ]


def read_json(content: bytes, most_objects: int = MOST_OBJECTS) -> Structured | Violation:
    """The document, or what keeps the content from being one."""
    text = text_of(content)
    if isinstance(text, Violation):
        return text
    members = _Members(most_objects)
    try:
        value = json.loads(text, object_pairs_hook=members, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        place = line_and_column(text, error.pos)
        return Violation(f"The content is not JSON: {error.msg}", "", *place)
    except RecursionError:
        return Violation("The content is nested too deeply")
    except ValueError as error:
        return Violation(f"The content can't be read as JSON: {error}")
    return Structured(value, Places(text).of, members.doubled, members.count)


def read_json_or_yaml(content: bytes) -> Structured | Violation:
    """JSON if it begins as JSON does, or else YAML."""
    if content.removeprefix(codecs.BOM_UTF8).lstrip()[:1] in (b"{", b"["):
        return read_json(content)
    text = text_of(content)
    if isinstance(text, Violation):
        return text
    try:
        value, doubled, size = yaml_values.load(text)
    except yaml_values.NotYaml as error:
        return Violation(f"The content is not YAML: {error}", "", error.line, error.column)
    return Structured(value, yaml_values.Places(text).of, doubled, size)


def text_of(content: bytes) -> str | Violation:
    """UTF-8 without byte order mark, or what is wrong with it."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return Violation(
            f"The content is not UTF-8: its byte {error.start} is 0x{content[error.start]:02X}",
            line=content.count(b"\n", 0, error.start) + 1,
            column=error.start - content.rfind(b"\n", 0, error.start),
            mend="Save it as UTF-8.",
        )


@dataclass(slots=True)
class _Members:
    """Makes objects of their members, counts them and keeps keys that come twice."""

    most: int
    count: int = 0
    doubled: list[str] = field(default_factory=list)

    def __call__(self, pairs: list[tuple[str, object]]) -> dict[str, object]:
        self.count += 1
        if self.count > self.most:
            raise ValueError(f"it has more than {self.most:,} objects")
        members = dict(pairs)
        if len(members) != len(pairs) and len(self.doubled) < MOST_TOLD:
            self.doubled += _doubled(pairs)
        return members


def _doubled(pairs: list[tuple[str, object]]) -> list[str]:
    counts = Counter(key for key, _ in pairs)
    return [key for key, count in counts.items() if count > 1]


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is no JSON number")
