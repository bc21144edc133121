"""Checks the kinds of keywords' values: schemas are also compared where no rule checked them."""

from collections.abc import Callable, Iterator
from typing import Any

from registry.artifact_types.json_schema.constraints import SchemaObject, is_number


def wrong_keywords(schema: SchemaObject) -> Iterator[str]:
    """Iterate over the keywords with values of a wrong kind in every dialect."""
    return (keyword for keyword in schema if not is_right_kind(schema, keyword))


def is_right_kind(schema: SchemaObject, keyword: str) -> bool:
    check = _CHECKS.get(keyword)
    return check is None or check(schema[keyword])


def _is_schema(value: Any) -> bool:
    return isinstance(value, dict | bool)


def _is_list_of_schemas(value: Any) -> bool:
    return isinstance(value, list) and all(map(_is_schema, value))


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_list_of_texts(value: Any) -> bool:
    return isinstance(value, list) and all(map(_is_text, value))


def _is_count(value: Any) -> bool:
    return is_number(value) and 0 <= value < float("inf")


def _has_members(check: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, dict) and all(map(check, value.values()))


_CHECKS: dict[str, Callable[[Any], bool]] = {
    "type": lambda value: _is_text(value) or _is_list_of_texts(value),
    "enum": lambda value: isinstance(value, list),
    # Draft 3 has a boolean, which later validators pass over.
    "required": lambda value: isinstance(value, bool) or _is_list_of_texts(value),
    "items": lambda value: _is_schema(value) or _is_list_of_schemas(value),
    "dependencies": _has_members(lambda needed: _is_schema(needed) or _is_list_of_texts(needed)),
    "dependentRequired": _has_members(_is_list_of_texts),
    # In draft 4 a boolean, beside `minimum`.
    **dict.fromkeys(
        ("exclusiveMinimum", "exclusiveMaximum"),
        lambda value: isinstance(value, bool) or is_number(value),
    ),
    **dict.fromkeys(("minimum", "maximum", "multipleOf"), is_number),
    **dict.fromkeys(
        (
            *("minLength", "maxLength", "minItems", "maxItems", "minContains", "maxContains"),
            *("minProperties", "maxProperties"),
        ),
        _is_count,
    ),
    **dict.fromkeys(
        ("$ref", "$dynamicRef", "pattern", "format", "contentEncoding", "contentMediaType"),
        _is_text,
    ),
    **dict.fromkeys(
        (
            *("additionalItems", "additionalProperties", "contains", "propertyNames"),
            *("unevaluatedItems", "unevaluatedProperties", "not", "if", "then", "else"),
        ),
        _is_schema,
    ),
    **dict.fromkeys(("allOf", "anyOf", "oneOf", "prefixItems"), _is_list_of_schemas),
    **dict.fromkeys(
        ("properties", "patternProperties", "dependentSchemas"), _has_members(_is_schema)
    ),
}
