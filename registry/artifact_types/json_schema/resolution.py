"""Resolves `$ref`s: within a schema, by `$id` and anchors, and into its references."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from registry.artifact_types.json_schema.dialects import DEFAULT, Dialect, detect_dialect
from registry.artifact_types.syntax.json_objects import Path, Ref
from registry.artifact_types.syntax.json_references import (
    JsonDocument,
    Scope,
    UnresolvedRef,
    read_references,
)

__all__ = ["Resolver", "UnresolvedRef", "build_resolver"]


@dataclass(slots=True)
class Resolver:
    """Resolves the `$ref`s of objects, identified by identity, in a schema and its references."""

    root: JsonDocument
    dialect: Dialect
    _scope: Scope
    #: By an object's identity, the document that it stands in and its path there.
    _positions: dict[int, tuple[JsonDocument, Path]] = field(default_factory=dict)
    #: The dialects that the documents, else the whole schema, name.
    _declared: dict[JsonDocument, Dialect | None] = field(default_factory=dict)
    _adopted: list[object] = field(default_factory=list)
    #: By the keyword and name of dynamic anchors: the schemas that have them.
    _dynamic_anchors: dict[tuple[str, object], list[object]] = field(default_factory=dict)

    @property
    def declared_dialects(self) -> set[Dialect | None]:
        return set(self._declared.values())

    def knows(self, schema: object) -> bool:
        """Check if an object is part of the schema or its references, by identity."""
        return id(schema) in self._positions

    def declared_dialect_of(self, schema: object) -> Dialect | None:
        """Return the dialect named by the schema's document, or else by the root."""
        return self._declared[self._positions[id(schema)][0]] if self.knows(schema) else None

    def adopt(self, copy: object, schema: object) -> None:
        """Give a copy the position of the schema."""
        self._adopted.append(copy)
        document, _ = self._positions[id(copy)] = self._positions[id(schema)]
        document.places[id(copy)] = document.places[id(schema)]

    def path_of(self, schema: object) -> Path:
        """Return the path from the root; a reference's begins with its resource in parentheses."""
        if not self.knows(schema):
            return ()
        document, path = self._positions[id(schema)]
        return path if document is self.root else (f"({document.name})", *path)

    def iter_targets(self, keyword: str, ref: str, holder: object) -> Iterator[object]:
        """Iterate over the possible targets of a reference; raises UnresolvedRef.

        A dynamic reference has several, since its target depends on the way to it.
        """
        target = self.resolve(ref, holder)
        anchor = {
            "$dynamicRef": ("$dynamicAnchor", ref.partition("#")[2]),
            "$recursiveRef": ("$recursiveAnchor", True),
        }.get(keyword)
        is_dynamic = isinstance(target, dict) and anchor and target.get(anchor[0]) == anchor[1]
        if anchor is None or not is_dynamic:
            yield target
            return
        targets = self._dynamic_anchors[anchor]
        by_base = {
            self._positions[id(schema)][0].places[id(schema)].address: schema
            for schema in reversed(targets)
        }
        bases = {
            place.address for document in self._declared for place in document.resources.values()
        }
        # The outermost resource counts; and that is, on every way, the one of the root. Some
        # validators look for a recursive anchor only as far as each resource has one.
        is_outermost_found = keyword == "$dynamicRef" or by_base.keys() == bases
        root = by_base.get(self.root.address)
        yield from [root] if root is not None and is_outermost_found else targets

    def resolve(self, ref: str, holder: Any) -> object:
        """Return the target of a `$ref` in an object; raises UnresolvedRef."""
        document = self._positions[id(holder)][0] if self.knows(holder) else self.root
        target, path = self._scope.find(document, Ref(ref, (), holder))
        return target.value_at(path)

    def add(self, document: JsonDocument) -> None:
        documents = (
            holder.value for holder in (document, self.root) if isinstance(holder.value, dict)
        )
        naming = next((value for value in documents if "$schema" in value), None)
        self._declared[document] = detect_dialect(naming) if naming else None
        for path, schema in document.objects:
            self._positions.setdefault(id(schema), (document, path))
            for keyword in ("$dynamicAnchor", "$recursiveAnchor"):
                if keyword in schema and isinstance(name := schema[keyword], str | bool):
                    self._dynamic_anchors.setdefault((keyword, name), []).append(schema)


def build_resolver(root: object, references: Mapping[str, bytes]) -> Resolver:
    dialect = detect_dialect(root) or DEFAULT
    document = JsonDocument.read(root, dialect=dialect.value)
    known = read_references(references, dialect.value)
    scope = Scope(document.address, known, known.get, known.values)
    resolver = Resolver(document, dialect, scope)
    for known_document in dict.fromkeys((document, *known.values())):
        resolver.add(known_document)
    return resolver
