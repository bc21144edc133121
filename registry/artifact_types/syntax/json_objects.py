"""Iterates over the objects of JSON documents, and the `$ref`s in them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

Path = tuple[str | int, ...]
#: Examples and constants, in which a `$ref` means nothing.
_PLAIN_VALUES = frozenset({"const", "default", "enum", "example", "examples"})
#: Keywords whose members have free names, so that "default" there is no keyword.
_HOLDERS_OF_NAMES = frozenset((
    *("properties", "patternProperties", "dependentSchemas", "dependencies"),
    *("definitions", "$defs"),
    *("paths", "pathItems", "webhooks", "responses", "schemas", "parameters", "requestBodies"),
    *("headers", "links", "callbacks", "content", "encoding", "securitySchemes"),
    *("channels", "messages", "operations", "servers", "replies", "variables"),
    *("operationTraits", "messageTraits", "serverVariables", "correlationIds"),
    *("replyAddresses", "mediaTypes", "tags", "externalDocs"),
    *("serverBindings", "channelBindings", "operationBindings", "messageBindings"),
))
_SCHEMA_KEYWORDS = frozenset({"type", "properties", "allOf", "anyOf", "oneOf", "$ref"})
#: Values that a link of OpenAPI, known by its operation, passes to that.
_LINK_VALUES = frozenset({"parameters", "requestBody"})
_LINKED = frozenset({"operationId", "operationRef"})
_REF_KEYWORDS = ("$ref", "$dynamicRef", "$recursiveRef")


@dataclass(frozen=True, slots=True)
class Ref:
    """A `$ref`: `holder`, at `path`, has its text under `key`.

    `is_optional` marks a text that may be something else: a name, or data of an extension.
    """

    text: str
    path: Path
    holder: dict[str, object]
    key: str = "$ref"
    is_optional: bool = False

    @property
    def resource(self) -> str:
        """Return the part before the fragment; empty within the same document."""
        return self.text.partition("#")[0]

    @property
    def fragment(self) -> str:
        return self.text.partition("#")[2]


def iter_objects(value: object) -> Iterator[tuple[Path, dict[str, object]]]:
    """Iterate over all objects outside of examples and constants, outer ones first."""
    stack: list[tuple[Path, object, bool]] = [((), value, False)]
    while stack:
        path, node, holds_names = stack.pop()
        children: list[tuple[Path, object, bool]] = []
        if isinstance(node, dict):
            yield path, node
            children = list(_iter_children(path, node, holds_names))
        elif isinstance(node, list):
            children = [
                ((*path, index), child, False)
                for index, child in enumerate(node)
                if isinstance(child, dict | list)
            ]
        stack.extend(reversed(children))


def _iter_children(
    path: Path, node: dict[str, object], holds_names: bool
) -> Iterator[tuple[Path, object, bool]]:
    """Iterate over objects and arrays, with a flag for objects of freely named members."""
    for key, child in node.items():
        if key in _LINK_VALUES and path[-2:-1] == ("links",) and not _LINKED.isdisjoint(node):
            continue
        if holds_names or key not in _PLAIN_VALUES:
            if isinstance(child, dict | list):
                # The headers of AsyncAPI's messages are a schema, those of OpenAPI have names.
                is_schema = key == "headers" and not _SCHEMA_KEYWORDS.isdisjoint(child)
                holds = key in _HOLDERS_OF_NAMES and not holds_names and not is_schema
                yield (*path, key), child, holds
        elif key == "examples" and isinstance(child, dict):
            # In API documents they have names, and each may be a `$ref`. Those of version 2 have
            # media types, and are examples themselves.
            refs = {
                name: example
                for name, example in child.items()
                if isinstance(example, dict) and "$ref" in example and "/" not in name
            }
            yield from (((*path, key, name), example, False) for name, example in refs.items())


def iter_refs(value: object) -> Iterator[Ref]:
    """Iterate over all `$ref`s in the order of the document."""
    for path, holder in iter_objects(value):
        text = holder.get("$ref")
        if isinstance(text, str):
            yield Ref(text, path, holder)


def iter_links(objects: Iterable[tuple[Path, dict[str, object]]], *, is_api: bool) -> Iterator[Ref]:
    """Iterate over the `$ref`s and their kind in objects with their paths.

    In what belongs to an API document, also `operationRef` and the mapping of a `discriminator`.
    """
    keywords = (*_REF_KEYWORDS, "operationRef") if is_api else _REF_KEYWORDS
    for path, holder in objects:
        is_mapping = is_api and path[-2:] == ("discriminator", "mapping")
        for key in holder if is_mapping else keywords:
            if key in holder and isinstance(text := holder[key], str):
                may_be_name = is_mapping and not set("/#") & set(text)
                yield Ref(text, path, holder, key, may_be_name or _is_in_extension(path))


def _is_in_extension(path: Path) -> bool:
    """Return whether the path leads into an extension (`x-…`).

    No specification defines the content of extensions.
    """
    return any(
        isinstance(step, str) and step.startswith("x-") and outer not in _HOLDERS_OF_NAMES
        for outer, step in zip(("", *path), path, strict=False)
    )
