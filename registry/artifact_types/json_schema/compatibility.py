"""Whether a reader's schema takes every value that a writer's schema allows.

Keyword by keyword over what holds of the values at once; alternatives are taken one by one.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from registry.artifact_types.breaks import Break, Path, TooIntricate
from registry.artifact_types.checks import Document, Misfit, Severity
from registry.artifact_types.json_schema.containers import breaks_of_arrays, breaks_of_objects
from registry.artifact_types.json_schema.dialects import MOST_OBJECTS
from registry.artifact_types.json_schema.disjointness import are_apart
from registry.artifact_types.json_schema.equality import same_values
from registry.artifact_types.json_schema.facts import Fact, Facts, kinds_of, named_kinds
from registry.artifact_types.json_schema.opening import CHOSEN, Opening, refs_of
from registry.artifact_types.json_schema.resolution import Unresolved, resolver
from registry.artifact_types.json_schema.scalars import breaks_of_numbers, breaks_of_texts
from registry.artifact_types.syntax.documents import Structured, read_json
from registry.artifact_types.syntax.json_references import Ref, refs

#: So deep may a comparison go: the interpreter's own limit is not far beyond.
_MOST_DEEP = 60
_Key = tuple[int, frozenset[int]]


def misfits(reader: Document, writer: Document) -> list[Misfit]:
    """Why a value that the writer's schema allows may be refused by the reader's."""
    read_by, written_by = (read_json(each.content, MOST_OBJECTS) for each in (reader, writer))
    if not isinstance(read_by, Structured) or not isinstance(written_by, Structured):
        return [Misfit("One of the two is no JSON Schema", "Nothing can be read with it")]
    reading = resolver(read_by.value, reader.references)
    comparison = Comparison(Opening(reading, resolver(written_by.value, writer.references)))
    try:
        found = comparison.fits(read_by.value, [written_by.value], ())
    except (TooIntricate, RecursionError):
        return [Misfit("The schemas are too intricate to be compared", "What breaks can't be told")]
    return [
        Misfit(each.message, each.why, each.place, _line(read_by, each.path), each.severity)
        for each in dict.fromkeys(found)
    ]


def _line(document: Structured, path: Path) -> int:
    """0 for places in a reference."""
    return 0 if path and str(path[0]).startswith("(") else document.line(path)


@dataclass(slots=True)
class Comparison:
    """Pairs that are being compared count as fitting: schemas may contain themselves.

    `leaned_on` are such pairs that an answer leaned on; an answer is kept only where there is none.
    """

    opening: Opening
    under_way: dict[_Key, None] = field(default_factory=dict)
    leaned_on: set[_Key] = field(default_factory=set)
    known: dict[_Key, list[Break]] = field(default_factory=dict)

    def fits(self, schema: Any, allowed: list[Any], path: Path) -> list[Break]:
        """What keeps `schema` from taking all that the `allowed` ones, which all hold, allow."""
        self.opening.step()
        if len(self.under_way) > _MOST_DEEP:
            raise TooIntricate
        schema, path = self._followed(schema, path)
        if schema is True or schema == {}:
            return []
        if any(each == schema and self._same(each, schema) for each in allowed):
            return []
        facts = self.opening.facts_of(allowed)
        if facts is None or not facts.kinds:
            return []
        if not isinstance(schema, dict):
            told = f"Nothing may be here any more, and it was {named_kinds(facts.kinds)}"
            return [Break(told, "What was allowed is refused", path)]
        return self._remembered(schema, facts, path)

    def _remembered(self, schema: Fact, facts: Facts, path: Path) -> list[Break]:
        key = (id(schema), facts.key)
        if key in self.known:
            return self.known[key]
        if key in self.under_way:
            self.leaned_on.add(key)
            return []
        self.opening.kept.append((facts, schema))
        self.under_way[key] = None
        found = list(self._breaks(schema, facts, path))
        del self.under_way[key]
        self.leaned_on.discard(key)
        if not self.leaned_on:
            self.known[key] = found
        return found

    def _followed(self, schema: Any, path: Path) -> tuple[Any, Path]:
        """What a `$ref` that stands alone leads to, however many lead on from there."""
        seen: set[int] = set()
        while isinstance(schema, dict) and refs_of(schema):
            known = self.opening.resolver_of(schema)
            if id(schema) in seen or not (known.dialect.ref_stands_alone or len(schema) == 1):
                break
            seen.add(id(schema))
            try:
                schema = known.resolve(refs_of(schema)[0], schema)
            except Unresolved:
                break
            path = known.path_of(schema) or path
        return schema, path

    def _breaks(self, schema: Fact, facts: Facts, path: Path) -> Iterator[Break]:
        for ref in refs_of(schema):
            yield from self._breaks_of_ref(ref, schema, facts, path)
            if self.opening.resolver_of(schema).dialect.ref_stands_alone:
                return
        for each in self.opening.alternatives(facts):
            if each.kinds:
                yield from self._breaks_of_one(schema, each, path)

    def _breaks_of_ref(self, ref: str, schema: Fact, facts: Facts, path: Path) -> Iterator[Break]:
        known = self.opening.resolver_of(schema)
        try:
            target = known.resolve(ref, schema)
        except Unresolved:
            told = f"Nothing is known of {ref!r}, to which it refers"
            yield Break(told, "What it takes can't be told", (*path, "$ref"))
            return
        if target is not schema:
            yield from self.fits(target, list(facts.all), known.path_of(target) or path)

    def _breaks_of_one(self, schema: Fact, facts: Facts, path: Path) -> Iterator[Break]:
        lost = facts.kinds - kinds_of(schema)
        if lost and not (lost == {"fraction"} and _is_whole(facts)):
            before, now = named_kinds(facts.kinds), named_kinds(kinds_of(schema))
            told = f"The type was {before} and is {now}"
            yield Break(told, f"A value of {named_kinds(lost)} is refused", (*path, "type"))
            return
        yield from chain(
            self._breaks_of_values(schema, facts, path),
            breaks_of_numbers(schema, facts, path),
            breaks_of_texts(schema, facts, path),
            breaks_of_arrays(self.fits, schema, facts, path),
            breaks_of_objects(self.fits, schema, facts, path),
            self._breaks_of_combined(schema, facts, path),
        )

    def _breaks_of_values(self, schema: Fact, facts: Facts, path: Path) -> Iterator[Break]:
        """`enum` and `const` of the reader's schema."""
        for keyword in {"enum", "const"} & schema.keys():
            for value in _values(facts):
                if value is _ANY:
                    told = "Only certain values are allowed now"
                    yield Break(told, "Others were allowed and are refused", (*path, keyword))
                elif not self.opening.allows(schema, keyword, value):
                    told = f"The value {_shown(value)} is not allowed any more"
                    yield Break(told, "Who has it is refused", (*path, keyword))

    def _breaks_of_combined(self, schema: Fact, facts: Facts, path: Path) -> Iterator[Break]:
        for at, each in enumerate(_list(schema, "allOf")):
            yield from self.fits(each, list(facts.all), (*path, "allOf", at))
        if "anyOf" in schema:
            yield from self._breaks_of_any(schema, "anyOf", facts, path)
        if "oneOf" in schema:
            yield from self._breaks_of_one_of(schema, facts, path)
        if "not" in schema and not self._is_apart(schema["not"], facts):
            told = "Something is forbidden by 'not' that was not forbidden before"
            yield Break(told, "A value that it forbids was allowed", (*path, "not"))
        if "if" in schema:
            yield from self._breaks_of_condition(schema, facts, path)
        for keyword in ("unevaluatedProperties", "unevaluatedItems"):
            if schema.get(keyword, True) is not True and not self._has_same(facts, schema, keyword):
                told = f"{keyword} bounds what it did not bound, or not so"
                yield Break(told, "What nobody names may be refused", (*path, keyword))

    def _breaks_of_any(
        self, schema: Fact, keyword: str, facts: Facts, path: Path
    ) -> Iterator[Break]:
        branches = _list(schema, keyword)
        for each in self._by_kind(facts):
            tried = [
                self._errors(self.fits(branch, list(each.all), (*path, keyword, at)))
                for at, branch in enumerate(branches)
            ]
            if all(tried) and not self._has_same(facts, schema, keyword):
                best = min(tried, key=len, default=[])
                detail = f": {best[0].message}" if best else ""
                told = f"None of the alternatives takes what was {named_kinds(each.kinds)}{detail}"
                yield Break(told, "A value that was allowed is refused", (*path, keyword))

    def _breaks_of_one_of(self, schema: Fact, facts: Facts, path: Path) -> Iterator[Break]:
        found = list(self._breaks_of_any(schema, "oneOf", facts, path))
        yield from found
        chosen = [*facts.given("oneOf"), *facts.given(CHOSEN)]
        if found or any(self._same(each, schema["oneOf"]) for each in chosen):
            return
        for each in self._by_kind(facts):
            taking = [
                branch for branch in _list(schema, "oneOf") if not self._is_apart(branch, each)
            ]
            if len(taking) > 1:
                told = "More than one of the alternatives may take the same value now"
                yield Break(told, "oneOf refuses what two of them take", (*path, "oneOf"))
                return

    def _breaks_of_condition(self, schema: Fact, facts: Facts, path: Path) -> Iterator[Break]:
        """Either side that may apply has to take everything, unless all of it was there before."""
        keywords = ("if", "then", "else")
        if any(
            all(self._same(fact.get(each, True), schema.get(each, True)) for each in keywords)
            for fact in facts.all
            if "if" in fact
        ):
            return
        if not self._is_apart(schema["if"], facts):
            under = facts.plus(schema["if"]) if isinstance(schema["if"], dict) else facts
            yield from self.fits(schema.get("then", True), list(under.all), (*path, "then"))
        yield from self.fits(schema.get("else", True), list(facts.all), (*path, "else"))

    def _errors(self, breaks: list[Break]) -> list[Break]:
        return [each for each in breaks if each.severity is Severity.ERROR]

    def _by_kind(self, facts: Facts) -> list[Facts]:
        """Kind by kind where a value may be of several: alternatives may share them out."""
        if len(facts.kinds) < 2 or facts.kinds == {"integer", "fraction"}:
            return [facts]
        return [
            facts.plus(self.opening.of_kind(kind)) for kind in sorted(facts.kinds - {"integer"})
        ]

    def _is_apart(self, schema: Any, facts: Facts) -> bool:
        """Whether no value can be of both; False where that can't be told."""
        forbidden = facts.given("not")
        if any(not self.fits(each, [schema], ()) for each in forbidden):
            return True
        other = self._facts_of_one(schema)
        return other is None or are_apart(other, facts, self._facts_of_one)

    def _facts_of_one(self, schema: Any) -> Facts | None:
        return self.opening.facts_of([schema])

    def _has_same(self, facts: Facts, schema: Fact, keyword: str) -> bool:
        return any(self._same(each, schema[keyword]) for each in facts.given(keyword))

    def _same(self, one: Any, other: Any) -> bool:
        """The same text, and whatever that refers to is the same, too."""
        seen: set[tuple[int, int]] = set()
        waiting = [(one, other)]
        while waiting:
            first, second = waiting.pop()
            if (id(first), id(second)) in seen:
                continue
            seen.add((id(first), id(second)))
            if not same_values(first, second):
                return False
            for ref, like in zip(refs(first), refs(second), strict=True):
                waiting.append((self._target(ref), self._target(like)))
        return True

    def _target(self, ref: Ref) -> Any:
        try:
            return self.opening.resolver_of(ref.holder).resolve(ref.text, ref.holder)
        except Unresolved:
            return ref.text


_ANY = object()


def _values(facts: Facts) -> list[Any]:
    """All that a value can be, or _ANY where they are too many to be named."""
    given = facts.given("const")
    if given:
        return given[:1]
    if facts.kinds <= {"null", "boolean"}:
        booleans = [True, False] if "boolean" in facts.kinds else []
        return [*([None] if "null" in facts.kinds else []), *booleans]
    return [_ANY]


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:60]}…"


def _is_whole(facts: Facts) -> bool:
    return any(isinstance(each, int) and each for each in facts.given("multipleOf"))


def _list(schema: Fact, keyword: str) -> list[Any]:
    value = schema.get(keyword, [])
    return value if isinstance(value, list) else []
