"""Schemas opened into what holds of values: `$ref` and `allOf` followed, alternatives apart."""

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, field
from typing import Any

from registry.artifact_types.breaks import TooIntricate
from registry.artifact_types.json_schema.equality import value_key
from registry.artifact_types.json_schema.facts import Fact, Facts, exactly
from registry.artifact_types.json_schema.resolution import Resolver, Unresolved

#: Comparisons and alternatives: far above what real schemas need.
MOST_STEPS = 30_000
REFS = ("$ref", "$dynamicRef", "$recursiveRef")
#: The keyword under which facts keep a `oneOf` of which one branch was taken.
CHOSEN = "\0oneOf"


@dataclass(slots=True)
class Opening:
    """Of two schemas, a reader's and a writer's.

    `kept` holds what was made on the way, since schemas are told apart by identity; `made` finds
    it again; `exact` are facts that stand for one value already.
    """

    reader: Resolver
    writer: Resolver
    kept: list[object] = field(default_factory=list)
    made: dict[tuple[int, str], list[Fact]] = field(default_factory=dict)
    exact: set[int] = field(default_factory=set)
    values: dict[tuple[int, str], frozenset[Hashable]] = field(default_factory=dict)
    steps: int = 0

    def step(self) -> None:
        """Raises TooIntricate."""
        self.steps += 1
        if self.steps > MOST_STEPS:
            raise TooIntricate

    def resolver_of(self, schema: object) -> Resolver:
        """The one that knows that very object."""
        return self.reader if self.reader.knows(schema) else self.writer

    def allows(self, schema: Fact, keyword: str, value: Any) -> bool:
        """Whether its `enum` or `const` does; those are looked up, since they may be long."""
        key = (id(schema), keyword)
        if key not in self.values:
            taken = _list(schema, keyword) if keyword == "enum" else [schema[keyword]]
            self.values[key] = frozenset(map(value_key, taken))
            self.kept.append(schema)
        return value_key(value) in self.values[key]

    def of_kind(self, kind: str) -> Fact:
        return self._once(_ANY, kind, lambda: [{"type": "number" if kind == "fraction" else kind}])[
            0
        ]

    def facts_of(self, schemas: list[Any]) -> Facts | None:
        """All keywords that hold, `$ref` and `allOf` followed; None if nothing is allowed."""
        gathered: list[Fact] = []
        seen: set[int] = set()
        waiting = list(reversed(schemas))
        while waiting:
            each = waiting.pop()
            if each is False:
                return None
            if not isinstance(each, dict) or id(each) in seen:
                continue
            seen.add(id(each))
            plain, inner = self._opened(each)
            waiting.extend(inner)
            if plain:
                gathered.append(plain)
        return Facts(tuple(gathered))

    def _opened(self, schema: Fact) -> tuple[Fact, list[Any]]:
        """Its own keywords, and the schemas that hold besides."""
        named = refs_of(schema)
        if not named and "allOf" not in schema:
            return schema, []
        resolving = self.resolver_of(schema)
        targets = [_target(resolving, ref, schema) for ref in named]
        if named and resolving.dialect.ref_stands_alone:
            return {}, targets
        inner = [*reversed(_list(schema, "allOf")), *targets]
        return self._once(schema, "opened", lambda: [_without(schema, *REFS, "allOf")])[0], inner

    def _once(self, fact: Fact, what: str, make: Callable[[], list[Fact]]) -> list[Fact]:
        """The same objects for the same fact each time, so that they are known again."""
        key = (id(fact), what)
        if key not in self.made:
            self.made[key] = make()
            self.kept.append(fact)
        return self.made[key]

    def alternatives(self, facts: Facts) -> Iterator[Facts]:
        """One for each way in which a value may be allowed."""
        for fact in facts.all:
            for keyword in ("enum", "const", "anyOf", "oneOf"):
                if keyword in fact and id(fact) not in self.exact:
                    yield from self._split(facts, fact, keyword)
                    return
        yield facts

    def _split(self, facts: Facts, fact: Fact, keyword: str) -> Iterator[Facts]:
        rest = self._once(fact, keyword, lambda: [_taken_apart(fact, keyword)])[0]
        others = [rest if each is fact else each for each in facts.all]
        for branch in self._branches(fact, keyword):
            self.step()
            alternative = self.facts_of([*others, branch])
            if alternative is not None:
                yield from self.alternatives(alternative)

    def _branches(self, fact: Fact, keyword: str) -> list[Any]:
        if keyword in ("anyOf", "oneOf"):
            return _list(fact, keyword)
        values = [fact[keyword]] if keyword == "const" else _list(fact, keyword)
        made = self._once(fact, f"{keyword} values", lambda: [exactly(each) for each in values])
        self.exact.update(map(id, made))
        return list(made)


_ANY: Fact = {}


def refs_of(schema: Fact) -> list[str]:
    """All that it refers to. What a dynamic one leads to at first is taken for where it leads."""
    return [schema[each] for each in REFS if isinstance(schema.get(each), str)]


def _target(resolving: Resolver, ref: str, schema: Fact) -> Any:
    """Anything, where it leads nowhere."""
    try:
        return resolving.resolve(ref, schema)
    except Unresolved:
        return True


def _taken_apart(fact: Fact, keyword: str) -> Fact:
    """Without the keyword; of `oneOf` it stays known that no two branches take the value."""
    rest = _without(fact, keyword)
    return {**rest, CHOSEN: fact[keyword]} if keyword == "oneOf" else rest


def _without(fact: Fact, *keywords: str) -> Fact:
    return {key: value for key, value in fact.items() if key not in keywords}


def _list(schema: Fact, keyword: str) -> list[Any]:
    value = schema.get(keyword, [])
    return value if isinstance(value, list) else []
