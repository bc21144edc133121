"""Schemas expanded into what holds of values: `$ref` and `allOf` followed, alternatives apart."""

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, field
from typing import Any

from registry.artifact_types.json_schema.constraints import Constraints, SchemaObject, literal
from registry.artifact_types.json_schema.equality import value_key
from registry.artifact_types.json_schema.resolution import Resolver, UnresolvedRef
from registry.artifact_types.mismatches import ComparisonTooComplex

#: Comparisons and alternatives: far above what real schemas need.
MAX_STEPS = 30_000
_REF_KEYWORDS = ("$ref", "$dynamicRef", "$recursiveRef")
#: The keyword under which constraints keep a `oneOf` of which one branch was chosen.
CHOSEN_ONE_OF = "\0oneOf"
#: The key of schemas that belong to no other.
_NO_SCHEMA: SchemaObject = {}


@dataclass(slots=True)
class Expansion:
    """Expands the schemas of a reader and a writer, and counts the steps of their comparison.

    `kept_alive` holds what was made on the way, since schemas are told apart by identity.
    """

    reader: Resolver
    writer: Resolver
    kept_alive: list[object] = field(default_factory=list)
    #: Schemas derived from others, by the others' identities and the reason.
    _derived: dict[tuple[int, str], list[SchemaObject]] = field(default_factory=dict)
    #: Identities of schemas that allow one value only.
    _literals: set[int] = field(default_factory=set)
    _value_keys: dict[tuple[int, str], frozenset[Hashable]] = field(default_factory=dict)
    _steps: int = 0

    def count_step(self) -> None:
        """Count a step; raises ComparisonTooComplex."""
        self._steps += 1
        if self._steps > MAX_STEPS:
            raise ComparisonTooComplex

    def resolver_for(self, schema: object) -> Resolver:
        """Return the resolver that knows that very object."""
        return self.reader if self.reader.knows(schema) else self.writer

    def allows(self, schema: SchemaObject, keyword: str, value: Any) -> bool:
        """Look a value up in the schema's `enum` or `const`, which may be long."""
        key = (id(schema), keyword)
        if key not in self._value_keys:
            values = as_list(schema, keyword) if keyword == "enum" else [schema[keyword]]
            self._value_keys[key] = frozenset(map(value_key, values))
            self.kept_alive.append(schema)
        return value_key(value) in self._value_keys[key]

    def schema_for_kind(self, kind: str) -> SchemaObject:
        json_type = "number" if kind == "fraction" else kind
        return self._derive(_NO_SCHEMA, kind, lambda: [{"type": json_type}])[0]

    def expand(self, schemas: list[Any]) -> Constraints | None:
        """Gather all keywords that hold of a value at once; None if nothing is allowed."""
        gathered: list[SchemaObject] = []
        seen: set[int] = set()
        stack = list(reversed(schemas))
        while stack:
            schema = stack.pop()
            if schema is False:
                return None
            if not isinstance(schema, dict) or id(schema) in seen:
                continue
            seen.add(id(schema))
            own_keywords, others = self._expand_refs(schema)
            stack.extend(others)
            if own_keywords:
                gathered.append(own_keywords)
        return Constraints(tuple(gathered))

    def _expand_refs(self, schema: SchemaObject) -> tuple[SchemaObject, list[Any]]:
        """Split a schema into its own keywords and the schemas that hold besides."""
        refs = ref_texts(schema)
        if not refs and "allOf" not in schema:
            return schema, []
        resolver = self.resolver_for(schema)
        targets: list[Any] = []
        for ref in refs:
            try:
                targets.append(resolver.resolve(ref, schema))
            except UnresolvedRef:
                # What is not known may be anything.
                targets.append(True)
        if refs and resolver.dialect.ref_stands_alone:
            return {}, targets
        others = [*reversed(as_list(schema, "allOf")), *targets]
        keywords = (*_REF_KEYWORDS, "allOf")
        return self._derive(schema, "own", lambda: [_without(schema, *keywords)])[0], others

    def _derive(
        self, schema: SchemaObject, reason: str, make: Callable[[], list[SchemaObject]]
    ) -> list[SchemaObject]:
        """Make schemas once for each schema, so that their identities are known again."""
        key = (id(schema), reason)
        if key not in self._derived:
            self._derived[key] = make()
            self.kept_alive.append(schema)
        return self._derived[key]

    def alternatives(self, constraints: Constraints) -> Iterator[Constraints]:
        """Iterate over the ways in which a value may be allowed."""
        schema, keyword = next(
            (
                (schema, keyword)
                for schema in constraints.schemas
                for keyword in ("enum", "const", "anyOf", "oneOf")
                if keyword in schema and id(schema) not in self._literals
            ),
            (_NO_SCHEMA, ""),
        )
        if not keyword:
            yield constraints
            return

        def make_rest() -> list[SchemaObject]:
            rest = _without(schema, keyword)
            # That no two branches take the value still holds.
            return [{**rest, CHOSEN_ONE_OF: schema[keyword]} if keyword == "oneOf" else rest]

        rest = self._derive(schema, keyword, make_rest)[0]
        others = [rest if other is schema else other for other in constraints.schemas]
        if keyword in ("anyOf", "oneOf"):
            branches = as_list(schema, keyword)
        else:
            values = [schema[keyword]] if keyword == "const" else as_list(schema, keyword)
            branches = self._derive(
                schema, f"{keyword} values", lambda: [literal(value) for value in values]
            )
            self._literals.update(map(id, branches))
        for branch in branches:
            self.count_step()
            alternative = self.expand([*others, branch])
            if alternative is not None:
                yield from self.alternatives(alternative)


def ref_texts(schema: SchemaObject) -> list[str]:
    """List the schema's references; a dynamic one is taken for a static one."""
    return [schema[keyword] for keyword in _REF_KEYWORDS if isinstance(schema.get(keyword), str)]


def as_list(schema: SchemaObject, keyword: str) -> list[Any]:
    """Return the keyword's value; an empty list if it is no list."""
    value = schema.get(keyword, [])
    return value if isinstance(value, list) else []


def _without(schema: SchemaObject, *keywords: str) -> SchemaObject:
    return {key: value for key, value in schema.items() if key not in keywords}
