"""Where `$ref`s lead: within a schema, by `$id` and anchors, and into its references."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urldefrag, urljoin

from registry.artifact_types.json_schema.dialects import DEFAULT, Dialect, dialect_of
from registry.artifact_types.syntax.json_references import Path, find, objects, resources


class Unresolved(LookupError):
    """A `$ref` leads nowhere."""


@dataclass(frozen=True, slots=True)
class _Place:
    """Of an object: the address that its `$ref`s are relative to, and the path to it.

    `source` is the resource of the reference that it stands in, empty for the schema itself.
    """

    base: str
    source: str
    path: Path


@dataclass(slots=True)
class Resolver:
    """Knows every object of a schema and of its references by identity."""

    root: object
    dialect: Dialect
    _places: dict[int, _Place] = field(default_factory=dict)
    _resources: dict[str, object] = field(default_factory=dict)

    def knows(self, schema: object) -> bool:
        """Whether that very object is part of it."""
        return id(schema) in self._places

    def path_of(self, schema: object) -> Path:
        """From the root of the schema; a reference's objects have its resource in front."""
        place = self._places.get(id(schema))
        if place is None:
            return ()
        return (f"({place.source})", *place.path) if place.source else place.path

    def resolve(self, ref: str, holder: object) -> object:
        """The schema that a `$ref` in that object leads to; raises Unresolved."""
        place = self._places.get(id(holder))
        base = place.base if place else ""
        resource, fragment = urldefrag(ref)
        for address in dict.fromkeys((resource, urldefrag(urljoin(base, ref))[0], ref)):
            # A reference's own fragment-only refs are relative to itself.
            known = self._resources.get(address or base, self._missing)
            if known is not self._missing:
                return self._at(known, fragment, ref, address or base)
        raise Unresolved(ref)

    _missing: object = field(default_factory=object)

    def _at(self, resource: object, fragment: str, ref: str, address: str) -> object:
        if fragment and not fragment.startswith("/"):
            anchored = self._resources.get(f"{address}#{fragment}", self._missing)
            if anchored is self._missing:
                raise Unresolved(ref)
            return anchored
        try:
            return find(resource, fragment)
        except (LookupError, ValueError) as error:
            raise Unresolved(ref) from error

    def learn(self, value: object, address: str, source: str) -> None:
        """Addresses and anchors of all that the value has; the first of an address counts."""
        self._resources.setdefault(address, value)
        bases: dict[Path, str] = {}
        for path, each in objects(value):
            base = _nearest(bases, path, address)
            given = each.get(self.dialect.id_keyword)
            if isinstance(given, str) and not self._is_hidden(each):
                base = self._name(each, base, given)
                bases[path] = base
            self._places.setdefault(id(each), _Place(base, source, path))
            for keyword in ("$anchor", "$dynamicAnchor"):
                if isinstance(anchor := each.get(keyword), str):
                    self._resources.setdefault(f"{base}#{anchor}", each)

    def _is_hidden(self, schema: Mapping[str, object]) -> bool:
        return self.dialect.ref_stands_alone and "$ref" in schema

    def _name(self, schema: object, base: str, given: str) -> str:
        """Takes in an `$id`, which in older drafts may be an anchor; the base from there on."""
        full, fragment = urldefrag(urljoin(base, given))
        if fragment:
            self._resources.setdefault(f"{full or base}#{fragment}", schema)
            return base
        self._resources.setdefault(full, schema)
        return full


def _nearest(bases: Mapping[Path, str], path: Path, address: str) -> str:
    for length in range(len(path), -1, -1) if bases else ():
        if path[:length] in bases:
            return bases[path[:length]]
    return address


def resolver(root: object, references: Mapping[str, bytes]) -> Resolver:
    made = Resolver(root, dialect_of(root) or DEFAULT)
    made.learn(root, "", "")
    for resource, value in resources(references).items():
        made.learn(value, resource, resource)
    return made
