"""Where `$ref`s lead: within a schema, by `$id` and anchors, and into its references."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from registry.artifact_types.json_schema.dialects import DEFAULT, Dialect, detect_dialect
from registry.artifact_types.syntax.json_references import (
    JsonDocument,
    Path,
    Ref,
    Scope,
    UnresolvedRef,
    iter_objects,
    parse_resources,
)

__all__ = ["Resolver", "UnresolvedRef", "build_resolver"]


@dataclass(slots=True)
class Resolver:
    """Knows every object of a schema and of its references by identity."""

    root: JsonDocument
    dialect: Dialect
    _scope: Scope
    #: By an object's identity, the document that it stands in and its path there.
    _positions: dict[int, tuple[JsonDocument, Path]] = field(default_factory=dict)

    def knows(self, schema: object) -> bool:
        """Check that this very object is part of the schema or its references."""
        return id(schema) in self._positions

    def path_of(self, schema: object) -> Path:
        """Return the path from the root; a reference's begins with its resource in parentheses."""
        if not self.knows(schema):
            return ()
        document, path = self._positions[id(schema)]
        return path if document is self.root else (f"({document.name})", *path)

    def resolve(self, ref: str, holder: Any) -> object:
        """Return the schema that a `$ref` in that object leads to; raises UnresolvedRef."""
        document = self._positions[id(holder)][0] if self.knows(holder) else self.root
        target, path = self._scope.find(document, Ref(ref, (), holder))
        return target.value_at(path)

    def add(self, document: JsonDocument) -> None:
        for path, schema in iter_objects(document.value):
            self._positions.setdefault(id(schema), (document, path))


def build_resolver(root: object, references: Mapping[str, bytes]) -> Resolver:
    dialect = detect_dialect(root) or DEFAULT
    document = JsonDocument.read(root, dialect=dialect.value)
    known = {
        name: JsonDocument.read(value, name, dialect.value)
        for name, value in parse_resources(references).items()
    }
    scope = Scope(document.address, known, known.get, known.values)
    resolver = Resolver(document, dialect, scope)
    for each in (document, *known.values()):
        resolver.add(each)
    return resolver
