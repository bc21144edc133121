"""YAML read as the JSON it stands for: bounded in depth and in what aliases make of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from registry.artifact_types.json_places import Path

#: The scanner's time for each token grows with its depth.
MAX_DEPTH = 200
#: Nodes, each alias counted with all that it stands for.
MAX_NODES = 500_000


class NotYaml(ValueError):
    """The text is no YAML that stands for JSON; `line` and `column` are from 1, 0 if unknown."""

    # Marks of the C parser and of the Python one are of two classes.
    def __init__(self, told: str, mark: Any = None) -> None:
        super().__init__(told)
        self.line = mark.line + 1 if mark else 0
        self.column = mark.column + 1 if mark else 0


def load(text: str) -> tuple[object, list[str]]:
    """The first document's value and the keys that stand twice in a mapping; raises NotYaml."""
    try:
        _check_bounds(text)
        loader = _Loader(text)
        try:
            return loader.get_data(), loader.doubled
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        told = error.problem or error.context or "it can't be read"
        raise NotYaml(told, error.problem_mark or error.context_mark) from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        if isinstance(error, NotYaml):
            raise
        raise NotYaml(str(error)) from error


def place_of(text: str, path: Path) -> tuple[int, int]:
    """Line and column, from 1, of the value; of the nearest value around it if it is not there."""
    node: yaml.Node | None = yaml.compose(text, Loader=_Loader)
    for step in path:
        inner = None if node is None else _inner(node, step)
        if inner is None:
            break
        node = inner
    return (node.start_mark.line + 1, node.start_mark.column + 1) if node else (0, 0)


class _Loader(yaml.CSafeLoader):
    """JSON's scalars only, texts as keys."""

    def __init__(self, stream: str) -> None:
        super().__init__(stream)
        self.doubled: list[str] = []

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        return super().construct_object(node, deep=True)

    def mapping(self, node: yaml.MappingNode) -> dict[str, object]:
        self.flatten_mapping(node)
        members: dict[str, object] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                raise NotYaml("a key is a text", key_node.start_mark)
            key = str(key_node.value)
            if key in members:
                self.doubled.append(key)
            members[key] = self.construct_object(value_node)
        return members


# As JSON Schema's and OpenAPI's rules for YAML: no dates, no `on` and `off`, no octal numbers.
_Loader.yaml_implicit_resolvers = {
    sign: [
        (tag, pattern)
        for tag, pattern in resolvers
        if tag not in ("tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:value")
        and not (tag == "tag:yaml.org,2002:bool" and sign not in "tTfF")
    ]
    for sign, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_constructor("tag:yaml.org,2002:map", _Loader.mapping)


def _check_bounds(text: str) -> None:
    """Raises NotYaml."""
    bounds = _Bounds()
    for event in _first_document(text):
        bounds.take(event)


@dataclass(slots=True)
class _Bounds:
    """Counts nodes as if every alias were written out; `still_open` has anchors and counts."""

    sizes: dict[str, int] = field(default_factory=dict)
    still_open: list[tuple[str | None, int]] = field(default_factory=list)
    count: int = 0

    def take(self, event: yaml.Event) -> None:
        if isinstance(event, yaml.CollectionEndEvent):
            anchor, before = self.still_open.pop()
            if anchor is not None:
                self.sizes[anchor] = self.count - before
        elif isinstance(event, yaml.NodeEvent):
            self._take_node(event)

    def _take_node(self, event: yaml.NodeEvent) -> None:
        self.count += 1
        if isinstance(event, yaml.AliasEvent):
            if any(anchor == event.anchor for anchor, _ in self.still_open):
                raise NotYaml(f"the alias {event.anchor!r} stands within itself", event.start_mark)
            self.count += self.sizes.get(event.anchor or "", 0)
        elif isinstance(event, yaml.CollectionStartEvent):
            self.still_open.append((event.anchor, self.count - 1))
        if len(self.still_open) > MAX_DEPTH:
            raise NotYaml(f"it is nested more than {MAX_DEPTH} deep", event.start_mark)
        if self.count > MAX_NODES:
            raise NotYaml(f"it stands for more than {MAX_NODES:,} values", event.start_mark)


def _first_document(text: str) -> Iterator[yaml.Event]:
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        if isinstance(event, yaml.DocumentEndEvent):
            return
        yield event


def _inner(node: yaml.Node, step: str | int) -> yaml.Node | None:
    if isinstance(node, yaml.MappingNode):
        members: Mapping[str, yaml.Node] = {str(key.value): value for key, value in node.value}
        return members.get(str(step))
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        inner: yaml.Node = node.value[step]
        return inner
    return None
