"""Reads YAML as JSON values, with limits of depth and of the values made by aliases.

Built from the parser's events, since PyYAML's own composer takes three times as long.
"""

import math
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import yaml

from registry.artifact_types.syntax.json_positions import Path

#: The scanner's time for each token grows with its depth.
MAX_DEPTH = 200
#: Values, each alias counted with all that it stands for.
MAX_VALUES = 300_000

_MERGE_KEY = "<<"
_STRING_TAG = "tag:yaml.org,2002:str"
#: The other tags of scalars, and the types of their values.
_TAGS: dict[str, set[type]] = {
    "tag:yaml.org,2002:null": {type(None)},
    "tag:yaml.org,2002:bool": {bool},
    "tag:yaml.org,2002:int": {int},
    "tag:yaml.org,2002:float": {int, float},
}
# The core schema of YAML 1.2, as OpenAPI has it: no dates, no `on`, no octal numbers with a mere 0.
_WORDS = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INTEGER = re.compile(r"[-+]?[0-9]+")
_OTHER_BASES = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_MAX_DIGITS = 4_000


class YamlSyntaxError(ValueError):
    """The text is no YAML with a JSON value; `line` and `column` are from 1, 0 if unknown."""

    # Marks of the C parser and of the Python one are of two classes.
    def __init__(self, message: str, mark: Any = None) -> None:
        super().__init__(message)
        self.line = mark.line + 1 if mark else 0
        self.column = mark.column + 1 if mark else 0


class SecondDocument(YamlSyntaxError):
    """The text has more than one YAML document."""


def load(text: str) -> tuple[object, list[str], int]:
    """Load the one document: its value, its duplicate keys, and the count of its values.

    Raises YamlSyntaxError.
    """
    builder = _Builder()
    try:
        return builder.build(text), builder.duplicate_keys, builder.count
    except yaml.MarkedYAMLError as error:
        message = error.problem or error.context or "it can't be read"
        raise YamlSyntaxError(message, error.problem_mark or error.context_mark) from error
    except yaml.YAMLError as error:
        raise YamlSyntaxError(str(error)) from error


class YamlPositions:
    """Finds values in one YAML text, parsed again at the first look-up."""

    def __init__(self, text: str) -> None:
        self._text = text

    def locate(self, path: Path) -> tuple[int, int]:
        """Return line and column, from 1, of a value, or of the nearest one around it."""
        node = self._root
        for step in path:
            # Validators may report the key "200" as a number.
            inner = node.inner.get(step, node.inner.get(str(step))) if node else None
            if inner is None:
                break
            node = inner
        return (node.line, node.column) if node else (0, 0)

    @cached_property
    def _root(self) -> "_PositionNode | None":
        with suppress(yaml.YAMLError, YamlSyntaxError):
            root = _PositionsBuilder().build(self._text)
            return root if isinstance(root, _PositionNode) else None
        return None


@dataclass(slots=True)
class _PositionNode:
    line: int
    column: int
    inner: "dict[str | int, _PositionNode]" = field(default_factory=dict)


@dataclass(slots=True)
class _OpenCollection:
    """An open mapping or sequence; `key` waits for its value.

    `count_before` is the count of values before it.
    """

    event: yaml.CollectionStartEvent
    is_mapping: bool
    count_before: int
    items: list[tuple[str | int, Any]] = field(default_factory=list)
    key: str | None = None


class _Builder:
    def __init__(self) -> None:
        self.duplicate_keys: list[str] = []
        self.count = 0
        self._open: list[_OpenCollection] = []
        #: Values by anchor, and how many values each stands for.
        self._anchored: dict[str, tuple[Any, int]] = {}
        self._root: Any = None

    def build(self, text: str) -> Any:
        has_ended = False
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            if isinstance(event, yaml.DocumentStartEvent) and has_ended:
                raise SecondDocument("a second document begins", event.start_mark)
            has_ended |= isinstance(event, yaml.DocumentEndEvent)
            if isinstance(event, yaml.CollectionEndEvent):
                ended = self._open.pop()
                value = self.build_collection(ended)
                if ended.event.anchor is not None:
                    self._anchored[ended.event.anchor] = value, self.count - ended.count_before
                self.add(value)
            elif isinstance(event, yaml.NodeEvent):
                self.add_node(event)
        return self._root

    def build_scalar(self, event: yaml.ScalarEvent) -> Any:
        text = str(event.value)
        if expected := _TAGS.get(event.tag or ""):
            value = _read_plain(text)
            if type(value) not in expected:
                raise YamlSyntaxError(f"{text!r} is not what its tag names", event.start_mark)
            return value
        if event.tag == _STRING_TAG or event.style or (event.tag and event.implicit[1]):
            return event.value
        if event.tag is not None:
            raise YamlSyntaxError(f"the tag {event.tag!r} is none of JSON's", event.start_mark)
        return _read_plain(text)

    def build_collection(self, collection: _OpenCollection) -> Any:
        if not collection.is_mapping:
            return [value for _, value in collection.items]
        members: dict[str, Any] = {}
        for key, value in collection.items:
            if key == _MERGE_KEY:
                continue
            if key in members:
                self.duplicate_keys.append(str(key))
            members[str(key)] = value
        for key, value in collection.items:
            if key == _MERGE_KEY:
                members = {**self.merge(value, collection.event), **members}
        return members

    def merge(self, value: Any, event: yaml.NodeEvent) -> dict[str, Any]:
        """Merge one or several mappings; the first one with a key counts."""
        mappings = value if isinstance(value, list) else [value]
        if not all(isinstance(mapping, dict) for mapping in mappings):
            raise YamlSyntaxError("what is merged is a mapping or a list of them", event.start_mark)
        self.increase_count(sum(map(len, mappings)), event)
        merged: dict[str, Any] = {}
        for mapping in mappings:
            merged = {**mapping, **merged}
        return merged

    def add_node(self, event: yaml.NodeEvent) -> None:
        self.increase_count(1, event)
        is_key = bool(self._open) and self._open[-1].is_mapping and self._open[-1].key is None
        if isinstance(event, yaml.CollectionStartEvent):
            if is_key:
                raise YamlSyntaxError("a key is a text", event.start_mark)
            if len(self._open) == MAX_DEPTH:
                raise YamlSyntaxError(f"it is nested more than {MAX_DEPTH} deep", event.start_mark)
            is_mapping = isinstance(event, yaml.MappingStartEvent)
            self._open.append(_OpenCollection(event, is_mapping, self.count))
            return
        if isinstance(event, yaml.ScalarEvent):
            value = str(event.value) if is_key else self.build_scalar(event)
            if event.anchor is not None:
                self._anchored[event.anchor] = value, 0
        else:
            value = self.resolve_alias(event)
        if not is_key:
            self.add(value)
        elif isinstance(value, str):
            self._open[-1].key = value
        else:
            raise YamlSyntaxError("a key is a text", event.start_mark)

    def resolve_alias(self, event: yaml.NodeEvent) -> Any:
        name = event.anchor or ""
        if any(collection.event.anchor == name for collection in self._open):
            raise YamlSyntaxError(f"the alias {name!r} stands within itself", event.start_mark)
        if name not in self._anchored:
            raise YamlSyntaxError(f"nothing has the anchor {name!r}", event.start_mark)
        value, count = self._anchored[name]
        self.increase_count(count, event)
        return value

    def increase_count(self, more: int, event: yaml.NodeEvent) -> None:
        self.count += more
        if self.count > MAX_VALUES:
            raise YamlSyntaxError(
                f"it stands for more than {MAX_VALUES:,} values", event.start_mark
            )

    def add(self, value: Any) -> None:
        """Add a value to the collection around it, or make it the root."""
        if not self._open:
            self._root = value
            return
        outer = self._open[-1]
        if outer.is_mapping:
            outer.items.append((outer.key or "", value))
            outer.key = None
        else:
            outer.items.append((len(outer.items), value))


def _read_plain(text: str) -> Any:
    """Return the value of a scalar without quotes."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in "+-.0123456789" or len(text) > _MAX_DIGITS:
        return text
    if _INTEGER.fullmatch(text):
        return int(text)
    if _OTHER_BASES.fullmatch(text):
        return int(text, 0)
    if not _FLOAT.fullmatch(text):
        return text
    number = float(text)
    # JSON has no infinite number, which YAML also writes as `.inf`.
    return text if math.isinf(number) else number


class _PositionsBuilder(_Builder):
    """Builds a tree of positions instead of values."""

    def build_scalar(self, event: yaml.ScalarEvent) -> Any:
        return _build_node(event.start_mark)

    def build_collection(self, collection: _OpenCollection) -> Any:
        return _build_node(collection.event.start_mark, collection.items)


def _build_node(mark: Any, items: Sequence[tuple[str | int, _PositionNode]] = ()) -> _PositionNode:
    return _PositionNode(mark.line + 1, mark.column + 1, dict(items))
