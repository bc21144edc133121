"""Expands schemas: `$ref` and `allOf` are followed, alternatives are separated."""

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from registry.artifact_types.json_schema.constraints import Constraints, SchemaObject, literal
from registry.artifact_types.json_schema.dialects import DEFAULT
from registry.artifact_types.json_schema.equality import same_values, value_key
from registry.artifact_types.json_schema.keyword_values import is_right_kind, wrong_keywords
from registry.artifact_types.json_schema.resolution import Resolver, UnresolvedRef
from registry.artifact_types.mismatches import ComparisonTooComplex

#: Comparisons and alternatives: far above what real schemas need.
MAX_STEPS = 30_000
_REF_KEYWORDS = ("$ref", "$dynamicRef", "$recursiveRef")
UNEVALUATED = ("unevaluatedProperties", "unevaluatedItems")
#: The keyword under which constraints keep which branch of a `oneOf` was chosen.
CHOSEN_ONE_OF = "\0oneOf"
#: The keyword under which constraints keep the whole of a schema that has one of `UNEVALUATED`.
WHOLE = "\0whole"
#: Keywords that others, of newer dialects, give another meaning.
_CHANGED_BY = {"contains": "minContains", "items": "prefixItems"}
#: The key of schemas that belong to no other.
_NO_SCHEMA: SchemaObject = {}


class Choice(NamedTuple):
    """The chosen branch of a `oneOf`, the only one to accept a value."""

    branches: list[Any]
    chosen: int

    @property
    def others(self) -> list[Any]:
        return self.branches[: self.chosen] + self.branches[self.chosen + 1 :]


class Reference(NamedTuple):
    """A reference to one of `targets`; without any it leads nowhere."""

    keyword: str
    text: str
    targets: list[Any]


@dataclass(slots=True)
class Expansion:
    """Expands the schemas of a reader and a writer, and counts the steps of their comparison.

    `contains_evaluates` is for dialects about which validators disagree. `kept_alive` has derived
    schemas, since schemas are distinguished by identity.
    """

    reader: Resolver
    writer: Resolver
    contains_evaluates: bool = False
    kept_alive: list[object] = field(default_factory=list)
    #: Schemas derived from others, by the others' identities and the reason.
    _derived: dict[tuple[int, Hashable], list[SchemaObject]] = field(default_factory=dict)
    #: Identities of schemas that allow one value only.
    _literals: set[int] = field(default_factory=set)
    _value_keys: dict[tuple[int, str], frozenset[Hashable]] = field(default_factory=dict)
    _steps: int = 0

    def count_step(self) -> None:
        """Count a step; raises ComparisonTooComplex."""
        self._steps += 1
        if self._steps > MAX_STEPS:
            raise ComparisonTooComplex

    @property
    def has_steps_to_spare(self) -> bool:
        """Check if refinements leave enough steps for the rest of the comparison."""
        return self._steps < MAX_STEPS // 3

    def resolver_for(self, schema: object) -> Resolver:
        """Return the resolver of this very object."""
        return self.reader if self.reader.knows(schema) else self.writer

    def allows(self, schema: SchemaObject, keyword: str, value: Any) -> bool:
        """Look a value up in the schema's `enum` or `const`.

        The keys of the values are kept, since an `enum` may be long.
        """
        key = (id(schema), keyword)
        if key not in self._value_keys:
            values = as_list(schema, keyword) if keyword == "enum" else [schema[keyword]]
            self._value_keys[key] = frozenset(map(value_key, values))
            self.kept_alive.append(schema)
        return value_key(value) in self._value_keys[key]

    def schema_for_kind(self, kind: str) -> SchemaObject:
        json_type = "number" if kind == "fraction" else kind
        return self.derive(_NO_SCHEMA, kind, lambda: {"type": json_type})

    def references(self, schema: SchemaObject) -> list[Reference]:
        """List the schema's references."""
        references: list[Reference] = []
        if schema.keys().isdisjoint(_REF_KEYWORDS):
            return references
        resolver = self.resolver_for(schema)
        for keyword in filter(schema.__contains__, _REF_KEYWORDS):
            text = schema[keyword]
            if isinstance(text, str) and self.is_possible(schema, keyword):
                try:
                    targets = list(resolver.iter_targets(keyword, text, schema))
                except UnresolvedRef:
                    targets = []
                references.append(Reference(keyword, text, targets))
        return references

    def may_hide_keywords(self, schema: SchemaObject) -> bool:
        """Check if some validators ignore the keywords beside the schema's `$ref`."""
        if not isinstance(schema.get("$ref"), str):
            return False
        resolver = self.resolver_for(schema)
        return (resolver.declared_dialect_of(schema) or resolver.dialect).ref_stands_alone

    def hides_keywords(self, schema: SchemaObject) -> bool:
        """Check if all validators ignore the keywords beside the schema's `$ref`."""
        declared = self.resolver_for(schema).declared_dialect_of(schema)
        return declared is not None and self.may_hide_keywords(schema)

    def is_certain(self, schema: SchemaObject, keyword: str) -> bool:
        """Check if every validator applies the keyword in the same way."""
        if not is_right_kind(schema, keyword):
            return False
        resolver = self.resolver_for(schema)
        if not resolver.knows(schema):
            return True
        declared = resolver.declared_dialect_of(schema)
        if declared is None and _CHANGED_BY.get(keyword) in schema:
            return False
        return (declared or DEFAULT).knows(keyword)

    def is_possible(self, schema: SchemaObject, keyword: str) -> bool:
        """Check if any validator applies the keyword."""
        return is_right_kind(schema, keyword) and self._is_known(schema, keyword)

    def _is_known(self, schema: SchemaObject, keyword: str) -> bool:
        declared = self.resolver_for(schema).declared_dialect_of(schema)
        return declared is None or not declared.comes_before(keyword)

    def wrong_keywords(self, schema: SchemaObject) -> list[str]:
        """List the keywords with values of the wrong kind."""
        return [keyword for keyword in wrong_keywords(schema) if self._is_known(schema, keyword)]

    def certain(self, schema: SchemaObject) -> SchemaObject:
        """Return the schema with only the keywords applied by every validator."""
        return self.derive(schema, "certain", lambda: self._restrict(schema, self.is_certain))

    def readings(self, schema: SchemaObject) -> list[SchemaObject]:
        """Return the schema as a new and an old validator apply it."""
        newest = self.derive(schema, "newest", lambda: self._restrict(schema, self.is_possible))
        if self.resolver_for(schema).declared_dialect_of(schema) is not None:
            return [newest]
        oldest = self.derive(
            schema,
            "oldest",
            lambda: self._restrict(newest, lambda _, keyword: DEFAULT.knows(keyword)),
        )
        return [newest] if oldest is newest else [newest, oldest]

    def _restrict(
        self, schema: SchemaObject, applies: Callable[[SchemaObject, str], bool]
    ) -> SchemaObject:
        applied = {keyword: value for keyword, value in schema.items() if applies(schema, keyword)}
        if len(applied) == len(schema):
            return schema
        # Its references lead to where those of the whole schema do.
        self.resolver_for(schema).adopt(applied, schema)
        return applied

    def expand(self, schemas: list[Any]) -> Constraints | None:
        """Gather the joint constraints of all schemas; None if they allow no value."""
        gathered: list[SchemaObject] = []
        visited: set[int] = set()
        stack = list(reversed(schemas))
        while stack:
            schema = stack.pop()
            if schema is False:
                return None
            if not isinstance(schema, dict) or id(schema) in visited:
                continue
            visited.add(id(schema))
            own_keywords, others = self._expand_refs(schema)
            stack.extend(others)
            if own_keywords.get("not") is True or own_keywords.get("not") == {}:
                return None
            if own_keywords and (own_keywords is schema or id(own_keywords) not in visited):
                visited.add(id(own_keywords))
                gathered.append(own_keywords)
        return Constraints(tuple(gathered))

    def _expand_refs(self, schema: SchemaObject) -> tuple[SchemaObject, list[Any]]:
        """Split a schema into its own keywords and its other schemas."""
        # What is not known, or one of several, may be anything.
        targets = [
            targets[0] if len(targets) == 1 and self.is_certain(schema, keyword) else True
            for keyword, _, targets in self.references(schema)
        ]
        if self.may_hide_keywords(schema):
            return {}, targets
        own = self.certain(schema)
        split_off = (*_REF_KEYWORDS, "allOf", *UNEVALUATED)
        if own.keys().isdisjoint(split_off):
            return own, targets

        def make_own() -> SchemaObject:
            rest = _without(own, *split_off)
            has_unevaluated = any(keyword in own for keyword in UNEVALUATED)
            return {**rest, WHOLE: own} if has_unevaluated else rest

        return self.derive(own, "own", make_own), [*reversed(as_list(own, "allOf")), *targets]

    def derive(
        self, schema: Any, reason: Hashable, make: Callable[[], SchemaObject]
    ) -> SchemaObject:
        """Derive a schema once for each original and reason, to keep its identity."""
        return self._derive_all(schema, reason, lambda: [make()])[0]

    def _derive_all(
        self, schema: Any, reason: Hashable, make: Callable[[], list[SchemaObject]]
    ) -> list[SchemaObject]:
        key = (id(schema), reason)
        if key not in self._derived:
            self._derived[key] = make()
            self.kept_alive.append(schema)
        return self._derived[key]

    def without(self, schema: SchemaObject, *keywords: str) -> SchemaObject:
        """Leave out keywords of an expanded schema."""
        if schema.keys().isdisjoint(keywords):
            return schema
        return self.derive(schema, keywords, lambda: _without(schema, *keywords))

    def alternatives(self, constraints: Constraints | None) -> Iterator[Constraints]:
        """Iterate over the alternatives for a value."""
        if constraints is None or not constraints.kinds:
            return
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
        rest = self.without(schema, keyword)
        for index, branch in enumerate(self._branches(schema, keyword)):
            self.count_step()
            if keyword == "oneOf":
                rest = self._choose(schema, index)
            others = [rest if other is schema else other for other in constraints.schemas]
            yield from self.alternatives(self.expand([*others, branch]))

    def _branches(self, schema: SchemaObject, keyword: str) -> list[Any]:
        if keyword in ("anyOf", "oneOf"):
            return as_list(schema, keyword)
        values = [schema[keyword]] if keyword == "const" else as_list(schema, keyword)
        branches = self._derive_all(
            schema, f"{keyword} values", lambda: [literal(value) for value in values]
        )
        self._literals.update(map(id, branches))
        return branches

    def _choose(self, schema: SchemaObject, index: int) -> SchemaObject:
        """Derive the rest of a schema after the choice of a branch of its `oneOf`."""

        def make_rest() -> SchemaObject:
            choice = Choice(as_list(schema, "oneOf"), index)
            return {**_without(schema, "oneOf"), CHOSEN_ONE_OF: choice}

        return self.derive(schema, index, make_rest)

    def is_same(self, left: Any, right: Any) -> bool:
        """Check if two schemas, and the targets of their references, have the same text."""
        visited: set[tuple[int, int]] = set()
        stack = [(left, right)]
        while stack:
            first, second = stack.pop()
            pairs: list[tuple[Any, Any]] | None = None
            if isinstance(first, dict) and isinstance(second, dict):
                key = (id(first), id(second))
                pairs = [] if key in visited else self._pair_schemas(first, second)
                visited.add(key)
            elif isinstance(first, list) and isinstance(second, list):
                if len(first) == len(second):
                    pairs = list(zip(first, second, strict=True))
            elif same_values(first, second):
                continue
            if pairs is None:
                return False
            stack.extend(pairs)
        return True

    def _pair_schemas(
        self, left: SchemaObject, right: SchemaObject
    ) -> list[tuple[Any, Any]] | None:
        """List the parts of two schemas in pairs to compare; None if the schemas differ."""
        if left.keys() != right.keys() or self._apply_otherwise(left, right):
            return None
        pairs = [(left[keyword], right[keyword]) for keyword in left]
        if left.keys().isdisjoint(_REF_KEYWORDS):
            return pairs
        references, other_references = self.references(left), self.references(right)
        if len(references) != len(other_references):
            return None
        for first, second in zip(references, other_references, strict=True):
            if not first.targets and not second.targets:
                continue
            if len(first.targets) != 1 or len(second.targets) != 1:
                return None
            pairs.append((first.targets[0], second.targets[0]))
        return pairs

    def _apply_otherwise(self, left: SchemaObject, right: SchemaObject) -> bool:
        """Check if the dialects of two schemas apply their keywords differently."""
        if len(self.reader.declared_dialects | self.writer.declared_dialects) == 1:
            return False
        by_schema = (self.may_hide_keywords, self.hides_keywords)
        by_keyword = (self.is_certain, self.is_possible)
        return any(applies(left) != applies(right) for applies in by_schema) or any(
            applies(left, keyword) != applies(right, keyword)
            for keyword in left
            for applies in by_keyword
        )


def as_list(schema: SchemaObject, keyword: str) -> list[Any]:
    """Return the keyword's value, an empty list for any other kind."""
    value = schema.get(keyword, [])
    return value if isinstance(value, list) else []


def _without(schema: SchemaObject, *keywords: str) -> SchemaObject:
    return {key: value for key, value in schema.items() if key not in keywords}
