"""Checks channels, parameters, servers and messages by AsyncAPI's rules beyond its JSON Schema."""

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from registry.artifact_types.checks import Violation
from registry.artifact_types.syntax.api_documents import (
    Located,
    inner_list,
    inner_object,
    iter_inner_objects,
)
from registry.artifact_types.syntax.documents import ParsedDocument
from registry.artifact_types.syntax.json_objects import Path

_EXPRESSION = re.compile(r"\{([^{}]+)\}")
_DIRECTIONS = ("publish", "subscribe")


def channel_violations(document: ParsedDocument, version: str) -> Iterator[Violation]:
    """Report unknown servers, and parameters missing in an address or in its channel."""
    is_version_2 = version.startswith("2.")
    servers = inner_object(document.value, "servers")
    for path, channel in _iter_located(document.value, "channels"):
        if "$ref" in channel:
            continue
        # In version 2 the name of a channel is its address; one to be reused gets it elsewhere.
        name = path[-1] if path[0] == "channels" else None
        address = name if is_version_2 else channel.get("address")
        if isinstance(address, str):
            used = set(_EXPRESSION.findall(address))
            yield from _parameter_violations(document, path, used, channel)
        # A channel that is to be reused may have servers that are.
        names = inner_list(channel, "servers") if path[0] == "channels" else []
        for index, name in enumerate(names):
            place = (*path, "servers", index)
            if isinstance(name, str) and name not in servers:
                message = f"The server {name!r} is not declared"
                yield document.violation(message, place, "Declare it, or mend its name.")
            yield from _place_violations(document, place, name, ("#/servers/",))


def operation_violations(document: ParsedDocument) -> Iterator[Violation]:
    """Report operations of version 3 with an unknown channel, or with messages of another one."""
    for path, operation in _iter_located(document.value, "operations"):
        # An operation that is to be reused may be one of a channel that is.
        places = ("#/channels/", "#/components/channels/")[: len(path) - 1]
        reply = inner_object(operation, "reply")
        for holder_path, holder in ((path, operation), ((*path, "reply"), reply)):
            channel = holder.get("channel")
            yield from _place_violations(document, (*holder_path, "channel"), channel, places)
            yield from _message_violations(document, holder_path, holder)


def _message_violations(
    document: ParsedDocument, path: Path, holder: Mapping[str, Any]
) -> Iterator[Violation]:
    """Report messages missing in the channel of an operation or reply."""
    channel = _ref(holder.get("channel"))
    for index, message in enumerate(inner_list(holder, "messages")):
        ref = _ref(message)
        if channel and ref and not unquote(ref).startswith(f"{unquote(channel)}/messages/"):
            text = f"The message {ref!r} is none of the channel {channel!r}"
            hint = f"Refer to one of {channel}/messages."
            yield document.violation(text, (*path, "messages", index), hint)


def iter_secured(value: Any) -> Iterator[Located]:
    """Iterate over the objects of version 2 with security: servers, operations and their traits."""
    yield from _iter_located(value, "servers")
    components = inner_object(value, "components")
    for name, trait in iter_inner_objects(components, "operationTraits"):
        yield ("components", "operationTraits", name), trait
    for path, channel in _iter_located(value, "channels"):
        for direction in _DIRECTIONS:
            operation = inner_object(channel, direction)
            yield (*path, direction), operation
            for index, trait in enumerate(inner_list(operation, "traits")):
                yield (*path, direction, "traits", index), trait


def _iter_located(value: Any, key: str) -> Iterator[Located]:
    """Iterate over the objects of a key at the top and among the components."""
    for name, item in iter_inner_objects(value, key):
        yield (key, name), item
    for name, item in iter_inner_objects(inner_object(value, "components"), key):
        yield ("components", key, name), item


def _parameter_violations(
    document: ParsedDocument, path: Path, used: set[str], channel: Mapping[str, Any]
) -> Iterator[Violation]:
    declared = set(inner_object(channel, "parameters"))
    for name in sorted(used - declared):
        message = f"The address has {{{name}}}, and the channel has no such parameter"
        yield document.violation(message, path, f"Add a parameter {name!r}.")
    for name in sorted(declared - used):
        message = f"The parameter {name!r} is one of the address, which has no {{{name}}}"
        hint = "Mend its name, or the address."
        yield document.violation(message, (*path, "parameters", name), hint)


def _place_violations(
    document: ParsedDocument, path: Path, value: object, places: tuple[str, ...]
) -> Iterator[Violation]:
    """Report a `$ref` within the document to another place than these."""
    ref = _ref(value)
    if ref is not None and ref.startswith("#") and not ref.startswith(places):
        yield document.violation(f"{ref!r} does not begin with {' or '.join(places)}", path)


def _ref(value: object) -> str | None:
    ref = value.get("$ref") if isinstance(value, dict) else None
    return ref if isinstance(ref, str) else None
