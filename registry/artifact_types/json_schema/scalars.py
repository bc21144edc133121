"""Numbers and texts that a writer's schema allows and a reader's does not."""

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from math import ceil, floor

from registry.artifact_types.breaks import Break, Path
from registry.artifact_types.checks import Severity
from registry.artifact_types.json_schema.facts import (
    Bound,
    Fact,
    Facts,
    is_tighter,
    lower_bound,
    own_lower_bound,
    own_upper_bound,
    upper_bound,
)
from registry.artifact_types.syntax.regexes import matches


def breaks_of_numbers(schema: Fact, facts: Facts, path: Path) -> Iterator[Break]:
    if not facts.kinds & {"integer", "fraction"}:
        return
    least, greatest = own_lower_bound(schema), own_upper_bound(schema)
    before, after = _closed(lower_bound(facts), facts, 1), _closed(upper_bound(facts), facts, -1)
    if least is not None and is_tighter(least, before, 1):
        told = f"The least number was {_shown(before)} and is {_shown(least)}"
        yield Break(told, "A smaller number was allowed and is refused", (*path, "minimum"))
    if greatest is not None and is_tighter(greatest, after, -1):
        told = f"The greatest number was {_shown(after)} and is {_shown(greatest)}"
        yield Break(told, "A greater number was allowed and is refused", (*path, "maximum"))
    step = schema.get("multipleOf")
    if step is not None and not _are_multiples(facts, step):
        told = f"Numbers are multiples of {step} now"
        yield Break(told, "A number between was allowed and is refused", (*path, "multipleOf"))


def breaks_of_texts(schema: Fact, facts: Facts, path: Path) -> Iterator[Break]:
    if "string" not in facts.kinds:
        return
    yield from breaks_of_counts(schema, facts, path, ("minLength", "maxLength"), "text")
    pattern = schema.get("pattern")
    if isinstance(pattern, str) and not _match(facts, pattern):
        told = f"Texts match {pattern!r} now"
        yield Break(told, "A text that does not match was allowed", (*path, "pattern"))
    form = schema.get("format")
    if form is not None and form not in facts.given("format"):
        told = f"Texts have the format {form!r} now"
        why = "A text of another format was allowed; some validators refuse it"
        yield Break(told, why, (*path, "format"), Severity.WARNING)


def breaks_of_counts(
    schema: Fact, facts: Facts, path: Path, keywords: tuple[str, str], of: str
) -> Iterator[Break]:
    """Of lengths, items or properties: `keywords` bound them from below and from above."""
    least, most = keywords
    given = Facts((schema,))
    if given.least(least) > facts.least(least):
        told = f"{least} was {facts.least(least)} and is {given.least(least)}"
        yield Break(told, f"A shorter {of} was allowed and is refused", (*path, least))
    if given.most(most) < facts.most(most):
        before = facts.most(most)
        was = "not bounded" if before == float("inf") else before
        told = f"{most} was {was} and is {given.most(most)}"
        yield Break(told, f"A longer {of} was allowed and is refused", (*path, most))


def _closed(bound: Bound | None, facts: Facts, sign: int) -> Bound | None:
    """Beyond a whole number, the next one, where all are whole."""
    if bound is None or "fraction" in facts.kinds:
        return bound
    limit = floor(bound.number) if sign > 0 else ceil(bound.number)
    is_beyond = bound.is_open or limit != bound.number
    return Bound(limit + sign if is_beyond else limit)


def _match(facts: Facts, pattern: str) -> bool:
    if pattern in facts.given("pattern"):
        return True
    texts = [each for each in facts.given("const") if isinstance(each, str)]
    return any(matches(pattern, each) for each in texts)


def _are_multiples(facts: Facts, step: object) -> bool:
    given = [*facts.given("multipleOf"), *facts.given("const")]
    if "fraction" not in facts.kinds:
        given.append(1)
    return any(_is_multiple(each, step) for each in given)


def _is_multiple(number: object, step: object) -> bool:
    try:
        return Decimal(str(number)) % Decimal(str(step)) == 0
    except (InvalidOperation, ZeroDivisionError):
        return False


def _shown(bound: Bound | None) -> str:
    if bound is None:
        return "not bounded"
    return f"{'beyond ' if bound.is_open else ''}{bound.number}"
