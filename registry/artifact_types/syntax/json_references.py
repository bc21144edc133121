"""Finds `$ref`s in JSON documents, and resolves them by names, addresses, anchors and pointers."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple
from urllib.parse import unquote, urljoin

from registry.artifact_types.checks import Document, UnresolvedReference
from registry.artifact_types.syntax.documents import ParsedDocument, read_json_or_yaml
from registry.artifact_types.syntax.json_positions import pointer

Path = tuple[str | int, ...]
#: Examples and constants, in which a `$ref` means nothing.
_PLAIN_VALUES = frozenset({"const", "default", "enum", "example", "examples"})
#: Keywords whose members have free names, so that "default" there is no keyword.
_HOLDERS_OF_NAMES = frozenset((
    *("properties", "patternProperties", "dependentSchemas", "definitions", "$defs"),
    *("paths", "pathItems", "webhooks", "responses", "schemas", "parameters", "requestBodies"),
    *("headers", "links", "callbacks", "content", "encoding", "securitySchemes"),
    *("channels", "messages", "operations", "servers", "replies", "variables"),
))
_SCHEMA_KEYWORDS = frozenset({"type", "properties", "allOf", "anyOf", "oneOf", "$ref"})
_REF_KEYWORDS = ("$ref", "$dynamicRef", "$recursiveRef")
_ADDRESS_KEYWORDS = frozenset({"$schema", "$id", "id", "$anchor", "$dynamicAnchor"})
#: The addresses of JSON Schema's dialects: drafts 3 to 7, and those since 2019.
_METASCHEMA = re.compile(r"https?://json-schema\.org/(draft-0[3-7]/|draft/20\d\d-\d\d/|)schema#?")


@dataclass(frozen=True, slots=True)
class Ref:
    """A `$ref`: `holder`, at `path`, has its text under `key`.

    `may_be_name` marks a text that may also be a name instead of an address.
    """

    text: str
    path: Path
    holder: dict[str, object]
    key: str = "$ref"
    may_be_name: bool = False

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
        if holds_names or key not in _PLAIN_VALUES:
            if isinstance(child, dict | list):
                # The headers of AsyncAPI's messages are a schema, those of OpenAPI have names.
                is_schema = key == "headers" and not _SCHEMA_KEYWORDS.isdisjoint(child)
                holds = key in _HOLDERS_OF_NAMES and not holds_names and not is_schema
                yield (*path, key), child, holds
        elif key == "examples" and isinstance(child, dict):
            # In API documents they have names, and each may be a `$ref`.
            refs = {
                name: example
                for name, example in child.items()
                if isinstance(example, dict) and "$ref" in example
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
                yield Ref(text, path, holder, key, may_be_name)


def is_api_document(value: object) -> bool:
    keys = ("openapi", "swagger", "asyncapi")
    return isinstance(value, dict) and any(isinstance(value.get(key), str) for key in keys)


def resolve_pointer(value: object, fragment: str) -> object:
    """Follow a JSON pointer, spelled as a fragment; raises LookupError."""
    return _follow(value, pointer_path(value, fragment))


def pointer_path(value: object, fragment: str) -> Path:
    """Return the path for a JSON pointer; raises LookupError if there is nothing."""
    path: list[str | int] = []
    for step in fragment.split("/")[1:]:
        key = unquote(step).replace("~1", "/").replace("~0", "~")
        if isinstance(value, dict):
            path.append(key)
            value = value[key]
        elif isinstance(value, list) and key.isascii() and key.isdecimal():
            path.append(int(key))
            value = value[int(key)]
        else:
            raise LookupError(fragment)
    return tuple(path)


class UnresolvedRef(LookupError):
    """A `$ref` has no target."""


class UnknownResource(UnresolvedRef):
    """A `$ref` leads to an unknown document."""


class Place(NamedTuple):
    """The path, address and dialect of the resource around a part of a document.

    A resource has an address of its own, by `$id`; the outermost is the document. The
    dialect is the address of a metaschema, empty if none is named.
    """

    resource: Path
    address: str
    dialect: str

    @property
    def id_keyword(self) -> str:
        is_old = "/draft-03/" in self.dialect or "/draft-04/" in self.dialect
        return "id" if is_old else "$id"

    @property
    def ref_stands_alone(self) -> bool:
        """Check that a `$ref` hides the keywords beside it."""
        return "/draft-0" in self.dialect


def is_metaschema(address: str) -> bool:
    """Check for the address of a dialect of JSON Schema, known to every validator."""
    return _METASCHEMA.fullmatch(address) is not None


@dataclass(slots=True, eq=False)
class JsonDocument:
    """A JSON value with the addresses of its parts; `name` is that of the reference to it.

    A value without `has_refs` is text, or JSON in which `$ref` and addresses mean nothing.
    """

    value: object
    name: str
    has_refs: bool
    #: All objects with their paths, outer ones first.
    objects: list[tuple[Path, dict[str, object]]]
    places: dict[int, Place] = field(default_factory=dict)
    #: The resources by their paths, outer ones first.
    resources: dict[Path, Place] = field(default_factory=dict)
    #: The addresses that stand in it, in their order; its name is none of them.
    declared: dict[str, Path] = field(default_factory=dict)
    _addresses: dict[str, Path] = field(default_factory=dict)
    _anchors: dict[str, Path] = field(default_factory=dict)

    @classmethod
    def read(
        cls, value: object, name: str = "", dialect: str = "", *, has_refs: bool = True
    ) -> "JsonDocument":
        """Read the addresses of all parts; the first part with an address counts.

        `dialect` is for schemas without one.
        """
        document = cls(value, name, has_refs, list(iter_objects(value)) if has_refs else [])
        own_address = value.get("$self") if isinstance(value, dict) else None
        address = name
        if isinstance(own_address, str):
            address = _join(name, own_address)
            document.declared[address] = ()
        document.resources[()] = Place((), address, dialect)
        document._addresses |= {name: (), address: ()}
        for path, holder in document.objects:
            place = document.place_at(path)
            if not _ADDRESS_KEYWORDS.isdisjoint(holder):
                place = document._declare(place, path, holder)
            document.places.setdefault(id(holder), place)
        return document

    def _declare(self, place: Place, path: Path, holder: dict[str, object]) -> Place:
        """Add the addresses of an object, and return its place."""
        named = holder.get("$schema")
        if isinstance(named, str):
            place = place._replace(dialect=named)
        identifier = holder.get(place.id_keyword)
        is_hidden = "$ref" in holder and place.ref_stands_alone
        if isinstance(identifier, str) and not is_hidden:
            address, _, fragment = _join(place.address, identifier).partition("#")
            if fragment:
                # An `$id` of older drafts that is an anchor.
                self._anchors.setdefault(f"{address}#{fragment}", path)
            elif address != place.address:
                place = place._replace(resource=path, address=address)
                self._addresses.setdefault(address, path)
                self.declared.setdefault(address, path)
        if path == place.resource:
            self.resources[path] = place
        for keyword in ("$anchor", "$dynamicAnchor"):
            if isinstance(anchor := holder.get(keyword), str):
                self._anchors.setdefault(f"{place.address}#{anchor}", path)
        return place

    @property
    def address(self) -> str:
        return self.resources[()].address

    def place_at(self, path: Path) -> Place:
        """Return the place of a path, by the innermost resource around it."""
        if len(self.resources) > 1:
            for length in range(len(path), 0, -1):
                if path[:length] in self.resources:
                    return self.resources[path[:length]]
        return self.resources[()]

    def has_address(self, address: str) -> bool:
        return address in self._addresses

    def find(self, address: str, fragment: str) -> Path:
        """Return the path for an anchor or a pointer in a resource; raises UnresolvedRef."""
        resource = self._addresses[address]
        if fragment and not fragment.startswith("/"):
            anchor = f"{self.resources[resource].address}#{unquote(fragment)}"
            if anchor not in self._anchors:
                raise UnresolvedRef(fragment)
            return self._anchors[anchor]
        try:
            return (*resource, *pointer_path(self.value_at(resource), fragment))
        except LookupError as error:
            raise UnresolvedRef(fragment) from error

    def value_at(self, path: Path) -> object:
        return _follow(self.value, path)


def _follow(value: Any, path: Path) -> object:
    for step in path:
        value = value[step]
    return value


def _join(base: str, text: str) -> str:
    """Join addresses; an invalid one stays as it is."""
    try:
        return urljoin(base, text).removesuffix("#")
    except ValueError:
        return text


class Scope:
    """The possible target documents of a document's `$ref`s.

    `names` are those of its references, relative to its address `base`; `load` reads them. Other
    names are looked up in `outer`. `read_all` reads all documents, to look up addresses in them.
    Documents are read when a `$ref` leads to them.
    """

    def __init__(
        self,
        base: str,
        names: Iterable[str],
        load: Callable[[str], JsonDocument | None],
        read_all: Callable[[], Iterable[JsonDocument]] = tuple,
        outer: "Scope | None" = None,
    ) -> None:
        self._names = {name: name for name in names}
        for name in list(self._names):
            resource = name.partition("#")[0]
            self._names.setdefault(resource, name)
            self._names.setdefault(_join(base, resource), name)
        self._load = load
        self._read_all = read_all
        self._outer = outer

    def knows(self, document: JsonDocument, ref: Ref) -> bool:
        """Check that a `$ref` leads to a known document; its fragment is not checked."""
        address = _address(document, ref)
        return (
            document.has_address(address)
            or self._name_of(ref, address) is not None
            or address in self._documents_by_address
            or is_metaschema(address)
        )

    def find(self, document: JsonDocument, ref: Ref) -> tuple[JsonDocument, Path]:
        """Return the target of a `$ref`; raises UnresolvedRef.

        The document's own definitions go first, then names of references, then addresses.
        """
        address = _address(document, ref)
        if document.has_address(address):
            return document, document.find(address, ref.fragment)
        scope: Scope | None = self
        while scope is not None:
            name = scope._name_of(ref, address)
            if name is not None and (target := scope._load(name)) is not None:
                return target, target.find(target.address, ref.fragment)
            by_address = scope._documents_by_address.get(address)
            if by_address is not None:
                return by_address, by_address.find(address, ref.fragment)
            scope = scope._outer
        raise UnknownResource(ref.text)

    @cached_property
    def _documents_by_address(self) -> dict[str, JsonDocument]:
        """Return documents by address; the first one with an address counts."""
        documents: dict[str, JsonDocument] = {}
        for document in self._read_all():
            for address in document.declared:
                documents.setdefault(address, document)
        return documents

    def _name_of(self, ref: Ref, address: str) -> str | None:
        spellings = (ref.text, ref.resource, f"{address}#{ref.fragment}", address)
        return next((self._names[text] for text in spellings if text in self._names), None)


def _address(document: JsonDocument, ref: Ref) -> str:
    """Return the address of the target resource of a `$ref`."""
    place = document.places.get(id(ref.holder), document.resources[()])
    return _join(place.address, ref.resource) if ref.resource else place.address


def parse_resources(references: Mapping[str, bytes]) -> dict[str, object]:
    """Parse referenced contents, by resource; unreadable ones are left out."""
    resources: dict[str, object] = {}
    for name, content in references.items():
        parsed = read_json_or_yaml(content)
        if isinstance(parsed, ParsedDocument):
            resources.setdefault(name.partition("#")[0], parsed.value)
    return resources


def unresolved_references(document: Document, names: Collection[str]) -> list[UnresolvedReference]:
    """List the outside resources of the document without a reference.

    A reference's name is the whole text of a `$ref`, its resource, or the address of the target;
    or its content has that address.
    """
    parsed = read_json_or_yaml(document.content)
    if not isinstance(parsed, ParsedDocument):
        return []
    root = JsonDocument.read(parsed.value)

    def read_references() -> list[JsonDocument]:
        resources = parse_resources(document.references)
        return [JsonDocument.read(value, name) for name, value in resources.items()]

    scope = Scope(root.address, names, lambda name: None, read_references)
    unresolved: dict[str, UnresolvedReference] = {}
    for ref in iter_links(root.objects, is_api=is_api_document(parsed.value)):
        if not ref.resource or ref.may_be_name or ref.text in unresolved:
            continue
        if not scope.knows(root, ref):
            line = parsed.line(ref.path)
            spellings = tuple(dict.fromkeys((ref.text, ref.resource)))
            unresolved[ref.text] = UnresolvedReference(spellings, pointer(ref.path), line)
    return list(unresolved.values())
