"""Combines a JSON Schema and its references into a compound document of parts with addresses.

https://json-schema.org/draft/2020-12/json-schema-core#section-9.3
"""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urljoin

from registry.artifact_types.syntax.json_flattening import fragment, free_key, make_home
from registry.artifact_types.syntax.json_linking import Link, LinkedDocuments, has_scheme
from registry.artifact_types.syntax.json_objects import Path
from registry.artifact_types.syntax.json_references import JsonDocument

#: For contents without an address of their own; RFC 2606 keeps the domain free.
_MADE_UP = "https://references.invalid/"


def combine(linked: LinkedDocuments, home: str) -> None:
    """Write the needed schemas below `home` in the root, each with its `$id` and its `$schema`."""
    if linked.needed:
        compound = _Compound(linked)
        definitions = make_home(linked.root, (home,))
        for document in linked.needed:
            definitions[free_key(document.name, definitions)] = compound.embed(document)
        for link in linked.links:
            compound.redirect(link)


@dataclass(slots=True)
class _Compound:
    linked: LinkedDocuments
    #: Of each document's resources, by their paths: the addresses that they have now.
    _addresses: dict[JsonDocument, dict[Path, str]] = field(default_factory=dict)
    _taken: set[str] = field(default_factory=set)
    #: Documents that were put into an object that has their address, and where in it.
    _moved: dict[JsonDocument, Path] = field(default_factory=dict)

    def __post_init__(self) -> None:
        root = self.linked.root
        own = {path: place.address for path, place in root.resources.items()}
        self._addresses[root] = own
        self._taken.update(own.values())

    def embed(self, document: JsonDocument) -> object:
        """Give each resource of a document a unique address; return the new value."""
        addresses = self._addresses[document] = {}
        schema = self._schema_with_address(document)
        for path, place in document.resources.items():
            if path:
                holder: Any = document.value_at(path)
                outer = next(
                    addresses[path[:length]]
                    for length in reversed(range(len(path)))
                    if path[:length] in addresses
                )
                address = urljoin(outer, holder[place.id_keyword])
            else:
                holder, address = schema, self._address_of(document)
            addresses[path] = self._free_address(address)
            if not path or addresses[path] != address:
                holder["$id"] = addresses[path]
                if place.id_keyword == "id":
                    # Validators of the older draft read this one.
                    holder["id"] = addresses[path]
        return schema

    def redirect(self, link: Link) -> None:
        """Point a `$ref` to the present address of its target."""
        if link.ref.key == "$recursiveRef":
            return
        holder = link.document.places[id(link.ref.holder)]
        base = self._addresses[link.document][holder.resource]
        resource = link.target.place_at(link.path).resource
        address = self._addresses[link.target][resource]
        moved = self._moved.get(link.target, ()) if not resource else ()
        if urljoin(base, link.ref.resource) == address and not moved:
            return
        rest = link.ref.fragment
        is_anchor = rest and not rest.startswith("/")
        path = (*moved, *link.path[len(resource) :])
        end = f"#{rest}" if is_anchor else fragment(path).removesuffix("#")
        link.ref.holder[link.ref.key] = (end or "#") if address == base else f"{address}{end}"

    def _schema_with_address(self, document: JsonDocument) -> dict[str, Any]:
        """Return an object for the `$id`: the document's own, or a new one around it."""
        value: Any = document.value
        is_hidden = document.resources[()].ref_stands_alone
        if isinstance(value, dict) and not (is_hidden and "$ref" in value):
            return value
        self._moved[document] = ("allOf", 0)
        schema: dict[str, Any] = {"allOf": [value]}
        if isinstance(value, dict) and "$schema" in value:
            schema["$schema"] = value.pop("$schema")
        return schema

    def _address_of(self, document: JsonDocument) -> str:
        """Return the document's own address, or one made of its name."""
        name = quote(document.name, safe="/?&=@+,;~!$'()*-._%")
        # Names are relative to the root, unless its address is none that can be a base.
        candidates = (document.address, urljoin(self.linked.root.address, name))
        return next(filter(has_scheme, candidates), urljoin(_MADE_UP, name))

    def _free_address(self, preferred: str) -> str:
        address, number = preferred, 1
        while address in self._taken:
            number += 1
            address = f"{preferred}-{number}"
        self._taken.add(address)
        return address
