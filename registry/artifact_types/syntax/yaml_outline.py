"""The top of a YAML document, read from parser events: nothing is built, no alias is followed."""

from collections.abc import Iterator, Mapping
from itertools import islice

import yaml

# An outline stands at the top of a document; past this many events there is nothing to find.
MAX_EVENTS = 50_000
# The scanner's time for each token grows with its depth.
MAX_DEPTH = 400


def outline(text: str) -> Mapping[str, object]:
    """Top-level keys of a YAML mapping: scalars as text, mappings with their own scalars as text.

    Anything else (sequences, aliases, deeper levels) is None. Reads a bounded number of events and
    keeps what it read before an error; empty when the document is no mapping. Never raises.
    """
    events = islice(yaml.parse(text, Loader=yaml.CSafeLoader), MAX_EVENTS)
    found: dict[str, object] = {}
    try:
        for event in events:
            if isinstance(event, yaml.MappingStartEvent):
                _read_mapping(events, found, depth=1)
                break
            if isinstance(event, (yaml.ScalarEvent, yaml.SequenceStartEvent, yaml.AliasEvent)):
                break
    except (yaml.YAMLError, ValueError):
        return found
    return found


def _read_mapping(events: Iterator[yaml.Event], found: dict[str, object], depth: int) -> None:
    for event in events:
        if isinstance(event, yaml.MappingEndEvent):
            return
        key = event.value if isinstance(event, yaml.ScalarEvent) else None
        if key is None:
            _skip(event, events)
        value = next(events, None)
        if value is None:
            return
        outlined = _outlined(value, events, depth)
        if key is not None:
            found[key] = outlined


def _outlined(event: yaml.Event, events: Iterator[yaml.Event], depth: int) -> object:
    if isinstance(event, yaml.ScalarEvent):
        return event.value
    if isinstance(event, yaml.MappingStartEvent) and depth == 1:
        inner: dict[str, object] = {}
        _read_mapping(events, inner, depth + 1)
        return inner
    _skip(event, events)
    return None


def _skip(event: yaml.Event, events: Iterator[yaml.Event]) -> None:
    """Leave the events after the node that this event starts."""
    depth = int(isinstance(event, yaml.CollectionStartEvent))
    while depth:
        inner = next(events, None)
        if inner is None:
            return
        depth += isinstance(inner, yaml.CollectionStartEvent)
        depth -= isinstance(inner, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            raise yaml.YAMLError("nested too deeply")
