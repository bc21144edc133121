"""Reads the top of a YAML document from parser events: nothing is built, no alias is followed."""

from collections.abc import Iterator, Mapping
from itertools import islice

import yaml

# Past this many events there is no top level to find.
MAX_EVENTS = 50_000
# The scanner's time for each token grows with its depth.
MAX_DEPTH = 400


def read_top_level(text: str) -> Mapping[str, object]:
    """Read the top-level keys of a YAML mapping: scalars as text, mappings with their own scalars.

    Anything else (sequences, aliases, deeper levels) is None. Reads a bounded number of events and
    keeps the keys before an error; empty if the document is no mapping. Never raises.
    """
    events = islice(yaml.parse(text, Loader=yaml.CSafeLoader), MAX_EVENTS)
    top_level: dict[str, object] = {}
    try:
        for event in events:
            if isinstance(event, yaml.MappingStartEvent):
                _read_mapping(events, top_level, depth=1)
                break
            if isinstance(event, (yaml.ScalarEvent, yaml.SequenceStartEvent, yaml.AliasEvent)):
                break
    except (yaml.YAMLError, ValueError):
        return top_level
    return top_level


def _read_mapping(events: Iterator[yaml.Event], members: dict[str, object], depth: int) -> None:
    for key in events:
        if isinstance(key, yaml.MappingEndEvent):
            return
        if not isinstance(key, yaml.ScalarEvent):
            _skip(key, events)
        event = next(events, None)
        if event is None:
            return
        value: object = None
        if isinstance(event, yaml.ScalarEvent):
            value = event.value
        elif isinstance(event, yaml.MappingStartEvent) and depth == 1:
            value = inner = dict[str, object]()
            _read_mapping(events, inner, depth + 1)
        else:
            _skip(event, events)
        if isinstance(key, yaml.ScalarEvent):
            members[key.value] = value


def _skip(event: yaml.Event, events: Iterator[yaml.Event]) -> None:
    """Skip the rest of a node's events, given its first."""
    depth = int(isinstance(event, yaml.CollectionStartEvent))
    while depth:
        inner = next(events, None)
        if inner is None:
            return
        depth += isinstance(inner, yaml.CollectionStartEvent)
        depth -= isinstance(inner, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            raise yaml.YAMLError("nested too deeply")
