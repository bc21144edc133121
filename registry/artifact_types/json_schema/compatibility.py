"""Compares JSON Schemas: a reader's has to accept every value that a writer's allows.

The keywords that hold at once are compared one by one; alternatives are compared in turn.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import chain, combinations
from typing import Any

from registry.artifact_types.checks import Direction, Document, Incompatibility
from registry.artifact_types.json_schema.causes import Causes
from registry.artifact_types.json_schema.conditions import Conditions
from registry.artifact_types.json_schema.constraints import (
    Constraints,
    SchemaObject,
    kinds_of_type,
)
from registry.artifact_types.json_schema.containers import ArrayComparison, ObjectComparison
from registry.artifact_types.json_schema.dialects import MAX_OBJECTS
from registry.artifact_types.json_schema.evaluation import Test, test_of
from registry.artifact_types.json_schema.expansion import (
    CHOSEN_ONE_OF,
    UNEVALUATED,
    Expansion,
    as_list,
)
from registry.artifact_types.json_schema.resolution import build_resolver
from registry.artifact_types.json_schema.scalars import compare_numbers, compare_texts
from registry.artifact_types.mismatches import (
    ComparisonTooComplex,
    Mismatch,
    Path,
    to_incompatibilities,
)
from registry.artifact_types.syntax.documents import ParsedDocument, read_json, shorten

# Schemas are compared as sets of values, since that is what a consumer meets: a value that was
# allowed and is refused now. Tables of named differences, as Apicurio and Confluent have them,
# disagree with each other; a set can be checked by any validator, as the tests do. The answer errs
# to one side: a change that is called compatible is; a rejected one may in rare cases (values that
# only several alternatives together take) be harmless.

#: Levels of a comparison: the interpreter's own limit is not far beyond.
_MAX_DEPTH = 60
#: Conditions that are assumed to be met, and then not to be, one within the other.
_MAX_TESTS = 16
_Key = tuple[int, frozenset[int]]


def incompatibilities(
    older: Document, newer: Document, direction: Direction
) -> list[Incompatibility]:
    """List reasons why the reader's schema may reject a value of the writer's schema.

    Each is worded as a change from the older schema to the newer one, at its place in the reader's.
    """
    is_reader_newer = direction is Direction.BACKWARD
    reader, writer = (newer, older) if is_reader_newer else (older, newer)
    reader_json = read_json(reader.content, MAX_OBJECTS)
    writer_json = read_json(writer.content, MAX_OBJECTS)
    if not isinstance(reader_json, ParsedDocument) or not isinstance(writer_json, ParsedDocument):
        return [Incompatibility("One of the two is no JSON Schema", "Nothing can be read with it")]
    resolvers = (
        build_resolver(reader_json.value, reader.references),
        build_resolver(writer_json.value, writer.references),
    )
    disagree = any(resolver.dialect.contains_evaluates is None for resolver in resolvers)
    mismatches: list[Mismatch] = []
    try:
        for contains_evaluates in (False, True) if disagree else (False,):
            expansion = Expansion(*resolvers, contains_evaluates=contains_evaluates)
            comparison = _Comparison(expansion, Causes(direction))
            mismatches += comparison.compare(reader_json.value, [writer_json.value], ())
    except (ComparisonTooComplex, RecursionError):
        message = "The schemas are too intricate to be compared"
        return [Incompatibility(message, "What breaks can't be told")]
    found = to_incompatibilities(dict.fromkeys(mismatches), reader_json)
    return [replace(cause, is_in_older=not is_reader_newer) for cause in found]


@dataclass(slots=True)
class _Comparison:
    """Compares two schemas.

    Pairs under comparison count as fitting for inner values, since schemas may contain themselves.
    `relied_on` has the pairs on which a result relied; results are kept only while there is
    none.
    """

    expansion: Expansion
    causes: Causes
    conditions: Conditions = field(init=False)
    #: With the level of the value.
    under_comparison: dict[_Key, int] = field(default_factory=dict)
    relied_on: set[_Key] = field(default_factory=set)
    known: dict[_Key, list[Mismatch]] = field(default_factory=dict)
    level: int = 0

    def __post_init__(self) -> None:
        self.conditions = Conditions(self.expansion, self.compare)

    def compare(self, schema: Any, written: list[Any], path: Path) -> list[Mismatch]:
        """List possible reasons for `schema` to reject a value allowed by all `written` ones."""
        self.expansion.count_step()
        if len(self.under_comparison) > _MAX_DEPTH:
            raise ComparisonTooComplex
        schema, path = self.follow_lone_refs(schema, path)
        if schema is True or schema == {}:
            return []
        if any(writer == schema and self.expansion.is_same(writer, schema) for writer in written):
            return []
        allowed = self.expansion.expand(written)
        if allowed is None or not allowed.kinds:
            return []
        if not isinstance(schema, dict):
            return [self.causes.nothing_allowed(allowed.kinds, path)]
        key = (id(schema), allowed.key)
        if key in self.known:
            return self.known[key]
        if key in self.under_comparison:
            self.relied_on.add(key)
            if self.level > self.under_comparison[key]:
                return []
            message = "It refers to itself without end"
            return [Mismatch(message, "What it takes can't be told", path)]
        self.expansion.kept_alive.append((allowed, schema))
        self.under_comparison[key] = self.level
        mismatches = list(self.compare_object(schema, allowed, path))
        del self.under_comparison[key]
        self.relied_on.discard(key)
        if not self.relied_on:
            self.known[key] = mismatches
        return mismatches

    def compare_inner(self, schema: Any, written: list[Any], path: Path) -> list[Mismatch]:
        """Compare schemas of a value within the one under comparison."""
        self.level += 1
        mismatches = self.compare(schema, written, path)
        self.level -= 1
        return mismatches

    def follow_lone_refs(self, schema: Any, path: Path) -> tuple[Any, Path]:
        """Follow a `$ref` without other keywords, and on from there."""
        visited: set[int] = set()
        while isinstance(schema, dict) and (references := self.expansion.references(schema)):
            is_alone = self.expansion.hides_keywords(schema) or len(schema) == 1
            if id(schema) in visited or not is_alone or len(references[0].targets) != 1:
                break
            visited.add(id(schema))
            schema = references[0].targets[0]
            path = self.expansion.resolver_for(schema).path_of(schema) or path
        return schema, path

    def compare_object(
        self, schema: SchemaObject, allowed: Constraints, path: Path
    ) -> Iterator[Mismatch]:
        for keyword, text, targets in self.expansion.references(schema):
            if not targets:
                message = f"Nothing is known of {text!r}, to which it refers"
                yield Mismatch(message, "What it takes can't be told", (*path, keyword))
            for target in targets:
                target_path = self.expansion.resolver_for(target).path_of(target) or path
                yield from self.compare(target, list(allowed.schemas), target_path)
        if self.expansion.hides_keywords(schema):
            return
        for keyword in self.expansion.wrong_keywords(schema):
            message = f"The value of {keyword!r} is of a kind that the keyword does not have"
            yield Mismatch(message, "What it takes can't be told", (*path, keyword))
        for keywords in self.expansion.readings(schema):
            yield from self.compare_case(keywords, allowed, path, frozenset())

    def compare_alternative(
        self, schema: SchemaObject, allowed: Constraints, path: Path, tried: frozenset[int]
    ) -> list[Mismatch]:
        """Compare keywords; after a mismatch, again under each condition of the writer."""
        mismatches = list(self.compare_keywords(schema, allowed, path))
        if not mismatches:
            return []
        settled = self.conditions.settled(allowed)
        if settled is None or settled.key != allowed.key:
            return self.compare_case(schema, settled, path, tried)
        test = next(
            (test for test in self.undecided(schema, allowed) if id(test.passed) not in tried), None
        )
        can_test = len(tried) < _MAX_TESTS and self.expansion.has_steps_to_spare
        if test is None or not can_test:
            return mismatches
        tried = tried | {id(test.passed)}
        cases = [self.expansion.expand([*allowed.schemas, side]) for side in test]
        return [
            mismatch for case in cases for mismatch in self.compare_case(schema, case, path, tried)
        ]

    def compare_case(
        self, schema: SchemaObject, case: Constraints | None, path: Path, tried: frozenset[int]
    ) -> list[Mismatch]:
        mismatches = (
            self.compare_alternative(schema, alternative, path, tried)
            for alternative in self.expansion.alternatives(case)
        )
        return list(dict.fromkeys(chain.from_iterable(mismatches)))

    def undecided(self, schema: SchemaObject, allowed: Constraints) -> Iterator[Test]:
        """Iterate over undecided conditions of a side's evaluation and of the allowed values."""
        if any(schema.get(keyword, True) is not True for keyword in UNEVALUATED):
            evaluation = self.conditions.evaluation(allowed, is_certain=True)
            evaluation.of(schema)
            yield from evaluation.undecided
        yield from self.conditions.undecided(allowed)

    def compare_keywords(
        self, schema: SchemaObject, allowed: Constraints, path: Path
    ) -> Iterator[Mismatch]:
        lost = allowed.kinds - kinds_of_type(schema)
        if lost:
            yield self.causes.other_type(kinds_of_type(schema), allowed.kinds, lost, path)
            return
        yield from chain(
            self.compare_values(schema, allowed, path),
            compare_numbers(schema, allowed, path, self.causes),
            compare_texts(schema, allowed, path, self.causes),
            self.array_comparison(schema, allowed, path, "").mismatches(),
            self.object_comparison(schema, allowed, path, "additionalProperties").mismatches(),
            self.compare_combinations(schema, allowed, path),
            self.compare_unevaluated(schema, allowed, path),
        )

    def compare_values(
        self, schema: SchemaObject, allowed: Constraints, path: Path
    ) -> Iterator[Mismatch]:
        """Compare `enum` and `const` with the allowed values, if these can be listed."""
        values: list[Any] | None = None
        if constants := allowed.values("const"):
            values = constants[:1]
        elif allowed.kinds <= {"null", "boolean"}:
            values = [None] if "null" in allowed.kinds else []
            values += [True, False] if "boolean" in allowed.kinds else []
        for keyword in filter(schema.__contains__, ("enum", "const")):
            if values is None:
                yield self.causes.certain_values(keyword, path)
                continue
            for value in values:
                if not self.expansion.allows(schema, keyword, value):
                    yield self.causes.value(shorten(value), keyword, path)

    def compare_combinations(
        self, schema: SchemaObject, allowed: Constraints, path: Path
    ) -> Iterator[Mismatch]:
        for index, inner in enumerate(as_list(schema, "allOf")):
            yield from self.compare(inner, list(allowed.schemas), (*path, "allOf", index))
        if "anyOf" in schema:
            yield from self.compare_any_of(schema, "anyOf", allowed, path)
        if "oneOf" in schema:
            yield from self.compare_one_of(schema, allowed, path)
        if "not" in schema and not self.conditions.is_disjoint(schema["not"], allowed):
            yield self.causes.forbidden(path)
        if "if" in schema:
            yield from self.compare_condition(schema, allowed, path)

    def compare_any_of(
        self, schema: SchemaObject, keyword: str, allowed: Constraints, path: Path
    ) -> Iterator[Mismatch]:
        branches = as_list(schema, keyword)
        for part in self.split_by_kind(allowed):
            by_branch: list[list[Mismatch]] = []
            apart = [self.conditions.is_apart(branch, part) for branch in branches]
            # Those that can't fit are compared last, for the message.
            for index in sorted(range(len(branches)), key=apart.__getitem__):
                branch_path = (*path, keyword, index)
                by_branch.append(self.compare(branches[index], list(part.schemas), branch_path))
                if not by_branch[-1]:
                    break
            if all(by_branch):
                closest = min(by_branch, key=len, default=[])
                yield self.causes.no_alternative(part.kinds, closest, keyword, path)

    def compare_one_of(
        self, schema: SchemaObject, allowed: Constraints, path: Path
    ) -> Iterator[Mismatch]:
        mismatches = list(self.compare_any_of(schema, "oneOf", allowed, path))
        yield from mismatches
        branches = as_list(schema, "oneOf")
        choices = allowed.values(CHOSEN_ONE_OF)
        if mismatches or any(
            self.expansion.is_same(choice.branches, branches) for choice in choices
        ):
            return
        for part in self.split_by_kind(allowed):
            taking = [branch for branch in branches if not self.conditions.is_apart(branch, part)]
            if len(taking) > 1:
                taking = [
                    branch for branch in taking if not self.conditions.is_disjoint(branch, part)
                ]
            if any(self.may_both_take(*pair, part) for pair in combinations(taking, 2)):
                yield self.causes.several_alternatives(path)
                return

    def may_both_take(self, left: Any, right: Any, allowed: Constraints) -> bool:
        self.expansion.count_step()
        taken = self.expansion.expand([*allowed.schemas, right])
        return taken is not None and not self.conditions.is_disjoint(left, taken)

    def compare_condition(
        self, schema: SchemaObject, allowed: Constraints, path: Path
    ) -> Iterator[Mismatch]:
        """Compare the possible branches, unless the writer has the same condition and branches."""
        for written in allowed.schemas:
            if "if" in written and all(
                self.expansion.is_same(written.get(keyword, True), schema.get(keyword, True))
                for keyword in ("if", "then", "else")
            ):
                return
        is_met = self.conditions.holds(schema["if"], allowed)
        test = test_of(self.expansion, schema["if"])
        for keyword, case in (("then", test.passed), ("else", test.failed)):
            if keyword in schema and is_met is not (keyword == "else"):
                applying = [*allowed.schemas, case]
                yield from self.compare(schema[keyword], applying, (*path, keyword))

    def compare_unevaluated(
        self, schema: SchemaObject, allowed: Constraints, path: Path
    ) -> Iterator[Mismatch]:
        """Compare the unevaluated parts of the allowed values."""
        for keyword, kind in zip(UNEVALUATED, ("object", "array"), strict=True):
            if schema.get(keyword, True) is True or kind not in allowed.kinds:
                continue
            part = allowed.plus(self.expansion.schema_for_kind(kind))
            evaluated = self.conditions.evaluation(part, is_certain=True).of(schema)
            rest = self.conditions.rest_schema(schema, keyword, evaluated)
            is_array = kind == "array"
            compared = self.array_comparison if is_array else self.object_comparison
            yield from compared(rest, part, path, keyword).mismatches()

    def array_comparison(
        self, schema: SchemaObject, allowed: Constraints, path: Path, rest_keyword: str
    ) -> ArrayComparison:
        return ArrayComparison(self.compare_inner, schema, allowed, path, self.causes, rest_keyword)

    def object_comparison(
        self, schema: SchemaObject, allowed: Constraints, path: Path, rest_keyword: str
    ) -> ObjectComparison:
        return ObjectComparison(
            self.compare_inner, self.compare, schema, allowed, path, self.causes, rest_keyword
        )

    def split_by_kind(self, allowed: Constraints) -> list[Constraints]:
        """Split values of several kinds by kind, since each alternative may accept some kinds."""
        kinds = allowed.kinds
        if len(kinds) < 2 or kinds == {"integer", "fraction"}:
            return [allowed]
        # Whole numbers are among those with fractions, where these are allowed, too.
        apart = kinds - {"integer"} if "fraction" in kinds else kinds
        schemas = [self.expansion.schema_for_kind(kind) for kind in sorted(apart)]
        return [allowed.plus(schema) for schema in schemas]
