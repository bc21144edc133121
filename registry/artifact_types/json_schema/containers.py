"""Compares the keywords of arrays and objects."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from registry.artifact_types.json_schema.causes import Causes
from registry.artifact_types.json_schema.constraints import Constraints, SchemaObject, is_number
from registry.artifact_types.json_schema.scalars import compare_counts
from registry.artifact_types.mismatches import Mismatch, Path
from registry.artifact_types.syntax.regexes import matches

#: Letters after which no quantifier stands.
_LITERAL_PREFIX = re.compile(r"\^((?:[\w@ -](?![*?{+]))*)")
#: Positions of arrays that are compared one by one.
_MAX_POSITIONS = 10_000
_ENDLESS = float("inf")
_DEPENDENCIES = ("dependencies", "dependentRequired", "dependentSchemas")

#: Compares what a reader's schema takes with what a writer's schemas, at once, allow.
Compare = Callable[[Any, list[Any], Path], list[Mismatch]]


@dataclass(frozen=True, slots=True)
class ArrayComparison:
    """Compares a reader's schema, at `path`, with the arrays of a writer's schemas.

    `rest_keyword` limits the items that follow all others.
    """

    compare: Compare
    schema: SchemaObject
    allowed: Constraints
    path: Path
    causes: Causes
    rest_keyword: str

    def mismatches(self) -> Iterator[Mismatch]:
        if "array" not in self.allowed.kinds:
            return
        # What has to be contained counts as a least number of items, what is closed as a greatest.
        contained = [
            _count(written, "minContains", 1)
            for written in self.allowed.schemas
            if "contains" in written
        ]
        counts = {"minItems": max(contained, default=0), "maxItems": self.max_items}
        counted, keywords = self.allowed.plus(counts), ("minItems", "maxItems")
        yield from compare_counts(self.schema, counted, self.path, self.causes, keywords, "array")
        is_short = self.max_items <= 1
        was_unique = is_short or True in self.allowed.values("uniqueItems")
        if self.schema.get("uniqueItems") is True and not was_unique:
            yield self.causes.unique_items(self.path)
        yield from self.compare_items()
        if "contains" in self.schema:
            yield from self.compare_contained()

    def compare_items(self) -> Iterator[Mismatch]:
        """Compare the positions named on either side one by one, then all later ones."""
        keyword, positions, rest = split_items(self.schema)
        rest_keyword = "additionalItems" if keyword == "items" else "items"
        rest_path = (*self.path, self.rest_keyword or rest_keyword)
        count, max_items = max(len(positions), self.named_positions), self.max_items
        for index in range(min(count, int(min(max_items, _MAX_POSITIONS)))):
            is_named = index < len(positions)
            yield from self.compare(
                positions[index] if is_named else rest,
                self.item_schemas(index),
                (*self.path, keyword, index) if is_named else rest_path,
            )
        if max_items > count:
            others = [split_items(written)[2] for written in self.allowed.schemas]
            yield from self.compare(rest, others, rest_path)

    @property
    def named_positions(self) -> int:
        """Return the highest number of positions in the writer's schemas."""
        lengths = (len(split_items(written)[1]) for written in self.allowed.schemas)
        return max(lengths, default=0)

    @property
    def max_items(self) -> float:
        """Return the highest number of allowed items."""
        positions = range(min(self.named_positions, _MAX_POSITIONS) + 1)
        closed = (index for index in positions if False in self.item_schemas(index))
        return min(next(closed, _ENDLESS), self.allowed.maximum_count("maxItems"))

    def compare_contained(self) -> Iterator[Mismatch]:
        if not self.are_enough_contained():
            yield self.causes.contained_item(self.path)
        if not self.are_few_contained():
            yield self.causes.contained_items(self.schema["maxContains"], self.path)

    def are_enough_contained(self) -> bool:
        """Check if every allowed array has enough items matching `contains`."""
        contained, least = self.schema["contains"], _count(self.schema, "minContains", 1)
        for written in self.allowed.schemas:
            if (
                "contains" in written
                and not self.compare(contained, [written["contains"]], ())
                and _count(written, "minContains", 1) >= least
            ):
                return True
        if self.allowed.minimum_count("minItems") < least:
            return False
        return not any(
            self.compare(contained, self.item_schemas(index), ())
            for index in range(min(int(least), _MAX_POSITIONS))
        )

    def are_few_contained(self) -> bool:
        """Check if no allowed array has too many items matching `contains`."""
        most = _count(self.schema, "maxContains", _ENDLESS)
        return self.max_items <= most or any(
            not self.compare(written["contains"], [self.schema["contains"]], ())
            for written in self.allowed.schemas
            if "contains" in written and _count(written, "maxContains", _ENDLESS) <= most
        )

    def item_schemas(self, index: int) -> list[Any]:
        split = map(split_items, self.allowed.schemas)
        return [
            positions[index] if index < len(positions) else rest for _, positions, rest in split
        ]


def _count(schema: SchemaObject, keyword: str, default: float) -> float:
    value = schema.get(keyword)
    return value if is_number(value) else default


def split_items(schema: SchemaObject) -> tuple[str, list[Any], Any]:
    """Return the keyword of schemas by position, these, and the one of further items."""
    items = schema.get("items", True)
    if isinstance(items, list):
        return "items", items, schema.get("additionalItems", True)
    positions = schema.get("prefixItems")
    return "prefixItems", positions if isinstance(positions, list) else [], items


@dataclass(frozen=True, slots=True)
class ObjectComparison:
    """Compares a reader's schema, at `path`, with the objects of a writer's schemas.

    `compare` compares properties and their names, `compare_in_place` objects as a whole.
    `rest_keyword` limits the properties that the schema does not name.
    """

    compare: Compare
    compare_in_place: Compare
    schema: SchemaObject
    allowed: Constraints
    path: Path
    causes: Causes
    rest_keyword: str

    def mismatches(self) -> Iterator[Mismatch]:
        if "object" not in self.allowed.kinds:
            return
        # What is required counts as a least number of properties, what is closed as a greatest.
        counts: dict[str, Any] = {"minProperties": len(self.allowed.required)}
        closed = [
            len(written.get("properties", {}))
            for written in self.allowed.schemas
            if written.get("additionalProperties") is False and not patterns_of(written)
        ]
        if closed:
            counts["maxProperties"] = min(closed)
        counted, keywords = self.allowed.plus(counts), ("minProperties", "maxProperties")
        yield from compare_counts(self.schema, counted, self.path, self.causes, keywords, "object")
        required = self.schema.get("required")
        for name in required if isinstance(required, list) else []:
            if name not in self.allowed.required:
                yield self.causes.required_property(name, self.path)
        yield from self.compare_properties()
        yield from self.compare_patterns()
        if self.schema.get("additionalProperties", True) is not True:
            yield from self.compare_additional_properties()
        yield from self.compare_dependencies()
        if "propertyNames" in self.schema:
            yield from self.compare_names()

    def compare_properties(self) -> Iterator[Mismatch]:
        """Compare all properties named on either side."""
        allowed, own_names = self.allowed, self.schema.get("properties", {})
        was_open = all(
            written.get("additionalProperties", True) is True for written in allowed.schemas
        )
        for name in sorted(allowed.property_names | set(own_names) | allowed.required):
            before = [
                inner for written in allowed.schemas for _, inner in property_schemas(written, name)
            ]
            if False in before:
                continue
            is_new = name in own_names and name not in allowed.property_names and was_open
            for inner_path, taken in property_schemas(self.schema, name):
                is_rest = inner_path == ("additionalProperties",)
                path = (*self.path, *((self.rest_keyword,) if is_rest else inner_path))
                mismatches = self.compare(taken, before, path)
                if mismatches and is_rest and taken is False:
                    yield self.causes.refused_property(name, path)
                elif mismatches and is_new:
                    # An open schema allowed that name with any value, and data may have it so.
                    yield self.causes.named_property(name, mismatches[0], path)
                else:
                    yield from mismatches

    def compare_patterns(self) -> Iterator[Mismatch]:
        """Compare properties named by patterns only."""
        for pattern, taken in patterns_of(self.schema).items():
            path = (*self.path, "patternProperties", pattern)
            yield from self.compare_pattern(taken, pattern, path)

    def compare_pattern(self, taken: Any, pattern: str, path: Path) -> Iterator[Mismatch]:
        """Compare properties matching the pattern and named on neither side."""
        decided: list[Any] = []
        undecided: list[list[Any]] = []
        for written in self.allowed.schemas:
            patterns, rest = patterns_of(written), written.get("additionalProperties", True)
            overlapping = [
                inner for known, inner in patterns.items() if not _are_disjoint(pattern, known)
            ]
            if pattern in patterns:
                decided.append(patterns[pattern])
            elif not overlapping:
                decided.append(rest)
            elif rest is not True:
                # A name may match another pattern, too, or none.
                undecided.append([rest, *overlapping])
        for case in undecided[0] if undecided else [True]:
            yield from self.compare(taken, [*decided, case], path)

    def compare_additional_properties(self) -> Iterator[Mismatch]:
        taken, path = self.schema["additionalProperties"], (*self.path, self.rest_keyword)
        schemas = self.allowed.schemas
        if not self.was_closed:
            before = [written.get("additionalProperties", True) for written in schemas]
            mismatches = self.compare(taken, before, path)
            if mismatches and taken is False:
                yield self.causes.unnamed_properties(path)
            else:
                yield from mismatches
        patterns = {pattern for written in schemas for pattern in patterns_of(written)}
        for pattern in sorted(patterns - set(patterns_of(self.schema))):
            yield from self.compare_pattern(taken, pattern, path)

    def compare_dependencies(self) -> Iterator[Mismatch]:
        for keyword in _DEPENDENCIES:
            dependencies = self.schema.get(keyword)
            for name, needed in (dependencies if isinstance(dependencies, dict) else {}).items():
                if not self.is_dependency_satisfied(name, needed):
                    yield self.causes.dependency(name, (*self.path, keyword, name))

    def is_dependency_satisfied(self, name: str, needed: Any) -> bool:
        """Check if every allowed object lacks the property or meets its dependency."""
        schemas = self.allowed.schemas
        if any(
            inner is False for written in schemas for _, inner in property_schemas(written, name)
        ):
            return True
        before: list[Any] = [
            written[keyword][name]
            for written in schemas
            for keyword in _DEPENDENCIES
            if name in written.get(keyword, {})
        ]
        if isinstance(needed, list):
            lists = (value for value in before if isinstance(value, list))
            names = {required for value in lists for required in value}
            return set(needed) <= names | self.allowed.required | {name}
        dependent = [value for value in before if not isinstance(value, list)]
        has_it = {"type": "object", "required": [name]}
        return not self.compare_in_place(needed, [*schemas, *dependent, has_it], ())

    def compare_names(self) -> Iterator[Mismatch]:
        taken, path = self.schema["propertyNames"], (*self.path, "propertyNames")
        if self.was_closed and not any(map(patterns_of, self.allowed.schemas)):
            for name in sorted(self.allowed.property_names):
                if self.compare(taken, [{"type": "string", "enum": [name]}], ()):
                    yield self.causes.property_name(name, path)
            return
        before = [{"type": "string"}, *self.allowed.values("propertyNames")]
        yield from self.compare(taken, before, path)

    @property
    def was_closed(self) -> bool:
        return any(written.get("additionalProperties") is False for written in self.allowed.schemas)


def property_schemas(schema: SchemaObject, name: str) -> list[tuple[Path, Any]]:
    """List the schemas of a property in an object schema, with their paths."""
    schemas: list[tuple[Path, Any]] = []
    properties = schema.get("properties", {})
    if name in properties:
        schemas.append((("properties", name), properties[name]))
    for pattern, inner in patterns_of(schema).items():
        if matches(pattern, name):
            schemas.append((("patternProperties", pattern), inner))
    if not schemas and "additionalProperties" in schema:
        schemas.append((("additionalProperties",), schema["additionalProperties"]))
    return schemas


def patterns_of(schema: SchemaObject) -> Mapping[str, Any]:
    patterns = schema.get("patternProperties", {})
    return patterns if isinstance(patterns, dict) else {}


def _are_disjoint(left: str, right: str) -> bool:
    """Check if both patterns are anchored, to different beginnings."""
    match, other_match = _LITERAL_PREFIX.match(left), _LITERAL_PREFIX.match(right)
    if match is None or other_match is None:
        return False
    length = min(len(match[1]), len(other_match[1]))
    return match[1][:length] != other_match[1][:length]
