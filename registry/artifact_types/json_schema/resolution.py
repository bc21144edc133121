"""Where `$ref`s lead: within a schema, by `$id` and anchors, and into its references."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urldefrag, urljoin

from registry.artifact_types.json_schema.dialects import DEFAULT, Dialect, detect_dialect
from registry.artifact_types.syntax.json_references import (
    Path,
    iter_objects,
    parse_resources,
    resolve_pointer,
)

_MISSING: Final = object()


class UnresolvedRef(LookupError):
    """A `$ref` leads nowhere."""


@dataclass(frozen=True, slots=True)
class _Position:
    """The position of an object: its path, and the address that its `$ref`s are relative to.

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
    _positions: dict[int, _Position] = field(default_factory=dict)
    _resources: dict[str, object] = field(default_factory=dict)

    def knows(self, schema: object) -> bool:
        """Check that this very object is part of the schema or its references."""
        return id(schema) in self._positions

    def path_of(self, schema: object) -> Path:
        """Return the path from the root; a reference's begins with its resource in parentheses."""
        position = self._positions.get(id(schema))
        if position is None:
            return ()
        return (f"({position.source})", *position.path) if position.source else position.path

    def resolve(self, ref: str, holder: object) -> object:
        """Return the schema that a `$ref` in that object leads to; raises UnresolvedRef."""
        position = self._positions.get(id(holder))
        base = position.base if position else ""
        resource_name, fragment = urldefrag(ref)
        for address in (resource_name, urldefrag(urljoin(base, ref))[0], ref):
            # A `$ref` that is only a fragment is relative to its own resource.
            address = address or base
            resource = self._resources.get(address, _MISSING)
            if resource is not _MISSING:
                break
        else:
            raise UnresolvedRef(ref)
        if fragment and not fragment.startswith("/"):
            anchored = self._resources.get(f"{address}#{fragment}", _MISSING)
            if anchored is _MISSING:
                raise UnresolvedRef(ref)
            return anchored
        try:
            return resolve_pointer(resource, fragment)
        except (LookupError, ValueError) as error:
            raise UnresolvedRef(ref) from error

    def add(self, value: object, address: str, source: str) -> None:
        """Add addresses and anchors of all objects; the first of an address counts."""
        self._resources.setdefault(address, value)
        bases: dict[Path, str] = {}
        for path, schema in iter_objects(value):
            base = address
            for length in range(len(path), -1, -1) if bases else ():
                if path[:length] in bases:
                    base = bases[path[:length]]
                    break
            identifier = schema.get(self.dialect.id_keyword)
            is_hidden = "$ref" in schema and self.dialect.ref_stands_alone
            if isinstance(identifier, str) and not is_hidden:
                own_address, fragment = urldefrag(urljoin(base, identifier))
                if fragment:
                    # An `$id` of older drafts that is an anchor.
                    self._resources.setdefault(f"{own_address or base}#{fragment}", schema)
                else:
                    self._resources.setdefault(own_address, schema)
                    base = own_address
                bases[path] = base
            self._positions.setdefault(id(schema), _Position(base, source, path))
            for keyword in ("$anchor", "$dynamicAnchor"):
                if isinstance(anchor := schema.get(keyword), str):
                    self._resources.setdefault(f"{base}#{anchor}", schema)


def build_resolver(root: object, references: Mapping[str, bytes]) -> Resolver:
    resolver = Resolver(root, detect_dialect(root) or DEFAULT)
    resolver.add(root, "", "")
    for resource, value in parse_resources(references).items():
        resolver.add(value, resource, resource)
    return resolver
