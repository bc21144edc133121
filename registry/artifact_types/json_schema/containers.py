"""Arrays and objects that a writer's schema allows and a reader's does not."""

import re
from collections.abc import Callable, Iterator, Mapping
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


def compare_arrays(
    compare: Compare, schema: SchemaObject, allowed: Constraints, path: Path
) -> Iterator[Mismatch]:
    if "array" not in allowed.kinds:
        return
    yield from compare_counts(schema, allowed, path, ("minItems", "maxItems"), "array")
    was_unique = True in allowed.values("uniqueItems") or allowed.maximum_count("maxItems") <= 1
    if schema.get("uniqueItems") is True and not was_unique:
        message = "Items have to differ from each other now"
        yield Mismatch(message, "An array with equal items was allowed", (*path, "uniqueItems"))
    yield from _compare_items(compare, schema, allowed, path)
    if (
        "contains" in schema
        and schema.get("minContains", 1)
        and not _is_contained(compare, schema, allowed)
    ):
        message = "An item of a certain kind has to be there now"
        yield Mismatch(message, "An array without it was allowed", (*path, "contains"))


def _compare_items(
    compare: Compare, schema: SchemaObject, allowed: Constraints, path: Path
) -> Iterator[Mismatch]:
    """Compare positions one by one as far as either side names them, then all that follow."""
    keyword, positions, rest = _split_items(schema)
    rest_path = (*path, "additionalItems" if keyword == "items" else "items")
    lengths = [len(_split_items(written)[1]) for written in allowed.schemas]
    count = max([len(positions), *lengths])
    max_items = allowed.maximum_count("maxItems")
    for index in range(min(count, int(min(max_items, _MAX_POSITIONS)))):
        is_named = index < len(positions)
        yield from compare(
            positions[index] if is_named else rest,
            [_item_schema(written, index) for written in allowed.schemas],
            (*path, keyword, index) if is_named else rest_path,
        )
    if max_items > count:
        others = [_split_items(written)[2] for written in allowed.schemas]
        yield from compare(rest, others, rest_path)


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


def _is_contained(compare: Compare, schema: SchemaObject, allowed: Constraints) -> bool:
    """Check that every array that was allowed has an item that `contains` takes."""
    for written in allowed.schemas:
        if (
            "contains" in written
            and not compare(schema["contains"], [written["contains"]], ())
            and written.get("minContains", 1) >= schema.get("minContains", 1)
        ):
            return True
    first_item = [_item_schema(written, 0) for written in allowed.schemas]
    is_never_empty = allowed.minimum_count("minItems") > 0
    return is_never_empty and not compare(schema["contains"], first_item, ())


def compare_objects(
    compare: Compare, schema: SchemaObject, allowed: Constraints, path: Path
) -> Iterator[Mismatch]:
    if "object" not in allowed.kinds:
        return
    # What is required counts as a least number of properties, what is closed as a greatest.
    counts: dict[str, Any] = {"minProperties": len(allowed.required)}
    for written in allowed.schemas:
        if written.get("additionalProperties") is False and not written.get("patternProperties"):
            counts["maxProperties"] = len(written.get("properties", {}))
    keywords = ("minProperties", "maxProperties")
    yield from compare_counts(schema, allowed.plus(counts), path, keywords, "object")
    required = schema.get("required")
    for name in required if isinstance(required, list) else []:
        if name not in allowed.required:
            message = f"The property {name!r} is required now"
            yield Mismatch(message, "An object without it was allowed", (*path, "required"))
    yield from _compare_properties(compare, schema, allowed, path)
    yield from _compare_patterns(compare, schema, allowed, path)
    if schema.get("additionalProperties", True) is not True:
        additional_path = (*path, "additionalProperties")
        yield from _compare_additional_properties(compare, schema, allowed, additional_path)
    yield from _compare_dependencies(compare, schema, allowed, path)
    if "propertyNames" in schema:
        names_path = (*path, "propertyNames")
        yield from _compare_names(compare, schema["propertyNames"], allowed, names_path)


def _compare_properties(
    compare: Compare, schema: SchemaObject, allowed: Constraints, path: Path
) -> Iterator[Mismatch]:
    """Compare all properties that either side names."""
    own_names = schema.get("properties", {})
    was_closed = any(
        written.get("additionalProperties", True) is not True for written in allowed.schemas
    )
    for name in sorted(allowed.property_names | set(own_names) | allowed.required):
        before = [
            written for outer in allowed.schemas for _, written in _property_schemas(outer, name)
        ]
        if False in before:
            continue
        is_new = name in own_names and name not in allowed.property_names and not was_closed
        for inner_path, taken in _property_schemas(schema, name):
            mismatches = compare(taken, before, (*path, *inner_path))
            if mismatches and inner_path[0] == "additionalProperties" and taken is False:
                message = f"The property {name!r} is gone, and others are not allowed"
                why = "An object that has it is refused"
                yield Mismatch(message, why, (*path, *inner_path))
            elif mismatches and is_new:
                message = f"The property {name!r} is new where any could be"
                why = f"It may have been there as anything: {mismatches[0].message}"
                yield Mismatch(message, why, (*path, *inner_path))
            else:
                yield from mismatches


def _property_schemas(schema: SchemaObject, name: str) -> list[tuple[Path, Any]]:
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


def _compare_patterns(
    compare: Compare, schema: SchemaObject, allowed: Constraints, path: Path
) -> Iterator[Mismatch]:
    """Compare properties that only patterns name."""
    for pattern, taken in _patterns(schema).items():
        pattern_path = (*path, "patternProperties", pattern)
        same_pattern = [
            _patterns(written).get(pattern, written.get("additionalProperties", True))
            for written in allowed.schemas
        ]
        yield from compare(taken, same_pattern, pattern_path)
        if any(pattern in _patterns(written) for written in allowed.schemas):
            continue
        # A name may match this pattern and another one of the writer's.
        others = [item for written in allowed.schemas for item in _patterns(written).items()]
        for other, inner in others:
            if not _are_disjoint_patterns(pattern, other):
                yield from compare(taken, [inner], pattern_path)


def _compare_additional_properties(
    compare: Compare, schema: SchemaObject, allowed: Constraints, path: Path
) -> Iterator[Mismatch]:
    taken = schema["additionalProperties"]
    if not _is_closed(allowed):
        before = [written.get("additionalProperties", True) for written in allowed.schemas]
        mismatches = compare(taken, before, path)
        if mismatches and taken is False:
            message = "Properties that are not named are not allowed any more"
            yield Mismatch(message, "An object that has others is refused", path)
        else:
            yield from mismatches
    for written in allowed.schemas:
        for pattern, inner in _patterns(written).items():
            if pattern not in _patterns(schema):
                yield from compare(taken, [inner], path)


def _is_closed(allowed: Constraints) -> bool:
    return any(written.get("additionalProperties") is False for written in allowed.schemas)


def _are_disjoint_patterns(pattern: str, other: str) -> bool:
    """Check that both are anchored, to beginnings that differ."""
    match, other_match = _LITERAL_PREFIX.match(pattern), _LITERAL_PREFIX.match(other)
    if match is None or other_match is None:
        return False
    length = min(len(match[1]), len(other_match[1]))
    return match[1][:length] != other_match[1][:length]


def _compare_dependencies(
    compare: Compare, schema: SchemaObject, allowed: Constraints, path: Path
) -> Iterator[Mismatch]:
    for keyword in _DEPENDENCIES:
        dependencies = schema.get(keyword)
        for name, needed in (dependencies if isinstance(dependencies, dict) else {}).items():
            if not _satisfies_dependency(compare, allowed, name, needed):
                message = f"An object that has {name!r} needs more now"
                yield Mismatch(message, "One without that was allowed", (*path, keyword, name))


def _satisfies_dependency(compare: Compare, allowed: Constraints, name: str, needed: Any) -> bool:
    """Check that every object that was allowed has no such property, or has what it needs."""
    for written in allowed.schemas:
        if any(inner is False for _, inner in _property_schemas(written, name)):
            return True
    before: list[Any] = [
        written[keyword][name]
        for written in allowed.schemas
        for keyword in _DEPENDENCIES
        if name in written.get(keyword, {})
    ]
    if isinstance(needed, list):
        lists = (value for value in before if isinstance(value, list))
        names = {required for value in lists for required in value}
        return set(needed) <= names | allowed.required
    schemas = [value for value in before if not isinstance(value, list)]
    return not compare(needed, [*allowed.schemas, *schemas], ())


def _compare_names(
    compare: Compare, taken: Any, allowed: Constraints, path: Path
) -> Iterator[Mismatch]:
    if _is_closed(allowed) and not any(_patterns(written) for written in allowed.schemas):
        for name in sorted(allowed.property_names):
            if compare(taken, [{"type": "string", "enum": [name]}], ()):
                message = f"The name {name!r} is not allowed any more"
                yield Mismatch(message, "An object that has it is refused", path)
        return
    before = [{"type": "string"}, *allowed.values("propertyNames")]
    yield from compare(taken, before, path)
