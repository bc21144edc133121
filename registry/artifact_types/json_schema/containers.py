"""Arrays and objects that a writer's schema allows and a reader's does not."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from registry.artifact_types.json_schema.constraints import Constraints, SchemaObject
from registry.artifact_types.json_schema.scalars import compare_counts
from registry.artifact_types.mismatches import Mismatch, Path
from registry.artifact_types.syntax.regexes import matches

#: Letters after which no quantifier stands.
_LITERAL_PREFIX = re.compile(r"\^((?:[\w@ -](?![*?{+]))*)")
#: Positions of arrays that are compared one by one.
_MAX_POSITIONS = 10_000
_DEPENDENCIES = ("dependencies", "dependentRequired", "dependentSchemas")

#: Compares what a reader's schema takes with what a writer's schemas, at once, allow.
Compare = Callable[[Any, list[Any], Path], list[Mismatch]]


@dataclass(frozen=True, slots=True)
class ArrayComparison:
    """Compares a reader's schema, at `path`, with the arrays that a writer's schemas allow."""

    compare: Compare
    schema: SchemaObject
    allowed: Constraints
    path: Path

    def mismatches(self) -> Iterator[Mismatch]:
        if "array" not in self.allowed.kinds:
            return
        keywords = ("minItems", "maxItems")
        yield from compare_counts(self.schema, self.allowed, self.path, keywords, "array")
        is_short = self.allowed.maximum_count("maxItems") <= 1
        was_unique = is_short or True in self.allowed.values("uniqueItems")
        if self.schema.get("uniqueItems") is True and not was_unique:
            message = "Items have to differ from each other now"
            why = "An array with equal items was allowed"
            yield Mismatch(message, why, (*self.path, "uniqueItems"))
        yield from self.compare_items()
        needs_item = "contains" in self.schema and self.schema.get("minContains", 1)
        if needs_item and not self.is_item_contained():
            message = "An item of a certain kind has to be there now"
            yield Mismatch(message, "An array without it was allowed", (*self.path, "contains"))

    def compare_items(self) -> Iterator[Mismatch]:
        """Compare positions one by one as far as either side names them, then all that follow."""
        keyword, positions, rest = _split_items(self.schema)
        rest_path = (*self.path, "additionalItems" if keyword == "items" else "items")
        lengths = [len(_split_items(written)[1]) for written in self.allowed.schemas]
        count = max([len(positions), *lengths])
        max_items = self.allowed.maximum_count("maxItems")
        for index in range(min(count, int(min(max_items, _MAX_POSITIONS)))):
            is_named = index < len(positions)
            yield from self.compare(
                positions[index] if is_named else rest,
                [_item_schema(written, index) for written in self.allowed.schemas],
                (*self.path, keyword, index) if is_named else rest_path,
            )
        if max_items > count:
            others = [_split_items(written)[2] for written in self.allowed.schemas]
            yield from self.compare(rest, others, rest_path)

    def is_item_contained(self) -> bool:
        """Check that every array that was allowed has an item that `contains` takes."""
        contained = self.schema["contains"]
        for written in self.allowed.schemas:
            if (
                "contains" in written
                and not self.compare(contained, [written["contains"]], ())
                and written.get("minContains", 1) >= self.schema.get("minContains", 1)
            ):
                return True
        first_item = [_item_schema(written, 0) for written in self.allowed.schemas]
        is_never_empty = self.allowed.minimum_count("minItems") > 0
        return is_never_empty and not self.compare(contained, first_item, ())


def _split_items(schema: SchemaObject) -> tuple[str, list[Any], Any]:
    """Return the keyword of schemas by position, these, and the one of all items that follow."""
    items = schema.get("items", True)
    if isinstance(items, list):
        return "items", items, schema.get("additionalItems", True)
    positions = schema.get("prefixItems")
    return "prefixItems", positions if isinstance(positions, list) else [], items


def _item_schema(schema: SchemaObject, index: int) -> Any:
    _, positions, rest = _split_items(schema)
    return positions[index] if index < len(positions) else rest


@dataclass(frozen=True, slots=True)
class ObjectComparison:
    """Compares a reader's schema, at `path`, with the objects that a writer's schemas allow."""

    compare: Compare
    schema: SchemaObject
    allowed: Constraints
    path: Path

    def mismatches(self) -> Iterator[Mismatch]:
        if "object" not in self.allowed.kinds:
            return
        # What is required counts as a least number of properties, what is closed as a greatest.
        counts: dict[str, Any] = {"minProperties": len(self.allowed.required)}
        for written in self.allowed.schemas:
            is_closed = written.get("additionalProperties") is False
            if is_closed and not written.get("patternProperties"):
                counts["maxProperties"] = len(written.get("properties", {}))
        counted, keywords = self.allowed.plus(counts), ("minProperties", "maxProperties")
        yield from compare_counts(self.schema, counted, self.path, keywords, "object")
        required = self.schema.get("required")
        for name in required if isinstance(required, list) else []:
            if name not in self.allowed.required:
                message = f"The property {name!r} is required now"
                why = "An object without it was allowed"
                yield Mismatch(message, why, (*self.path, "required"))
        yield from self.compare_properties()
        yield from self.compare_patterns()
        if self.schema.get("additionalProperties", True) is not True:
            yield from self.compare_additional_properties()
        yield from self.compare_dependencies()
        if "propertyNames" in self.schema:
            yield from self.compare_names()

    def compare_properties(self) -> Iterator[Mismatch]:
        """Compare all properties that either side names."""
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
                path = (*self.path, *inner_path)
                mismatches = self.compare(taken, before, path)
                if mismatches and inner_path[0] == "additionalProperties" and taken is False:
                    message = f"The property {name!r} is gone, and others are not allowed"
                    yield Mismatch(message, "An object that has it is refused", path)
                elif mismatches and is_new:
                    # An open schema allowed that name with any value, and data may have it so.
                    message = f"The property {name!r} is new where any could be"
                    why = f"It may have been there as anything: {mismatches[0].message}"
                    yield Mismatch(message, why, path)
                else:
                    yield from mismatches

    def compare_patterns(self) -> Iterator[Mismatch]:
        """Compare properties that only patterns name."""
        for pattern, taken in _patterns(self.schema).items():
            path = (*self.path, "patternProperties", pattern)
            same_pattern = [
                _patterns(written).get(pattern, written.get("additionalProperties", True))
                for written in self.allowed.schemas
            ]
            yield from self.compare(taken, same_pattern, path)
            if any(pattern in _patterns(written) for written in self.allowed.schemas):
                continue
            # A name may match this pattern and another one of the writer's.
            for other, inner in (
                item for written in self.allowed.schemas for item in _patterns(written).items()
            ):
                if not _are_disjoint(pattern, other):
                    yield from self.compare(taken, [inner], path)

    def compare_additional_properties(self) -> Iterator[Mismatch]:
        taken, path = self.schema["additionalProperties"], (*self.path, "additionalProperties")
        schemas = self.allowed.schemas
        if not self.was_closed:
            before = [written.get("additionalProperties", True) for written in schemas]
            mismatches = self.compare(taken, before, path)
            if mismatches and taken is False:
                message = "Properties that are not named are not allowed any more"
                yield Mismatch(message, "An object that has others is refused", path)
            else:
                yield from mismatches
        for written in schemas:
            for pattern, inner in _patterns(written).items():
                if pattern not in _patterns(self.schema):
                    yield from self.compare(taken, [inner], path)

    def compare_dependencies(self) -> Iterator[Mismatch]:
        for keyword in _DEPENDENCIES:
            dependencies = self.schema.get(keyword)
            for name, needed in (dependencies if isinstance(dependencies, dict) else {}).items():
                if not self.is_dependency_satisfied(name, needed):
                    message = f"An object that has {name!r} needs more now"
                    why = "One without that was allowed"
                    yield Mismatch(message, why, (*self.path, keyword, name))

    def is_dependency_satisfied(self, name: str, needed: Any) -> bool:
        """Check that every object that was allowed has no such property, or has what it needs."""
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
            return set(needed) <= names | self.allowed.required
        dependent = [value for value in before if not isinstance(value, list)]
        return not self.compare(needed, [*schemas, *dependent], ())

    def compare_names(self) -> Iterator[Mismatch]:
        taken, path = self.schema["propertyNames"], (*self.path, "propertyNames")
        if self.was_closed and not any(map(_patterns, self.allowed.schemas)):
            for name in sorted(self.allowed.property_names):
                if self.compare(taken, [{"type": "string", "enum": [name]}], ()):
                    message = f"The name {name!r} is not allowed any more"
                    yield Mismatch(message, "An object that has it is refused", path)
            return
        before = [{"type": "string"}, *self.allowed.values("propertyNames")]
        yield from self.compare(taken, before, path)

    @property
    def was_closed(self) -> bool:
        return any(written.get("additionalProperties") is False for written in self.allowed.schemas)


def property_schemas(schema: SchemaObject, name: str) -> list[tuple[Path, Any]]:
    """List all that an object schema says of a property of that name, with its path."""
    schemas: list[tuple[Path, Any]] = []
    properties = schema.get("properties", {})
    if name in properties:
        schemas.append((("properties", name), properties[name]))
    for pattern, inner in _patterns(schema).items():
        if matches(pattern, name):
            schemas.append((("patternProperties", pattern), inner))
    if not schemas and "additionalProperties" in schema:
        schemas.append((("additionalProperties",), schema["additionalProperties"]))
    return schemas


def _patterns(schema: SchemaObject) -> Mapping[str, Any]:
    patterns = schema.get("patternProperties", {})
    return patterns if isinstance(patterns, dict) else {}


def _are_disjoint(pattern: str, other: str) -> bool:
    """Check that both are anchored, to beginnings that differ."""
    match, other_match = _LITERAL_PREFIX.match(pattern), _LITERAL_PREFIX.match(other)
    if match is None or other_match is None:
        return False
    length = min(len(match[1]), len(other_match[1]))
    return match[1][:length] != other_match[1][:length]
