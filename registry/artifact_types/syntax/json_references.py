"""Resolves the `$ref`s of JSON documents by names, addresses, anchors and pointers."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple
from urllib.parse import unquote, urljoin

from registry.artifact_types.checks import Document, UnresolvedReference
from registry.artifact_types.syntax.documents import ParsedDocument, read_json_or_yaml
from registry.artifact_types.syntax.json_objects import Path, Ref, iter_links, iter_objects
from registry.artifact_types.syntax.json_positions import pointer
from registry.artifact_types.syntax.locations import plain_location

_ADDRESS_KEYWORDS = frozenset({"$schema", "$id", "id", "$anchor", "$dynamicAnchor"})
#: The addresses of JSON Schema's dialects: drafts 3 to 7, and those since 2019.
_METASCHEMA = re.compile(r"https?://json-schema\.org/(draft-0[3-7]/|draft/20\d\d-\d\d/|)schema#?")


def is_api_document(value: object) -> bool:
    keys = ("openapi", "swagger", "asyncapi")
    return isinstance(value, dict) and any(isinstance(value.get(key), str) for key in keys)


def resolve_pointer(value: object, fragment: str) -> object:
    """Follow a JSON pointer, spelled as a fragment; raises LookupError."""
    return _follow(value, pointer_path(value, fragment))


def pointer_path(value: object, fragment: str) -> Path:
    """Return the path for a JSON pointer; raises LookupError if there is nothing."""
    path: list[str | int] = []
    # Percent signs are read first, so that %2F ends a step (RFC 6901, section 6).
    for step in unquote(fragment).split("/")[1:]:
        key = step.replace("~1", "/").replace("~0", "~")
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
        """Return whether a `$ref` hides the keywords beside it."""
        return "/draft-0" in self.dialect


def is_metaschema(address: str) -> bool:
    """Check for the address of a dialect of JSON Schema, known to every validator."""
    return _METASCHEMA.fullmatch(address) is not None


@dataclass(slots=True, eq=False)
class JsonDocument:
    """A JSON value with the addresses of its parts; `name` is the name of its reference.

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
        decoded = unquote(fragment)
        if decoded and not decoded.startswith("/"):
            anchor = f"{self.resources[resource].address}#{decoded}"
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
        self._by_location: dict[str, str] = {}
        for spelling, name in self._names.items():
            self._by_location.setdefault(plain_location(spelling), name)
        self._load = load
        self._read_all = read_all
        self._outer = outer

    def knows(self, document: JsonDocument, ref: Ref) -> bool:
        """Return whether a `$ref` leads to a known document; its fragment is not checked."""
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
        known = next((self._names[text] for text in spellings if text in self._names), None)
        return known or self._by_location.get(plain_location(address))


def _address(document: JsonDocument, ref: Ref) -> str:
    """Return the address of the target resource of a `$ref`."""
    place = document.places.get(id(ref.holder), document.resources[()])
    return _join(place.address, ref.resource) if ref.resource else place.address


def read_references(references: Mapping[str, bytes], dialect: str = "") -> dict[str, JsonDocument]:
    """Read referenced contents, by name; unreadable ones are left out.

    Names that differ in their fragments alone may be of one content, or of several.
    """
    documents: dict[tuple[str, bytes], JsonDocument] = {}
    by_name: dict[str, JsonDocument] = {}
    for name, content in references.items():
        key = (name.partition("#")[0], content)
        if key not in documents:
            parsed = read_json_or_yaml(content)
            if not isinstance(parsed, ParsedDocument):
                continue
            documents[key] = JsonDocument.read(parsed.value, key[0], dialect)
        by_name[name] = documents[key]
    return by_name


def unresolved_references(document: Document, names: Collection[str]) -> list[UnresolvedReference]:
    """List the outside resources of the document without a reference.

    A reference's name is the whole text of a `$ref`, its resource, or the address of the target;
    or its content has that address.
    """
    parsed = read_json_or_yaml(document.content)
    if not isinstance(parsed, ParsedDocument):
        return []
    root = JsonDocument.read(parsed.value)

    def read_all() -> Iterable[JsonDocument]:
        return read_references(document.references).values()

    scope = Scope(root.address, names, lambda name: None, read_all)
    unresolved: dict[str, UnresolvedReference] = {}
    for ref in iter_links(root.objects, is_api=is_api_document(parsed.value)):
        if not ref.resource or ref.is_optional or ref.text in unresolved:
            continue
        if not scope.knows(root, ref):
            line = parsed.line(ref.path)
            spellings = tuple(dict.fromkeys((ref.text, ref.resource)))
            unresolved[ref.text] = UnresolvedReference(spellings, pointer(ref.path), line)
    return list(unresolved.values())
