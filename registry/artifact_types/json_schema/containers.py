"""Arrays and objects that a writer's schema allows and a reader's does not."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from registry.artifact_types.breaks import Break, Path
from registry.artifact_types.json_schema.facts import Fact, Facts
from registry.artifact_types.json_schema.scalars import breaks_of_counts
from registry.artifact_types.syntax.regexes import matches

#: Letters after which no quantifier stands.
_BEGINNING = re.compile(r"\^((?:[\w@ -](?![*?{+]))*)")

#: Whether a schema takes all that some schemas at once allow: (taken, allowed, path).
Fits = Callable[[Any, list[Any], Path], list[Break]]


def breaks_of_arrays(fits: Fits, schema: Fact, facts: Facts, path: Path) -> Iterator[Break]:
    if "array" not in facts.kinds:
        return
    yield from breaks_of_counts(schema, facts, path, ("minItems", "maxItems"), "array")
    if schema.get("uniqueItems") is True and not _is_unique(facts):
        told = "Items have to differ from each other now"
        yield Break(told, "An array with equal items was allowed", (*path, "uniqueItems"))
    yield from _breaks_of_items(fits, schema, facts, path)
    if "contains" in schema and schema.get("minContains", 1) and not _contains(fits, schema, facts):
        told = "An item of a certain kind has to be there now"
        yield Break(told, "An array without it was allowed", (*path, "contains"))


def _is_unique(facts: Facts) -> bool:
    return True in facts.given("uniqueItems") or facts.most("maxItems") <= 1


def _breaks_of_items(fits: Fits, schema: Fact, facts: Facts, path: Path) -> Iterator[Break]:
    """Position by position as far as either side names them, then all that follow."""
    keyword, positions, rest = _items(schema)
    named = max([len(positions), *(len(_items(fact)[1]) for fact in facts.all)])
    for at in range(min(named, int(min(facts.most("maxItems"), 10_000)))):
        taken = positions[at] if at < len(positions) else rest
        place = (*path, keyword, at) if at < len(positions) else (*path, _rest_keyword(schema))
        yield from fits(taken, [_item(fact, at) for fact in facts.all], place)
    if facts.most("maxItems") > named:
        allowed = [_items(fact)[2] for fact in facts.all]
        yield from fits(rest, allowed, (*path, _rest_keyword(schema)))


def _items(schema: Fact) -> tuple[str, list[Any], Any]:
    """The keyword and the schemas by position, and the one of all items that follow."""
    items = schema.get("items", True)
    if isinstance(items, list):
        return "items", items, schema.get("additionalItems", True)
    positions = schema.get("prefixItems")
    return "prefixItems", positions if isinstance(positions, list) else [], items


def _rest_keyword(schema: Fact) -> str:
    return "additionalItems" if isinstance(schema.get("items"), list) else "items"


def _item(schema: Fact, at: int) -> Any:
    _, positions, rest = _items(schema)
    return positions[at] if at < len(positions) else rest


def _contains(fits: Fits, schema: Fact, facts: Facts) -> bool:
    return any(
        not fits(schema["contains"], [fact["contains"]], ())
        and fact.get("minContains", 1) >= schema.get("minContains", 1)
        for fact in facts.all
        if "contains" in fact
    ) or (facts.least("minItems") > 0 and not fits(schema["contains"], _first(facts), ()))


def _first(facts: Facts) -> list[Any]:
    return [_item(fact, 0) for fact in facts.all]


def breaks_of_objects(fits: Fits, schema: Fact, facts: Facts, path: Path) -> Iterator[Break]:
    if "object" not in facts.kinds:
        return
    yield from breaks_of_counts(
        schema, _counted(facts), path, ("minProperties", "maxProperties"), "object"
    )
    yield from _breaks_of_required(schema, facts, path)
    yield from _breaks_of_properties(fits, schema, facts, path)
    yield from _breaks_of_others(fits, schema, facts, path)
    yield from _breaks_of_dependencies(fits, schema, facts, path)
    if "propertyNames" in schema:
        yield from _breaks_of_names(fits, schema["propertyNames"], facts, path)


def _counted(facts: Facts) -> Facts:
    """What is required counts as a least number of properties, what is closed as a most."""
    counted: dict[str, Any] = {"minProperties": len(facts.required)}
    for fact in facts.all:
        if fact.get("additionalProperties") is False and not fact.get("patternProperties"):
            counted["maxProperties"] = len(fact.get("properties", {}))
    return facts.plus(counted)


def _breaks_of_required(schema: Fact, facts: Facts, path: Path) -> Iterator[Break]:
    required = schema.get("required")
    for name in required if isinstance(required, list) else []:
        if name not in facts.required:
            told = f"The property {name!r} is required now"
            yield Break(told, "An object without it was allowed", (*path, "required"))


def _breaks_of_properties(fits: Fits, schema: Fact, facts: Facts, path: Path) -> Iterator[Break]:
    """Of every property that either side names: whatever it could be, it may be still."""
    own = schema.get("properties", {})
    for name in sorted(facts.names | set(own) | facts.required):
        allowed = [each for fact in facts.all for each in _property(fact, name)]
        if False in allowed:
            continue
        for place, taken in _places(schema, name):
            found = fits(taken, allowed, (*path, *place))
            if found and place[0] == "additionalProperties" and taken is False:
                told = f"The property {name!r} is gone, and others are not allowed"
                yield Break(told, "An object that has it is refused", (*path, *place))
            elif found and name in own and name not in facts.names and not _is_closed(facts):
                told = f"The property {name!r} is new where any could be"
                why = f"It may have been there as anything: {found[0].message}"
                yield Break(told, why, (*path, *place))
            else:
                yield from found


def _is_closed(facts: Facts) -> bool:
    return any(fact.get("additionalProperties", True) is not True for fact in facts.all)


def _property(schema: Fact, name: str) -> list[Any]:
    return [each for _, each in _places(schema, name)]


def _places(schema: Fact, name: str) -> list[tuple[Path, Any]]:
    """All that an object schema says of a property of that name, with where it says it."""
    found: list[tuple[Path, Any]] = []
    properties = schema.get("properties", {})
    if name in properties:
        found.append((("properties", name), properties[name]))
    for pattern, each in _patterns(schema).items():
        if matches(pattern, name):
            found.append((("patternProperties", pattern), each))
    if not found and "additionalProperties" in schema:
        found.append((("additionalProperties",), schema["additionalProperties"]))
    return found


def _patterns(schema: Fact) -> Mapping[str, Any]:
    patterns = schema.get("patternProperties", {})
    return patterns if isinstance(patterns, dict) else {}


def _breaks_of_others(fits: Fits, schema: Fact, facts: Facts, path: Path) -> Iterator[Break]:
    """Of properties that nobody names: by patterns, and all the others."""
    for pattern, taken in _patterns(schema).items():
        place = (*path, "patternProperties", pattern)
        yield from fits(taken, [_of_pattern(fact, pattern) for fact in facts.all], place)
        if not any(pattern in _patterns(fact) for fact in facts.all):
            for fact in facts.all:
                yield from _breaks_of_overlaps(fits, pattern, taken, fact, place)
    if schema.get("additionalProperties", True) is not True:
        yield from _breaks_of_unnamed(fits, schema, facts, (*path, "additionalProperties"))


def _breaks_of_unnamed(fits: Fits, schema: Fact, facts: Facts, path: Path) -> Iterator[Break]:
    others = schema["additionalProperties"]
    if not _all_named(facts):
        found = fits(others, [fact.get("additionalProperties", True) for fact in facts.all], path)
        if found and others is False:
            told = "Properties that are not named are not allowed any more"
            yield Break(told, "An object that has others is refused", path)
        else:
            yield from found
    for fact in facts.all:
        for pattern, each in _patterns(fact).items():
            if pattern not in _patterns(schema):
                yield from fits(others, [each], path)


def _all_named(facts: Facts) -> bool:
    return any(fact.get("additionalProperties") is False for fact in facts.all)


def _of_pattern(fact: Fact, pattern: str) -> Any:
    """What a fact says of names that match: its own same pattern, or all names that it has not."""
    patterns = _patterns(fact)
    if pattern in patterns:
        return patterns[pattern]
    return fact.get("additionalProperties", True)


def _breaks_of_overlaps(
    fits: Fits, pattern: str, taken: Any, fact: Fact, path: Path
) -> Iterator[Break]:
    """A name may match a pattern on the one side and another one on the other side."""
    for other, allowed in _patterns(fact).items():
        if not _are_apart(pattern, other):
            yield from fits(taken, [allowed], path)


def _are_apart(one: str, other: str) -> bool:
    """Whether they are anchored to beginnings that differ."""
    first, second = (_BEGINNING.match(each) for each in (one, other))
    if first is None or second is None:
        return False
    length = min(len(first[1]), len(second[1]))
    return first[1][:length] != second[1][:length]


def _breaks_of_dependencies(fits: Fits, schema: Fact, facts: Facts, path: Path) -> Iterator[Break]:
    for keyword in ("dependencies", "dependentRequired", "dependentSchemas"):
        given = schema.get(keyword)
        for name, needed in (given if isinstance(given, dict) else {}).items():
            if not _depends(fits, facts, name, needed):
                told = f"An object that has {name!r} needs more now"
                yield Break(told, "One without that was allowed", (*path, keyword, name))


def _depends(fits: Fits, facts: Facts, name: str, needed: Any) -> bool:
    if any(False in _property(fact, name) for fact in facts.all):
        return True
    before: list[Any] = [
        fact[keyword][name]
        for fact in facts.all
        for keyword in ("dependencies", "dependentRequired", "dependentSchemas")
        if name in fact.get(keyword, {})
    ]
    if isinstance(needed, list):
        listed = {one for each in before if isinstance(each, list) for one in each}
        return set(needed) <= listed | facts.required
    schemas = [each for each in before if not isinstance(each, list)]
    return not fits(needed, [*facts.all, *schemas], ())


def _breaks_of_names(fits: Fits, taken: Any, facts: Facts, path: Path) -> Iterator[Break]:
    if _all_named(facts) and not any(_patterns(fact) for fact in facts.all):
        for name in sorted(facts.names):
            if fits(taken, [{"type": "string", "enum": [name]}], ()):
                told = f"The name {name!r} is not allowed any more"
                yield Break(told, "An object that has it is refused", (*path, "propertyNames"))
        return
    allowed = [{"type": "string"}, *facts.given("propertyNames")]
    yield from fits(taken, allowed, (*path, "propertyNames"))
