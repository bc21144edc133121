"""Whether a reader's schema reads what a writer's wrote, by the specification's resolution.

https://avro.apache.org/docs/1.12.0/specification/#schema-resolution
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from registry.artifact_types.avro.parser import parse_schema
from registry.artifact_types.avro.schema import (
    Array,
    Enum,
    Fixed,
    Map,
    Named,
    Primitive,
    Record,
    Schema,
    Union,
)
from registry.artifact_types.checks import Document, Incompatibility, Severity
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
# unions are lost.

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


def incompatibilities(reader: Document, writer: Document) -> list[Incompatibility]:
    """List what keeps the reader from reading what was written, each once."""
    reader_json, writer_json = read_json(reader.content), read_json(writer.content)
    if not isinstance(reader_json, ParsedDocument) or not isinstance(writer_json, ParsedDocument):
        return [Incompatibility("One of the two is no Avro schema", "Nothing can be read with it")]
    reader_schema = parse_schema(reader_json.value, reader.references).schema
    writer_schema = parse_schema(writer_json.value, writer.references).schema
    try:
        mismatches = list(_Resolution().compare(reader_schema, writer_schema))
    except (ComparisonTooComplex, RecursionError):
        message = "The schemas are too intricate to be compared"
        return [Incompatibility(message, "Whether data can be read can't be told")]
    return to_incompatibilities(mismatches, reader_json)


_Pair = tuple[int, int]


@dataclass(slots=True)
class _Resolution:
    """Compares two schemas. Pairs under comparison count as fitting: types may contain themselves.

    `known` has the results of branches that were tried, except where a result relied on a pair
    of `outer`, those under comparison around the branch.
    """

    seen: set[_Pair] = field(default_factory=set)
    outer: frozenset[_Pair] = frozenset()
    known: dict[_Pair, list[Mismatch]] = field(default_factory=dict)
    steps: Counter[str] = field(default_factory=Counter)
    stack: list[tuple[Schema, Schema]] = field(default_factory=list)
    relies_on_outer: bool = False

    def compare(self, reader: Schema, writer: Schema) -> Iterator[Mismatch]:
        """Compare types with a stack instead of recursion: they may be thousands deep."""
        self.stack.append((reader, writer))
        while self.stack:
            reader, writer = self.stack.pop()
            self.steps["all"] += 1
            if self.steps["all"] > _MAX_STEPS:
                raise ComparisonTooComplex
            pair = id(reader), id(writer)
            if pair in self.seen:
                self.relies_on_outer = self.relies_on_outer or pair in self.outer
                continue
            self.seen.add(pair)
            if isinstance(writer, Union):
                yield from self.compare_written_union(reader, writer)
            elif isinstance(reader, Union):
                yield from self.compare_read_union(reader, writer)
            else:
                yield from self.compare_plain(reader, writer)

    def compare_written_union(self, reader: Schema, writer: Union) -> Iterator[Mismatch]:
        """Compare each branch, since each may have been written."""
        for branch in writer.branches:
            if isinstance(reader, Union):
                yield from self.compare_read_union(reader, branch)
            elif mismatches := self.try_branch(reader, branch):
                branch_name = _type_name(branch)
                yield Mismatch(
                    f"The union had {branch_name}, which {_type_name(reader)} does not read",
                    f"A value written as {branch_name} can't be read: {mismatches[0].message}",
                    reader.path,
                )

    def compare_read_union(self, reader: Union, writer: Schema) -> Iterator[Mismatch]:
        if any(not self.try_branch(branch, writer) for branch in reader.branches):
            return
        branches = ", ".join(_type_name(branch) for branch in reader.branches) or "nothing"
        yield Mismatch(
            f"The union has no branch that reads {_type_name(writer)}",
            f"A value written as {_type_name(writer)} can't be read as any of: {branches}",
            reader.path,
        )

    def try_branch(self, reader: Schema, writer: Schema) -> list[Mismatch]:
        """Compare a branch on its own, since one that does not fit proves nothing."""
        pair = id(reader), id(writer)
        if pair in self.known:
            return self.known[pair]
        inner = _Resolution(set(self.seen), frozenset(self.seen), self.known, self.steps)
        errors = [
            mismatch
            for mismatch in inner.compare(reader, writer)
            if mismatch.severity is Severity.ERROR
        ]
        if inner.relies_on_outer:
            self.relies_on_outer = True
        else:
            self.known[pair] = errors
        return errors

    def compare_plain(self, reader: Schema, writer: Schema) -> Iterator[Mismatch]:
        if isinstance(reader, Array) and isinstance(writer, Array):
            self.stack.append((reader.items, writer.items))
        elif isinstance(reader, Map) and isinstance(writer, Map):
            self.stack.append((reader.values, writer.values))
        elif isinstance(reader, Named) and isinstance(writer, Named) and reader.kind == writer.kind:
            yield from self.compare_named(reader, writer)
        elif reader.kind != writer.kind and reader.kind not in _PROMOTIONS.get(writer.kind, ()):
            yield Mismatch(
                f"The type was {_type_name(writer)} and is {_type_name(reader)}",
                f"A value written as {_type_name(writer)} can't be read as {_type_name(reader)}",
                reader.path,
            )
        else:
            yield from _compare_logical_types(reader, writer)

    def compare_named(self, reader: Named, writer: Named) -> Iterator[Mismatch]:
        # By the unqualified name, as Avro's own implementations compare; or by an alias in full.
        has_same_name = reader.name.rpartition(".")[2] == writer.name.rpartition(".")[2]
        if not has_same_name and writer.name not in reader.aliases:
            yield Mismatch(
                f"The {reader.kind} {writer.name} is called {reader.name}",
                f"A reader takes a {reader.kind} only by its name or an alias, and has neither "
                f"for {writer.name}",
                (*reader.path, "name"),
            )
        elif isinstance(reader, Record) and isinstance(writer, Record):
            yield from self.compare_fields(reader, writer)
        elif isinstance(reader, Enum) and isinstance(writer, Enum):
            missing = [symbol for symbol in writer.symbols if symbol not in reader.symbols]
            if missing and reader.default is None:
                yield Mismatch(
                    f"The enum {reader.name} has lost {', '.join(missing)}, and has no default",
                    f"A value written as {missing[0]} can't be read",
                    (*reader.path, "symbols"),
                )
        elif isinstance(reader, Fixed) and isinstance(writer, Fixed):
            if reader.size == writer.size:
                yield from _compare_logical_types(reader, writer)
            else:
                yield Mismatch(
                    f"The size of {reader.name} was {writer.size} and is {reader.size}",
                    f"A value of {writer.size} bytes can't be read as one of {reader.size}",
                    (*reader.path, "size"),
                )

    def compare_fields(self, reader: Record, writer: Record) -> Iterator[Mismatch]:
        written = {field.name: field for field in writer.fields}
        inner: list[tuple[Schema, Schema]] = []
        for field_read in reader.fields:
            # By its name, else by the first alias that the writer has.
            names = (field_read.name, *sorted(field_read.aliases))
            name = next((name for name in names if name in written), None)
            if name is not None:
                inner.append((field_read.schema, written[name].schema))
            elif not field_read.has_default:
                yield Mismatch(
                    f"The field {field_read.name} of {reader.name} is new and has no default",
                    f"What was written without it leaves the reader nothing for {field_read.name}",
                    field_read.path,
                )
        self.stack.extend(reversed(inner))


def _compare_logical_types(reader: Schema, writer: Schema) -> Iterator[Mismatch]:
    """Warn of what implementations read without complaint, as another value than was written."""
    after, before = _logical_type(reader), _logical_type(writer)
    if after != before:
        yield Mismatch(
            f"The logical type was {before or 'none'} and is {after or 'none'}",
            "What was written can be read, and may be taken for another value",
            reader.path,
            Severity.WARNING,
        )


def _logical_type(schema: Schema) -> str:
    """Name the logical type with, of a decimal, its precision and scale; empty for none."""
    if not isinstance(schema, Primitive | Fixed):
        return ""
    name = schema.logical.get("logicalType")
    if not isinstance(name, str):
        return ""
    keys = ("precision", "scale") if name == "decimal" else ()
    return " ".join((name, *(str(schema.logical.get(key, 0)) for key in keys)))


def _type_name(schema: Schema) -> str:
    return f"{schema.kind} {schema.name}" if isinstance(schema, Named) else schema.kind
