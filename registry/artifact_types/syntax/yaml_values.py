"""YAML read as the JSON it stands for: bounded in depth and in what aliases make of it.

Built from the parser's events, since PyYAML's own composer takes five times as long.
"""

import re
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import yaml

from registry.artifact_types.syntax.json_places import Path

#: The scanner's time for each token grows with its depth.
MAX_DEPTH = 200
#: Values, each alias counted with all that it stands for.
MAX_VALUES = 300_000

_MERGE = "<<"
_STRING = "tag:yaml.org,2002:str"
# The core schema of YAML 1.2, as OpenAPI has it: no dates, no `on`, no octal numbers with a mere 0.
_WORDS = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INTEGER = re.compile(r"[-+]?[0-9]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_MOST_DIGITS = 4_000


class NotYaml(ValueError):
    """The text is no YAML that stands for JSON; `line` and `column` are from 1, 0 if unknown."""

    # Marks of the C parser and of the Python one are of two classes.
    def __init__(self, told: str, mark: Any = None) -> None:
        super().__init__(told)
        self.line = mark.line + 1 if mark else 0
        self.column = mark.column + 1 if mark else 0


def load(text: str) -> tuple[object, list[str], int]:
    """The first document's value, keys that stand twice in a mapping, and a count of its values.

    Raises NotYaml.
    """
    builder = _Builder()
    try:
        return builder.of(text), builder.doubled, builder.count
    except yaml.MarkedYAMLError as error:
        told = error.problem or error.context or "it can't be read"
        raise NotYaml(told, error.problem_mark or error.context_mark) from error
    except yaml.YAMLError as error:
        raise NotYaml(str(error)) from error


class Places:
    """Of one YAML text, which is read again when a place in it is first asked for."""

    def __init__(self, text: str) -> None:
        self.text = text

    def of(self, path: Path) -> tuple[int, int]:
        """Line and column, from 1, of the value, or of the nearest one around where it is not."""
        node = self._root
        for step in path:
            # Who checks documents may tell the key "200" as a number.
            inner = node.inner.get(step, node.inner.get(str(step))) if node else None
            if inner is None:
                break
            node = inner
        return (node.line, node.column) if node else (0, 0)

    @cached_property
    def _root(self) -> "_Place | None":
        """Of the first document; what comes behind it may be anything."""
        with suppress(yaml.YAMLError, NotYaml):
            root = _PlacesBuilder().of(self.text)
            return root if isinstance(root, _Place) else None
        return None


@dataclass(slots=True)
class _Place:
    line: int
    column: int
    inner: "dict[str | int, _Place]" = field(default_factory=dict)


@dataclass(slots=True)
class _Open:
    """A mapping or sequence that has not ended; `key` waits for its value."""

    event: yaml.CollectionStartEvent
    is_mapping: bool
    before: int
    items: list[tuple[str | int, Any]] = field(default_factory=list)
    key: str | None = None


class _Builder:
    def __init__(self) -> None:
        self.doubled: list[str] = []
        self.count = 0
        self.still_open: list[_Open] = []
        self.known: dict[str, tuple[Any, int]] = {}
        self.root: Any = None

    def of(self, text: str) -> Any:
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            if isinstance(event, yaml.DocumentEndEvent):
                break
            if isinstance(event, yaml.CollectionEndEvent):
                self._end()
            elif isinstance(event, yaml.NodeEvent):
                self._node(event)
        return self.root

    def scalar(self, event: yaml.ScalarEvent) -> Any:
        if event.tag == _STRING or event.style or (event.tag and event.implicit[1]):
            return event.value
        if event.tag is not None:
            raise NotYaml(f"the tag {event.tag!r} is none of JSON's", event.start_mark)
        return _plain(event)

    def collection(self, of: _Open) -> Any:
        if not of.is_mapping:
            return [value for _, value in of.items]
        members: dict[str, Any] = {}
        for key, value in of.items:
            if key == _MERGE:
                continue
            if key in members:
                self.doubled.append(str(key))
            members[str(key)] = value
        for key, value in of.items:
            if key == _MERGE:
                members = {**self._merged(value, of.event), **members}
        return members

    def _merged(self, value: Any, event: yaml.NodeEvent) -> dict[str, Any]:
        """The first of several mappings counts."""
        mappings = value if isinstance(value, list) else [value]
        if not all(isinstance(each, dict) for each in mappings):
            raise NotYaml("what is merged is a mapping or a list of them", event.start_mark)
        self._count(sum(map(len, mappings)), event)
        merged: dict[str, Any] = {}
        for each in mappings:
            merged = {**each, **merged}
        return merged

    def _node(self, event: yaml.NodeEvent) -> None:
        self._count(1, event)
        if isinstance(event, yaml.ScalarEvent):
            self._take(self._key(event) if self._wants_key else self.scalar(event), event)
        elif isinstance(event, yaml.AliasEvent):
            value, size = self._aliased(event)
            self._count(size, event)
            self._take(value, event)
        elif isinstance(event, yaml.CollectionStartEvent):
            if self._wants_key:
                raise NotYaml("a key is a text", event.start_mark)
            if len(self.still_open) == MAX_DEPTH:
                raise NotYaml(f"it is nested more than {MAX_DEPTH} deep", event.start_mark)
            is_mapping = isinstance(event, yaml.MappingStartEvent)
            self.still_open.append(_Open(event, is_mapping, self.count))

    @property
    def _wants_key(self) -> bool:
        return bool(self.still_open) and (
            self.still_open[-1].is_mapping and self.still_open[-1].key is None
        )

    def _key(self, event: yaml.ScalarEvent) -> str:
        return str(event.value)

    def _aliased(self, event: yaml.AliasEvent) -> tuple[Any, int]:
        name = event.anchor or ""
        if any(each.event.anchor == name for each in self.still_open):
            raise NotYaml(f"the alias {name!r} stands within itself", event.start_mark)
        if name not in self.known:
            raise NotYaml(f"nothing has the anchor {name!r}", event.start_mark)
        return self.known[name]

    def _count(self, more: int, event: yaml.NodeEvent) -> None:
        self.count += more
        if self.count > MAX_VALUES:
            raise NotYaml(f"it stands for more than {MAX_VALUES:,} values", event.start_mark)

    def _end(self) -> None:
        ended = self.still_open.pop()
        value = self.collection(ended)
        if ended.event.anchor is not None:
            self.known[ended.event.anchor] = value, self.count - ended.before
        self._place(value)

    def _take(self, value: Any, event: yaml.NodeEvent) -> None:
        if event.anchor is not None and not isinstance(event, yaml.AliasEvent):
            self.known[event.anchor] = value, 0
        if self._wants_key:
            if not isinstance(value, str):
                raise NotYaml("a key is a text", event.start_mark)
            self.still_open[-1].key = value
        else:
            self._place(value)

    def _place(self, value: Any) -> None:
        """In what is still open around it."""
        if not self.still_open:
            self.root = value
            return
        around = self.still_open[-1]
        if around.is_mapping:
            around.items.append((around.key or "", value))
            around.key = None
        else:
            around.items.append((len(around.items), value))


class _PlacesBuilder(_Builder):
    """Builds places in the place of values."""

    def scalar(self, event: yaml.ScalarEvent) -> Any:
        return _placed(event.start_mark, {})

    def collection(self, of: _Open) -> Any:
        return _placed(of.event.start_mark, dict(of.items))


def _placed(mark: Any, inner: dict[str | int, _Place]) -> _Place:
    return _Place(mark.line + 1, mark.column + 1, inner)


def _plain(event: yaml.ScalarEvent) -> Any:
    text = str(event.value)
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in "+-.0123456789" or len(text) > _MOST_DIGITS:
        return text
    if _INTEGER.fullmatch(text):
        return int(text)
    if text.startswith(("0x", "0o")):
        with suppress(ValueError):
            return int(text, 0)
    return float(text) if _FLOAT.fullmatch(text) else text
