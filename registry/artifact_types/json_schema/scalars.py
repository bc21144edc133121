"""Numbers and texts that a writer's schema allows and a reader's does not."""

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from math import ceil, floor

from registry.artifact_types.json_schema.constraints import (
    Bound,
    Constraints,
    SchemaObject,
    is_tighter,
)
from registry.artifact_types.mismatches import Mismatch, Path
from registry.artifact_types.syntax.regexes import matches


def compare_numbers(schema: SchemaObject, allowed: Constraints, path: Path) -> Iterator[Mismatch]:
    if not allowed.kinds & {"integer", "fraction"}:
        return
    own = Constraints((schema,))
    least, before = own.lower_bound, _close_bound(allowed.lower_bound, allowed, 1)
    if least is not None and is_tighter(least, before, 1):
        message = f"The least number was {_format_bound(before)} and is {_format_bound(least)}"
        why = "A smaller number was allowed and is refused"
        yield Mismatch(message, why, (*path, "minimum"))
    greatest, before = own.upper_bound, _close_bound(allowed.upper_bound, allowed, -1)
    if greatest is not None and is_tighter(greatest, before, -1):
        limits = f"was {_format_bound(before)} and is {_format_bound(greatest)}"
        why = "A greater number was allowed and is refused"
        yield Mismatch(f"The greatest number {limits}", why, (*path, "maximum"))
    step = schema.get("multipleOf")
    if step is not None:
        divisors = [*allowed.values("multipleOf"), *allowed.values("const")]
        if "fraction" not in allowed.kinds:
            divisors.append(1)
        if not any(_is_multiple(divisor, step) for divisor in divisors):
            message = f"Numbers are multiples of {step} now"
            why = "A number between was allowed and is refused"
            yield Mismatch(message, why, (*path, "multipleOf"))


def compare_texts(schema: SchemaObject, allowed: Constraints, path: Path) -> Iterator[Mismatch]:
    if "string" not in allowed.kinds:
        return
    yield from compare_counts(schema, allowed, path, ("minLength", "maxLength"), "text")
    pattern = schema.get("pattern")
    if isinstance(pattern, str) and pattern not in allowed.values("pattern"):
        texts = [value for value in allowed.values("const") if isinstance(value, str)]
        if not any(matches(pattern, text) for text in texts):
            message = f"Texts match {pattern!r} now"
            why = "A text that does not match was allowed"
            yield Mismatch(message, why, (*path, "pattern"))
    for keyword in ("format", "contentEncoding", "contentMediaType"):
        # Few validators look at them; but generated code decodes the text by them.
        now, before = schema.get(keyword), allowed.values(keyword)
        if now is not None and now not in before:
            was = f"was {before[0]!r}" if before else "was open"
            message = f"The {keyword} of texts {was} and is {now!r}"
            yield Mismatch(message, "A text of another one was allowed", (*path, keyword))


def compare_counts(
    schema: SchemaObject, allowed: Constraints, path: Path, keywords: tuple[str, str], noun: str
) -> Iterator[Mismatch]:
    """Compare the limits of lengths, items or properties: a least count and a greatest."""
    least, most = keywords
    own = Constraints((schema,))
    before, after = allowed.minimum_count(least), own.minimum_count(least)
    if after > before:
        message = f"{least} was {before} and is {after}"
        yield Mismatch(message, f"A shorter {noun} was allowed and is refused", (*path, least))
    maximum = allowed.maximum_count(most)
    if own.maximum_count(most) < maximum:
        was = "not bounded" if maximum == float("inf") else maximum
        message = f"{most} was {was} and is {own.maximum_count(most)}"
        yield Mismatch(message, f"A longer {noun} was allowed and is refused", (*path, most))


def _close_bound(bound: Bound | None, allowed: Constraints, sign: int) -> Bound | None:
    """Move the bound to the next whole number, where all numbers are whole."""
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


def _format_bound(bound: Bound | None) -> str:
    if bound is None:
        return "not bounded"
    return f"{'beyond ' if bound.is_open else ''}{bound.number}"
