"""Decides which schemas accept the values that a writer's schemas allow."""

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from registry.artifact_types.json_schema.constraints import Constraints, SchemaObject
from registry.artifact_types.json_schema.disjointness import are_disjoint
from registry.artifact_types.json_schema.equality import value_key
from registry.artifact_types.json_schema.evaluation import (
    Evaluated,
    Evaluation,
    Test,
    presence_test,
    property_presence,
    test_of,
)
from registry.artifact_types.json_schema.expansion import (
    CHOSEN_ONE_OF,
    UNEVALUATED,
    WHOLE,
    Choice,
    Expansion,
)
from registry.artifact_types.mismatches import Mismatch, Path

_DEPENDENCIES = ("dependencies", "dependentRequired", "dependentSchemas")


@dataclass(slots=True)
class Conditions:
    """Decides conditions by comparing schemas of the same value."""

    expansion: Expansion
    compare: Callable[[Any, list[Any], Path], list[Mismatch]]
    #: By the keys of constraints, which `Expansion.kept_alive` keeps alive.
    _settled: dict[frozenset[int], Constraints | None] = field(default_factory=dict)
    _bare: dict[frozenset[int], Constraints] = field(default_factory=dict)
    #: By the identities of `oneOf`s: the positions of branches, by their values.
    _positions: dict[int, dict[Hashable, list[int]]] = field(default_factory=dict)

    def holds(self, schema: Any, allowed: Constraints) -> bool | None:
        """Return True if a schema accepts all allowed values, False if none; None if undecided."""
        if not isinstance(schema, dict):
            return schema is not False
        # No condition is decided by another one that is undecided.
        allowed = self._unconditional(allowed)
        if self.is_apart(schema, allowed):
            return False
        if not self.compare(schema, list(allowed.schemas), ()):
            return True
        return False if self._is_forbidden(schema, allowed) else None

    def is_disjoint(self, schema: Any, allowed: Constraints) -> bool:
        """Check if no value can match both; False if undecided."""
        return self.is_apart(schema, allowed) or self._is_forbidden(schema, allowed)

    def is_apart(self, schema: Any, allowed: Constraints) -> bool:
        """Check for values kept apart by single keywords, such as different constants."""
        self.expansion.count_step()
        expanded = self.expansion.expand([schema])
        return expanded is None or are_disjoint(
            expanded, allowed, lambda inner: self.expansion.expand([inner])
        )

    def _is_forbidden(self, schema: Any, allowed: Constraints) -> bool:
        choices: list[Choice] = allowed.values(CHOSEN_ONE_OF)
        forbidden = [
            *allowed.values("not"),
            *chain.from_iterable(choice.others for choice in choices),
        ]
        return any(self._is_left(schema, choice) for choice in choices) or any(
            not self.compare(forbidden_schema, [schema], ()) for forbidden_schema in forbidden
        )

    def _is_left(self, schema: Any, choice: Choice) -> bool:
        """Look for the schema among the unchosen branches."""
        branches = choice.branches
        if id(branches) not in self._positions:
            positions: dict[Hashable, list[int]] = {}
            for index, branch in enumerate(branches):
                positions.setdefault(value_key(branch), []).append(index)
            self._positions[id(branches)] = positions
        return any(
            index != choice.chosen and self.expansion.is_same(branches[index], schema)
            for index in self._positions[id(branches)].get(value_key(schema), ())
        )

    def settled(self, allowed: Constraints) -> Constraints | None:
        """Replace decided conditions by their results; None if no value is allowed."""
        if allowed.key not in self._settled:
            self.expansion.kept_alive.append(allowed)
            settled = (self._settle(schema, allowed) for schema in allowed.schemas)
            self._settled[allowed.key] = self.expansion.expand([*chain.from_iterable(settled)])
        return self._settled[allowed.key]

    def _settle(self, schema: SchemaObject, allowed: Constraints) -> list[Any]:
        """Return the rest of the schema, and the schemas added to it."""
        added: list[Any] = []
        if WHOLE in schema:
            added.extend(self._closed(schema[WHOLE], allowed))
        if "if" in schema:
            is_met = self.holds(schema["if"], allowed)
            if is_met is not None:
                added.append(schema.get("then" if is_met else "else", True))
                schema = self.expansion.without(schema, "if", "then", "else")
        for keyword, name, needed in list(dependencies_of(schema)):
            if name in allowed.required:
                if isinstance(needed, list):
                    needed = self._require(needed)
                elif allowed.kinds != {"object"}:
                    needed = self._of_objects(needed)
                added.append(needed)
                schema = self._without_dependency(schema, keyword, name)
        return [schema, *added]

    def _require(self, names: list[Any]) -> SchemaObject:
        return self.expansion.derive(names, "required", lambda: {"required": names})

    def _of_objects(self, needed: Any) -> SchemaObject:
        """Demand a schema of objects alone: other values have no properties to depend on."""
        other_types = ["null", "boolean", "number", "string", "array"]
        alternatives = [{"type": other_types}, needed]
        return self.expansion.derive(needed, "of objects", lambda: {"anyOf": alternatives})

    def _without_dependency(self, schema: SchemaObject, keyword: str, name: str) -> SchemaObject:
        rest = {key: value for key, value in schema[keyword].items() if key != name}
        return self.expansion.derive(schema, (keyword, name), lambda: {**schema, keyword: rest})

    def _closed(self, schema: SchemaObject, allowed: Constraints) -> Iterator[SchemaObject]:
        """Yield a schema of the certainly unevaluated parts for each keyword about them."""
        evaluated = self.evaluation(allowed, is_certain=False).of(schema)
        for keyword in filter(schema.__contains__, UNEVALUATED):
            yield self.rest_schema(schema, keyword, evaluated)

    def rest_schema(self, schema: SchemaObject, keyword: str, evaluated: Evaluated) -> SchemaObject:
        """Make a schema with the keyword's demands on all unevaluated parts."""
        is_for_items = keyword == "unevaluatedItems"
        make = evaluated.items_schema if is_for_items else evaluated.properties_schema
        contained = tuple(map(id, evaluated.contained))
        reason = keyword, evaluated.names, evaluated.patterns, evaluated.positions, contained
        return self.expansion.derive(
            schema, (*reason, evaluated.has_all_names), lambda: make(schema[keyword])
        )

    def evaluation(self, allowed: Constraints, *, is_certain: bool) -> Evaluation:
        return Evaluation(self.expansion, allowed, self.holds, is_certain)

    def undecided(self, allowed: Constraints) -> Iterator[Test]:
        """Iterate over the conditions met by some of the allowed values, but maybe not by all."""
        for schema in allowed.schemas:
            if "if" in schema and self.holds(schema["if"], allowed) is None:
                yield test_of(self.expansion, schema["if"])
            for _, name, _ in dependencies_of(schema):
                if property_presence(allowed, name) is None:
                    yield presence_test(self.expansion, schema, name)
            if WHOLE in schema:
                evaluation = self.evaluation(allowed, is_certain=False)
                evaluation.of(schema[WHOLE])
                yield from evaluation.undecided

    def _unconditional(self, allowed: Constraints) -> Constraints:
        key = allowed.key
        if key not in self._bare:
            keywords = ("if", "then", "else", WHOLE, *_DEPENDENCIES)
            bare = (self.expansion.without(schema, *keywords) for schema in allowed.schemas)
            self._bare[key] = Constraints(tuple(bare))
            self.expansion.kept_alive.append(allowed)
        return self._bare[key]


def dependencies_of(schema: SchemaObject) -> Iterator[tuple[str, str, Any]]:
    """Iterate over keywords, names of properties, and the demands on objects with these."""
    for keyword in _DEPENDENCIES:
        dependencies = schema.get(keyword)
        for name, needed in (dependencies if isinstance(dependencies, dict) else {}).items():
            yield keyword, name, needed
