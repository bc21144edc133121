"""Whether a reader's schema takes every value that a writer's schema allows.

Keyword by keyword over what holds of the values at once; alternatives are taken one by one.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from registry.artifact_types.checks import Document, Incompatibility, Severity
from registry.artifact_types.json_schema.constraints import (
    Constraints,
    SchemaObject,
    format_kinds,
    kinds_of_type,
)
from registry.artifact_types.json_schema.containers import ArrayComparison, ObjectComparison
from registry.artifact_types.json_schema.dialects import MAX_OBJECTS
from registry.artifact_types.json_schema.disjointness import are_disjoint
from registry.artifact_types.json_schema.equality import same_values
from registry.artifact_types.json_schema.expansion import (
    CHOSEN_ONE_OF,
    Expansion,
    as_list,
    ref_texts,
)
from registry.artifact_types.json_schema.resolution import UnresolvedRef, build_resolver
from registry.artifact_types.json_schema.scalars import compare_numbers, compare_texts
from registry.artifact_types.mismatches import (
    ComparisonTooComplex,
    Mismatch,
    Path,
    to_incompatibilities,
)
from registry.artifact_types.syntax.documents import ParsedDocument, read_json, shorten
from registry.artifact_types.syntax.json_references import Ref, iter_refs

# Schemas are compared as sets of values, since that is what a consumer meets: a value that was
# allowed and is refused now. Tables of named differences, as Apicurio and Confluent have them,
# disagree with each other; a set can be checked by any validator, as the tests do. The answer errs
# to one side: a change that is called compatible is; a rejected one may in rare cases (values that
# only several alternatives together take) be harmless.

#: Levels of a comparison: the interpreter's own limit is not far beyond.
_MAX_DEPTH = 60
_Key = tuple[int, frozenset[int]]


def incompatibilities(reader: Document, writer: Document) -> list[Incompatibility]:
    """List why the reader's schema may reject a value that the writer's schema allows."""
    reader_json = read_json(reader.content, MAX_OBJECTS)
    writer_json = read_json(writer.content, MAX_OBJECTS)
    if not isinstance(reader_json, ParsedDocument) or not isinstance(writer_json, ParsedDocument):
        return [Incompatibility("One of the two is no JSON Schema", "Nothing can be read with it")]
    expansion = Expansion(
        build_resolver(reader_json.value, reader.references),
        build_resolver(writer_json.value, writer.references),
    )
    try:
        mismatches = _Comparison(expansion).compare(reader_json.value, [writer_json.value], ())
    except (ComparisonTooComplex, RecursionError):
        message = "The schemas are too intricate to be compared"
        return [Incompatibility(message, "What breaks can't be told")]
    return to_incompatibilities(dict.fromkeys(mismatches), reader_json)


@dataclass(slots=True)
class _Comparison:
    """Compares two schemas.

    Pairs under comparison count as fitting, since schemas may contain themselves. `relied_on` are
    those of them that a result relied on; results are kept only while there is none.
    """

    expansion: Expansion
    under_comparison: dict[_Key, None] = field(default_factory=dict)
    relied_on: set[_Key] = field(default_factory=set)
    known: dict[_Key, list[Mismatch]] = field(default_factory=dict)

    def compare(self, schema: Any, written: list[Any], path: Path) -> list[Mismatch]:
        """List what keeps `schema` from taking all that the `written` ones, together, allow."""
        self.expansion.count_step()
        if len(self.under_comparison) > _MAX_DEPTH:
            raise ComparisonTooComplex
        schema, path = self.follow_lone_refs(schema, path)
        if schema is True or schema == {}:
            return []
        if any(other == schema and self.is_same(other, schema) for other in written):
            return []
        allowed = self.expansion.expand(written)
        if allowed is None or not allowed.kinds:
            return []
        if not isinstance(schema, dict):
            message = f"Nothing may be here any more, and it was {format_kinds(allowed.kinds)}"
            return [Mismatch(message, "What was allowed is refused", path)]
        key = (id(schema), allowed.key)
        if key in self.known:
            return self.known[key]
        if key in self.under_comparison:
            self.relied_on.add(key)
            return []
        self.expansion.kept_alive.append((allowed, schema))
        self.under_comparison[key] = None
        mismatches = list(self.compare_object(schema, allowed, path))
        del self.under_comparison[key]
        self.relied_on.discard(key)
        if not self.relied_on:
            self.known[key] = mismatches
        return mismatches

    def follow_lone_refs(self, schema: Any, path: Path) -> tuple[Any, Path]:
        """Follow a `$ref` that stands alone, and those that it leads to."""
        seen: set[int] = set()
        while isinstance(schema, dict) and ref_texts(schema):
            resolver = self.expansion.resolver_for(schema)
            is_alone = resolver.dialect.ref_stands_alone or len(schema) == 1
            if id(schema) in seen or not is_alone:
                break
            seen.add(id(schema))
            try:
                schema = resolver.resolve(ref_texts(schema)[0], schema)
            except UnresolvedRef:
                break
            path = resolver.path_of(schema) or path
        return schema, path

    def compare_object(
        self, schema: SchemaObject, allowed: Constraints, path: Path
    ) -> Iterator[Mismatch]:
        resolver = self.expansion.resolver_for(schema)
        for ref in ref_texts(schema):
            try:
                target = resolver.resolve(ref, schema)
            except UnresolvedRef:
                message = f"Nothing is known of {ref!r}, to which it refers"
                yield Mismatch(message, "What it takes can't be told", (*path, "$ref"))
            else:
                if target is not schema:
                    target_path = resolver.path_of(target) or path
                    yield from self.compare(target, list(allowed.schemas), target_path)
            if resolver.dialect.ref_stands_alone:
                return
        for alternative in self.expansion.alternatives(allowed):
            if alternative.kinds:
                yield from self.compare_keywords(schema, alternative, path)

    def compare_keywords(
        self, schema: SchemaObject, allowed: Constraints, path: Path
    ) -> Iterator[Mismatch]:
        lost = allowed.kinds - kinds_of_type(schema)
        steps = allowed.values("multipleOf")
        are_whole = any(isinstance(step, int) and step for step in steps)
        if lost and not (lost == {"fraction"} and are_whole):
            before, after = format_kinds(allowed.kinds), format_kinds(kinds_of_type(schema))
            message = f"The type was {before} and is {after}"
            why = f"A value of {format_kinds(lost)} is refused"
            yield Mismatch(message, why, (*path, "type"))
            return
        yield from chain(
            self.compare_values(schema, allowed, path),
            compare_numbers(schema, allowed, path),
            compare_texts(schema, allowed, path),
            ArrayComparison(self.compare, schema, allowed, path).mismatches(),
            ObjectComparison(self.compare, schema, allowed, path).mismatches(),
            self.compare_combinations(schema, allowed, path),
        )

    def compare_values(
        self, schema: SchemaObject, allowed: Constraints, path: Path
    ) -> Iterator[Mismatch]:
        """Compare `enum` and `const` with the values that were allowed, if these can be named."""
        values: list[Any] | None = None
        if constants := allowed.values("const"):
            values = constants[:1]
        elif allowed.kinds <= {"null", "boolean"}:
            values = [None] if "null" in allowed.kinds else []
            values += [True, False] if "boolean" in allowed.kinds else []
        for keyword in filter(schema.__contains__, ("enum", "const")):
            if values is None:
                message = "Only certain values are allowed now"
                yield Mismatch(message, "Others were allowed and are refused", (*path, keyword))
                continue
            for value in values:
                if not self.expansion.allows(schema, keyword, value):
                    message = f"The value {shorten(value)} is not allowed any more"
                    yield Mismatch(message, "Who has it is refused", (*path, keyword))

    def compare_combinations(
        self, schema: SchemaObject, allowed: Constraints, path: Path
    ) -> Iterator[Mismatch]:
        for index, inner in enumerate(as_list(schema, "allOf")):
            yield from self.compare(inner, list(allowed.schemas), (*path, "allOf", index))
        if "anyOf" in schema:
            yield from self.compare_any_of(schema, "anyOf", allowed, path)
        if "oneOf" in schema:
            yield from self.compare_one_of(schema, allowed, path)
        if "not" in schema and not self.is_disjoint(schema["not"], allowed):
            message = "Something is forbidden by 'not' that was not forbidden before"
            yield Mismatch(message, "A value that it forbids was allowed", (*path, "not"))
        if "if" in schema:
            yield from self.compare_condition(schema, allowed, path)
        for keyword in ("unevaluatedProperties", "unevaluatedItems"):
            is_open = schema.get(keyword, True) is True
            if not is_open and not self.has_same(allowed, schema, keyword):
                message = f"{keyword} bounds what it did not bound, or not so"
                yield Mismatch(message, "What nobody names may be refused", (*path, keyword))

    def compare_any_of(
        self, schema: SchemaObject, keyword: str, allowed: Constraints, path: Path
    ) -> Iterator[Mismatch]:
        branches = as_list(schema, keyword)
        for part in self.split_by_kind(allowed):
            errors_by_branch = []
            for index, branch in enumerate(branches):
                mismatches = self.compare(branch, list(part.schemas), (*path, keyword, index))
                errors_by_branch.append([
                    mismatch for mismatch in mismatches if mismatch.severity is Severity.ERROR
                ])
            if all(errors_by_branch) and not self.has_same(allowed, schema, keyword):
                closest = min(errors_by_branch, key=len, default=[])
                detail = f": {closest[0].message}" if closest else ""
                kinds = format_kinds(part.kinds)
                message = f"None of the alternatives takes what was {kinds}{detail}"
                yield Mismatch(message, "A value that was allowed is refused", (*path, keyword))

    def compare_one_of(
        self, schema: SchemaObject, allowed: Constraints, path: Path
    ) -> Iterator[Mismatch]:
        mismatches = list(self.compare_any_of(schema, "oneOf", allowed, path))
        yield from mismatches
        chosen = [*allowed.values("oneOf"), *allowed.values(CHOSEN_ONE_OF)]
        if mismatches or any(self.is_same(branches, schema["oneOf"]) for branches in chosen):
            return
        for part in self.split_by_kind(allowed):
            branches = as_list(schema, "oneOf")
            taking = [branch for branch in branches if not self.is_disjoint(branch, part)]
            if len(taking) > 1:
                message = "More than one of the alternatives may take the same value now"
                yield Mismatch(message, "oneOf refuses what two of them take", (*path, "oneOf"))
                return

    def compare_condition(
        self, schema: SchemaObject, allowed: Constraints, path: Path
    ) -> Iterator[Mismatch]:
        """Compare both sides that may apply, unless all of the condition was there before."""
        for written in allowed.schemas:
            if "if" in written and all(
                self.is_same(written.get(keyword, True), schema.get(keyword, True))
                for keyword in ("if", "then", "else")
            ):
                return
        condition = schema["if"]
        if not self.is_disjoint(condition, allowed):
            applying = allowed.plus(condition) if isinstance(condition, dict) else allowed
            then_path = (*path, "then")
            yield from self.compare(schema.get("then", True), list(applying.schemas), then_path)
        yield from self.compare(schema.get("else", True), list(allowed.schemas), (*path, "else"))

    def split_by_kind(self, allowed: Constraints) -> list[Constraints]:
        """Split by kind where a value may be of several: each alternative may take some kinds."""
        kinds = allowed.kinds
        if len(kinds) < 2 or kinds == {"integer", "fraction"}:
            return [allowed]
        schemas = [self.expansion.schema_for_kind(kind) for kind in sorted(kinds - {"integer"})]
        return [allowed.plus(schema) for schema in schemas]

    def is_disjoint(self, schema: Any, allowed: Constraints) -> bool:
        """Check that no value can be of both; False where that can't be decided."""
        if any(not self.compare(forbidden, [schema], ()) for forbidden in allowed.values("not")):
            return True
        other = self.expansion.expand([schema])
        return other is None or are_disjoint(
            other, allowed, lambda inner: self.expansion.expand([inner])
        )

    def has_same(self, allowed: Constraints, schema: SchemaObject, keyword: str) -> bool:
        return any(self.is_same(value, schema[keyword]) for value in allowed.values(keyword))

    def is_same(self, one: Any, other: Any) -> bool:
        """Check that two schemas have the same text, and so has all that they refer to."""
        seen: set[tuple[int, int]] = set()
        stack = [(one, other)]
        while stack:
            first, second = stack.pop()
            if (id(first), id(second)) in seen:
                continue
            seen.add((id(first), id(second)))
            if not same_values(first, second):
                return False
            for refs in zip(iter_refs(first), iter_refs(second), strict=True):
                first_target, second_target = map(self.resolve, refs)
                stack.append((first_target, second_target))
        return True

    def resolve(self, ref: Ref) -> Any:
        """Return the target of a `$ref`, or its text if it leads nowhere."""
        try:
            return self.expansion.resolver_for(ref.holder).resolve(ref.text, ref.holder)
        except UnresolvedRef:
            return ref.text
