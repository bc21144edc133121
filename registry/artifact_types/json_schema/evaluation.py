"""Finds the evaluated properties and items of a schema; all others are unevaluated."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from typing import Any, NamedTuple

from registry.artifact_types.json_schema.constraints import Constraints, SchemaObject
from registry.artifact_types.json_schema.containers import (
    patterns_of,
    property_schemas,
    split_items,
)
from registry.artifact_types.json_schema.dialects import DEFAULT
from registry.artifact_types.json_schema.expansion import UNEVALUATED, Expansion, as_list
from registry.artifact_types.syntax.regexes import matches

_ALL = float("inf")


class Test(NamedTuple):
    """Two schemas: each value matches one or the other."""

    passed: Any
    failed: Any


@dataclass(frozen=True, slots=True)
class Evaluated:
    """Properties by name and pattern, items by position and by schema."""

    names: frozenset[str] = frozenset()
    patterns: frozenset[str] = frozenset()
    has_all_names: bool = False
    positions: float = 0
    contained: tuple[Any, ...] = ()

    def __or__(self, other: "Evaluated") -> "Evaluated":
        return Evaluated(
            self.names | other.names,
            self.patterns | other.patterns,
            self.has_all_names or other.has_all_names,
            max(self.positions, other.positions),
            (*self.contained, *(schema for schema in other.contained if not self.contains(schema))),
        )

    def __and__(self, other: "Evaluated") -> "Evaluated":
        return Evaluated(
            frozenset(self._shared_names(other)) | frozenset(other._shared_names(self)),
            frozenset(self._shared_patterns(other)) | frozenset(other._shared_patterns(self)),
            self.has_all_names and other.has_all_names,
            min(self.positions, other.positions),
            (*filter(other.contains, self.contained), *filter(self.contains, other.contained)),
        )

    def contains(self, schema: Any) -> bool:
        return self.positions == _ALL or any(item is schema for item in self.contained)

    def _shared_names(self, other: "Evaluated") -> Iterator[str]:
        for name in self.names:
            is_matched = any(matches(pattern, name) for pattern in other.patterns)
            if other.has_all_names or name in other.names or is_matched:
                yield name

    def _shared_patterns(self, other: "Evaluated") -> Iterator[str]:
        yield from self.patterns if other.has_all_names else self.patterns & other.patterns

    def properties_schema(self, rest: Any) -> SchemaObject:
        """Make a schema with `rest` for all other properties."""
        if self.has_all_names:
            return {}
        return {
            "properties": dict.fromkeys(sorted(self.names), True),
            "patternProperties": dict.fromkeys(sorted(self.patterns), True),
            "additionalProperties": rest,
        }

    def items_schema(self, rest: Any) -> SchemaObject:
        """Make a schema with `rest` for all other items."""
        if self.positions == _ALL:
            return {}
        choices = [choice for choice in (rest, *self.contained) if choice is not False]
        items = {"anyOf": choices} if len(choices) > 1 else next(iter(choices), False)
        return {"prefixItems": [True] * int(self.positions), "items": items}


_NOTHING = Evaluated()
_EVERYTHING = Evaluated(has_all_names=True, positions=_ALL)


@dataclass(slots=True)
class Evaluation:
    """Gathers the parts of `allowed` values evaluated by schemas.

    With `is_certain` these are the parts evaluated in every value, else those that may be in
    some. `holds` checks whether a schema accepts all values, none of them, or some of them
    (None); the tests of these are in `undecided`.
    """

    expansion: Expansion
    allowed: Constraints
    holds: Callable[[Any, Constraints], bool | None]
    is_certain: bool
    undecided: list[Test] = field(default_factory=list)
    _entered: set[int] = field(default_factory=set)

    def of(self, schema: Any) -> Evaluated:
        """Gather from a schema without its own `unevaluatedProperties` and `unevaluatedItems`."""
        if not isinstance(schema, dict) or id(schema) in self._entered:
            return _NOTHING
        self._entered.add(id(schema))
        references = [
            reduce(self._either, map(self._of_inner, targets))
            if targets and self.expansion.is_certain(schema, keyword)
            else (_NOTHING if self.is_certain else _EVERYTHING)
            for keyword, _, targets in self.expansion.references(schema)
        ]
        hides = (
            self.expansion.may_hide_keywords if self.is_certain else self.expansion.hides_keywords
        )
        if hides(schema):
            gathered = reduce(or_, references, _NOTHING)
        else:
            newest = self.expansion.readings(schema)[0]
            keywords = self.expansion.certain(schema) if self.is_certain else newest
            parts = [*references, self._of_keywords(schema, keywords), *self._of_parts(keywords)]
            gathered = reduce(or_, parts)
        self._entered.remove(id(schema))
        return gathered

    def _either(self, left: Evaluated, right: Evaluated) -> Evaluated:
        """Combine the evaluated parts of two cases."""
        return left & right if self.is_certain else left | right

    def _of_inner(self, schema: Any) -> Evaluated:
        evaluated = self.of(schema)
        keywords: SchemaObject = schema if isinstance(schema, dict) else {}
        if self.is_certain and keywords:
            keywords = self.expansion.certain(schema)
        properties, items = (keyword in keywords for keyword in UNEVALUATED)
        return evaluated | Evaluated(has_all_names=properties, positions=_ALL if items else 0)

    def _of_keywords(self, schema: SchemaObject, keywords: SchemaObject) -> Evaluated:
        keyword, positions, _ = split_items(keywords)
        rest = "additionalItems" if keyword == "items" else "items"
        dialect = self.expansion.resolver_for(schema).declared_dialect_of(schema) or DEFAULT
        is_contained_evaluated = dialect.contains_evaluates
        if is_contained_evaluated is None:
            is_contained_evaluated = self.expansion.contains_evaluates
        return Evaluated(
            frozenset(keywords.get("properties", {})),
            frozenset(patterns_of(keywords)),
            "additionalProperties" in keywords,
            _ALL if rest in keywords else len(positions),
            (keywords["contains"],) if "contains" in keywords and is_contained_evaluated else (),
        )

    def _of_parts(self, schema: SchemaObject) -> Iterator[Evaluated]:
        """Iterate over the evaluated parts of each schema applied to the same value."""
        yield from map(self._of_inner, as_list(schema, "allOf"))
        for keyword in ("anyOf", "oneOf"):
            yield from self._of_branches(as_list(schema, keyword))
        if "if" in schema:
            yield self._of_condition(schema)
        dependent = schema.get("dependentSchemas")
        for name, inner in (dependent if isinstance(dependent, dict) else {}).items():
            test = presence_test(self.expansion, inner, name)
            is_present = property_presence(self.allowed, name)
            if is_present is None:
                self.undecided.append(test)
                yield self._either(self._of_inner(inner), _NOTHING)
            elif is_present:
                yield self._of_inner(inner)

    def _of_branches(self, branches: list[Any]) -> Iterator[Evaluated]:
        possible: list[Evaluated] = []
        for branch in branches:
            is_taken = self.holds(branch, self.allowed)
            if is_taken is False:
                continue
            evaluated = self._of_inner(branch)
            if is_taken:
                yield evaluated
            else:
                self.undecided.append(test_of(self.expansion, branch))
            possible.append(evaluated)
        if possible:
            yield reduce(self._either, possible)

    def _of_condition(self, schema: SchemaObject) -> Evaluated:
        condition = schema["if"]
        is_met = self.holds(condition, self.allowed)
        if is_met is None:
            self.undecided.append(test_of(self.expansion, condition))
        passed = self._of_inner(condition) | self._of_inner(schema.get("then"))
        failed = self._of_inner(schema.get("else"))
        if is_met is None:
            return self._either(passed, failed)
        return passed if is_met else failed


def test_of(expansion: Expansion, schema: SchemaObject) -> Test:
    """Separate the values accepted by a schema from all others."""
    return Test(schema, expansion.derive(schema, "not", lambda: {"not": schema}))


def presence_test(expansion: Expansion, schema: SchemaObject, name: str) -> Test:
    """Separate the objects with a property from all others, for a dependency in `schema`."""
    return Test(
        expansion.derive(schema, ("with", name), lambda: {"required": [name]}),
        expansion.derive(schema, ("without", name), lambda: {"properties": {name: False}}),
    )


def property_presence(allowed: Constraints, name: str) -> bool | None:
    """Return True if all objects have the property, False if none has it."""
    if "object" not in allowed.kinds:
        return False
    if name in allowed.required:
        return True
    schemas = (inner for schema in allowed.schemas for _, inner in property_schemas(schema, name))
    return False if any(inner is False for inner in schemas) else None
