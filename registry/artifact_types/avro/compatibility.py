"""Compares a reader's schema with a writer's by the specification's resolution.

https://avro.apache.org/docs/1.12.0/specification/#schema-resolution
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from registry.artifact_types.avro.aliases import Aliases, applied_aliases
from registry.artifact_types.avro.causes import Causes
from registry.artifact_types.avro.parser import parse_schema
from registry.artifact_types.avro.schema import (
    Array,
    Enum,
    Field,
    Fixed,
    Map,
    Named,
    Record,
    Schema,
    Undefined,
    Union,
)
from registry.artifact_types.checks import Direction, Document, Incompatibility, Severity
from registry.artifact_types.mismatches import (
    ComparisonTooComplex,
    Mismatch,
    to_incompatibilities,
)
from registry.artifact_types.syntax.documents import ParsedDocument, read_json

# Apache's avro.compatibility (avro 1.12.2) gives the same verdicts, in 132 of 132 comparisons of
# tests/rules/avro_pairs.py, but nothing bounds it: a union of 400 records takes it 9 s, where this
# stops after 50,000 steps in 1.4 s; a record of 20,000 fields 130 s to 1.6 s; a chain of 1,000
# references ends in a RecursionError. Its messages are sets apart from their paths, which inside
# unions are lost. It does not see where aliases collide, which readers refuse.

#: What a writer's primitive may be read as, besides itself.
_PROMOTIONS = {
    "int": frozenset(("long", "float", "double")),
    "long": frozenset(("float", "double")),
    "float": frozenset(("double",)),
    "string": frozenset(("bytes",)),
    "bytes": frozenset(("string",)),
}


#: Comparisons of two types, far above what any real schema needs: a union of records of unions
#: of themselves can ask for more of them than anybody has time for.
_MAX_STEPS = 50_000
#: Mismatches that are kept of one branch.
_MAX_OF_BRANCH = 100


def incompatibilities(
    older: Document, newer: Document, direction: Direction
) -> list[Incompatibility]:
    """List, once each, the reasons why readers with one version can't read data of the other."""
    older_json, newer_json = read_json(older.content), read_json(newer.content)
    if not isinstance(older_json, ParsedDocument) or not isinstance(newer_json, ParsedDocument):
        return [Incompatibility("One of the two is no Avro schema", "Nothing can be read with it")]
    reader = parse_schema(newer_json.value, newer.references).schema
    writer = parse_schema(older_json.value, older.references).schema
    if direction is Direction.FORWARD:
        reader, writer = writer, reader
    try:
        comparison = _Comparison(Causes(direction), applied_aliases(reader, writer))
        mismatches = dict.fromkeys(_Resolution(comparison).compare(reader, writer))
    except (ComparisonTooComplex, RecursionError):
        message = "The schemas are too intricate to be compared"
        return [Incompatibility(message, "Whether data can be read can't be told")]
    return to_incompatibilities(mismatches, newer_json)


_Pair = tuple[int, int]


@dataclass(slots=True)
class _Comparison:
    """The state shared by all trials of branches.

    `known` has the results of trials that relied on no pair under comparison around them.
    """

    causes: Causes
    aliases: Aliases
    known: dict[_Pair, list[Mismatch]] = field(default_factory=dict)
    steps: int = 0

    def count_step(self) -> None:
        self.steps += 1
        if self.steps > _MAX_STEPS:
            raise ComparisonTooComplex

    def is_meant(self, reader: Schema, writer: Schema) -> bool:
        """Return whether the types are versions of one type, compatible or not."""
        if isinstance(reader, Named) and isinstance(writer, Named):
            # By the unqualified name, as Avro's own implementations compare.
            name = self.aliases.type_name(writer)
            return _simple(reader.name) == _simple(name) and reader.kind == writer.kind
        return reader.kind == writer.kind and not isinstance(reader, Undefined)

    def meant(
        self, branch: Schema, tried: Sequence[tuple[Schema, list[Mismatch]]], writer: Schema
    ) -> list[Mismatch] | None:
        """Return the mismatches of the reader's version of the writer's `branch`, if any.

        Of several types with one unqualified name, the one of the same namespace is meant, and none
        that is a version of another branch.
        """
        others = {self.full_name(other) for other in _branches(writer) if other is not branch}
        meant = [attempt for attempt in tried if self.is_meant(attempt[0], branch)]
        own_name = self.full_name(branch)
        for choice, mismatches in meant:
            if _name(choice) == own_name:
                return mismatches
        return next((found for choice, found in meant if _name(choice) not in others), None)

    def full_name(self, writer: Schema) -> str:
        """Return the reader's name for a writer's type; its kind if it has no name."""
        return self.aliases.type_name(writer) if isinstance(writer, Named) else writer.kind


@dataclass(slots=True)
class _Resolution:
    """Compares two schemas. Pairs under comparison count as fitting: types may contain themselves.

    `outer` is the resolution in which this one tries a branch.
    """

    comparison: _Comparison
    outer: "_Resolution | None" = None
    seen: set[_Pair] = field(default_factory=set)
    stack: list[tuple[Schema, Schema]] = field(default_factory=list)
    relies_on_outer: bool = False

    @property
    def causes(self) -> Causes:
        return self.comparison.causes

    def compare(self, reader: Schema, writer: Schema) -> Iterator[Mismatch]:
        """Compare types with a stack instead of recursion: they may be thousands deep."""
        self.stack.append((reader, writer))
        while self.stack:
            reader, writer = self.stack.pop()
            self.comparison.count_step()
            pair = id(reader), id(writer)
            if self.is_under_comparison(pair):
                continue
            self.seen.add(pair)
            if isinstance(writer, Union):
                yield from self.compare_written_union(reader, writer)
            elif isinstance(reader, Union):
                yield from self.compare_branch(reader, writer, writer)
            else:
                yield from self.compare_plain(reader, writer)

    def is_under_comparison(self, pair: _Pair) -> bool:
        """Return whether the pair is under comparison, here or in an outer resolution.

        The result then relies on that pair.
        """
        if pair in self.seen:
            return True
        around = self.outer
        while around is not None and pair not in around.seen:
            around = around.outer
        self.relies_on_outer = self.relies_on_outer or around is not None
        return around is not None

    def compare_written_union(self, reader: Schema, writer: Union) -> Iterator[Mismatch]:
        """Compare every branch, since each may have been written."""
        rewrite = self.comparison.aliases.type_name
        names = Counter(rewrite(branch) for branch in writer.branches if isinstance(branch, Named))
        for name in (name for name, count in names.items() if count > 1):
            yield self.causes.merged_branches(reader, writer, name)
        for branch in writer.branches:
            yield from self.compare_branch(reader, branch, writer)

    def compare_branch(self, reader: Schema, branch: Schema, writer: Schema) -> Iterator[Mismatch]:
        """Compare one type of the writer with all types of the reader."""
        tried: list[tuple[Schema, list[Mismatch]]] = []
        for choice in _branches(reader):
            mismatches = self.try_branch(choice, branch)
            if not mismatches or mismatches[0].severity is Severity.WARNING:
                yield from mismatches
                return
            tried.append((choice, mismatches))
        meant = self.comparison.meant(branch, tried, writer)
        if meant is not None:
            yield from meant
        elif isinstance(reader, Union) and isinstance(writer, Union):
            yield self.causes.other_branches(reader, writer, branch)
        else:
            yield self.causes.other_type(reader, writer, branch)

    def try_branch(self, reader: Schema, writer: Schema) -> list[Mismatch]:
        """Compare a branch on its own, since a mismatch of one branch proves nothing.

        Return its errors, or its warnings if there are no errors.
        """
        pair = id(reader), id(writer)
        known = self.comparison.known
        if pair in known:
            return known[pair]
        inner = _Resolution(self.comparison, self)
        mismatches = list(inner.compare(reader, writer))
        errors = [mismatch for mismatch in mismatches if mismatch.severity is Severity.ERROR]
        result = errors or mismatches
        if len(result) > 1:
            # Each once: else types within types would multiply them.
            result = list(dict.fromkeys(result))[:_MAX_OF_BRANCH]
        if inner.relies_on_outer:
            self.relies_on_outer = True
        else:
            known[pair] = result
        return result

    def compare_plain(self, reader: Schema, writer: Schema) -> Iterator[Mismatch]:
        if isinstance(reader, Array) and isinstance(writer, Array):
            self.stack.append((reader.items, writer.items))
        elif isinstance(reader, Map) and isinstance(writer, Map):
            self.stack.append((reader.values, writer.values))
        elif isinstance(reader, Named) and isinstance(writer, Named) and reader.kind == writer.kind:
            yield from self.compare_named(reader, writer)
        elif isinstance(reader, Undefined) and isinstance(writer, Undefined):
            if not reader.name and not writer.name:
                yield self.causes.unparsed(reader, writer)
            elif reader.name != writer.name:
                yield self.causes.other_type(reader, writer, writer)
        elif reader.kind != writer.kind and reader.kind not in _PROMOTIONS.get(writer.kind, ()):
            yield self.causes.other_type(reader, writer, writer)
        elif warning := self.causes.logical_type(reader, writer):
            yield warning

    def compare_named(self, reader: Named, writer: Named) -> Iterator[Mismatch]:
        if not self.comparison.is_meant(reader, writer):
            if _simple(reader.name) == _simple(writer.name):
                taker = self.comparison.aliases.type_name(writer)
                yield self.causes.name_taken(reader, writer, taker)
            else:
                yield self.causes.other_name(reader, writer)
        elif isinstance(reader, Record) and isinstance(writer, Record):
            yield from self.compare_fields(reader, writer)
        elif isinstance(reader, Enum) and isinstance(writer, Enum):
            symbols = set(reader.symbols)
            missing = [symbol for symbol in writer.symbols if symbol not in symbols]
            if missing and reader.default is None:
                yield self.causes.symbols(reader, writer, missing)
        elif isinstance(reader, Fixed) and isinstance(writer, Fixed):
            if reader.size != writer.size:
                yield self.causes.size(reader, writer)
            elif warning := self.causes.logical_type(reader, writer):
                yield warning

    def compare_fields(self, reader: Record, writer: Record) -> Iterator[Mismatch]:
        """Compare fields by their names, the writer's as the reader's aliases rewrite them."""
        takers = self.comparison.aliases.field_names(reader)
        written: dict[str, list[Field]] = {}
        for writer_field in writer.fields:
            name = takers.get(writer_field.name, writer_field.name)
            written.setdefault(name, []).append(writer_field)
        names = {field.name for field in writer.fields}
        inner: list[tuple[Schema, Schema]] = []
        for reader_field in reader.fields:
            fields = written.get(reader_field.name, [])
            if len(fields) > 1:
                yield self.causes.merged_fields(reader, writer, reader_field, fields)
            elif fields:
                inner.append((reader_field.schema, fields[0].schema))
            elif not reader_field.has_default:
                # What has one of its names is there, where another field's alias takes it.
                own_names = (reader_field.name, *sorted(reader_field.aliases))
                taken = [name for name in own_names if name in names]
                alias = (taken[0], takers[taken[0]]) if taken else None
                yield self.causes.missing_field(reader, writer, reader_field, alias)
        self.stack.extend(reversed(inner))


def _branches(schema: Schema) -> Sequence[Schema]:
    return schema.branches if isinstance(schema, Union) else (schema,)


def _name(schema: Schema) -> str:
    return schema.name if isinstance(schema, Named) else schema.kind


def _simple(name: str) -> str:
    return name.rpartition(".")[2]
