"""Compares the keywords of numbers and texts."""

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from math import ceil, floor

from registry.artifact_types.json_schema.causes import Causes
from registry.artifact_types.json_schema.constraints import (
    Bound,
    Constraints,
    SchemaObject,
    is_tighter,
)
from registry.artifact_types.mismatches import Mismatch, Path
from registry.artifact_types.syntax.regexes import matches


def compare_numbers(
    schema: SchemaObject, allowed: Constraints, path: Path, causes: Causes
) -> Iterator[Mismatch]:
    if not allowed.kinds & {"integer", "fraction"}:
        return
    own = Constraints((schema,))
    least, before = own.lower_bound, _close_bound(allowed.lower_bound, allowed, 1)
    if least is not None and is_tighter(least, before, 1):
        yield causes.least_number(least, before, path)
    greatest, before = own.upper_bound, _close_bound(allowed.upper_bound, allowed, -1)
    if greatest is not None and is_tighter(greatest, before, -1):
        yield causes.greatest_number(greatest, before, path)
    step = schema.get("multipleOf")
    if step is not None:
        divisors = [*allowed.values("multipleOf"), *allowed.values("const")]
        if "fraction" not in allowed.kinds:
            divisors.append(1)
        if not any(_is_multiple(divisor, step) for divisor in divisors):
            yield causes.multiple(step, path)


def compare_texts(
    schema: SchemaObject, allowed: Constraints, path: Path, causes: Causes
) -> Iterator[Mismatch]:
    if "string" not in allowed.kinds:
        return
    yield from compare_counts(schema, allowed, path, causes, ("minLength", "maxLength"), "text")
    pattern = schema.get("pattern")
    if isinstance(pattern, str) and pattern not in allowed.values("pattern"):
        texts = [value for value in allowed.values("const") if isinstance(value, str)]
        if not any(matches(pattern, text) for text in texts):
            yield causes.pattern(pattern, path)
    for keyword in ("format", "contentEncoding", "contentMediaType"):
        # Few validators look at them; but generated code decodes the text by them.
        read, written = schema.get(keyword), allowed.values(keyword)
        if read is not None and read not in written:
            yield causes.text_keyword(keyword, read, written, path)


def compare_counts(
    schema: SchemaObject,
    allowed: Constraints,
    path: Path,
    causes: Causes,
    keywords: tuple[str, str],
    noun: str,
) -> Iterator[Mismatch]:
    """Compare the limits of lengths, items or properties: a least count and a greatest."""
    least, most = keywords
    own = Constraints((schema,))
    read, written = own.minimum_count(least), allowed.minimum_count(least)
    if read > written:
        yield causes.count(least, read, written, f"shorter {noun}", path)
    maximum = allowed.maximum_count(most)
    if own.maximum_count(most) < maximum:
        yield causes.count(most, own.maximum_count(most), maximum, f"longer {noun}", path)


def _close_bound(bound: Bound | None, allowed: Constraints, sign: int) -> Bound | None:
    """Move the bound to the next whole number if all numbers are whole."""
    if bound is None or "fraction" in allowed.kinds:
        return bound
    limit = floor(bound.number) if sign > 0 else ceil(bound.number)
    is_excluded = bound.is_open or limit != bound.number
    return Bound(limit + sign if is_excluded else limit)


def _is_multiple(number: object, step: object) -> bool:
    try:
        return Decimal(str(number)) % Decimal(str(step)) == 0
    except (InvalidOperation, ZeroDivisionError):
        return False
