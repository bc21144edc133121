"""Whether a reader's schema reads what a writer's wrote, by the specification's resolution.

https://avro.apache.org/docs/1.12.0/specification/#schema-resolution
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from registry.artifact_types.avro.schema import (
    Array,
    Enum,
    Field,
    Fixed,
    Map,
    Named,
    Path,
    Primitive,
    Record,
    Schema,
    Union,
    parsed,
)
from registry.artifact_types.breaks import Break, TooIntricate
from registry.artifact_types.checks import Document, Misfit, Severity
from registry.artifact_types.syntax.documents import Structured, read_json

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
_MOST_STEPS = 50_000
_TOO_INTRICATE = "The schemas are too intricate to be compared"


def misfits(reader: Document, writer: Document) -> list[Misfit]:
    """All that keeps the reader from what was written, each once; empty if nothing does."""
    read_by, written_by = read_json(reader.content), read_json(writer.content)
    if not isinstance(read_by, Structured) or not isinstance(written_by, Structured):
        return [Misfit("One of the two is no Avro schema", "Nothing can be read with it")]
    reading, _ = parsed(read_by.value, reader.references)
    writing, _ = parsed(written_by.value, writer.references)
    try:
        found = list(_Resolution().of(reading, writing))
    except (TooIntricate, RecursionError):
        return [Misfit(_TOO_INTRICATE, "Whether data can be read can't be told")]
    return [
        Misfit(each.message, each.why, each.place, _line(read_by, each.path), each.severity)
        for each in found
    ]


def _line(document: Structured, path: Path) -> int:
    """0 for places in a reference."""
    is_own = not path or not str(path[0]).startswith("(")
    return document.line(path) if is_own else 0


_Pair = tuple[int, int]


@dataclass(slots=True)
class _Resolution:
    """Pairs that are being looked at count as fitting: types may contain themselves.

    `known` keeps what came of branches that were tried, unless it leaned on such a pair.
    """

    seen: set[_Pair] = field(default_factory=set)
    outer: frozenset[_Pair] = frozenset()
    known: dict[_Pair, list[Break]] = field(default_factory=dict)
    steps: Counter[str] = field(default_factory=Counter)
    waiting: list[tuple[Schema, Schema]] = field(default_factory=list)
    leans: bool = False

    def of(self, reader: Schema, writer: Schema) -> Iterator[Break]:
        """Types within types wait for their turn, since they may be thousands deep."""
        self.waiting.append((reader, writer))
        while self.waiting:
            yield from self._one(*self.waiting.pop())

    def _one(self, reader: Schema, writer: Schema) -> Iterator[Break]:
        self.steps["all"] += 1
        if self.steps["all"] > _MOST_STEPS:
            raise TooIntricate
        pair = id(reader), id(writer)
        if pair in self.seen:
            self.leans = self.leans or pair in self.outer
            return
        self.seen.add(pair)
        if isinstance(writer, Union):
            yield from self._written_as_union(reader, writer)
        elif isinstance(reader, Union):
            yield from self._read_as_union(reader, writer)
        else:
            yield from self._plain(reader, writer)

    def _written_as_union(self, reader: Schema, writer: Union) -> Iterator[Break]:
        """Each branch may have been written."""
        for branch in writer.branches:
            if isinstance(reader, Union):
                yield from self._read_as_union(reader, branch)
            elif found := self._tried(reader, branch):
                yield Break(
                    f"The union had {_named(branch)}, which {_named(reader)} does not read",
                    f"A value written as {_named(branch)} can't be read: {found[0].message}",
                    reader.path,
                )

    def _read_as_union(self, reader: Union, writer: Schema) -> Iterator[Break]:
        if any(not self._tried(branch, writer) for branch in reader.branches):
            return
        told = ", ".join(_named(each) for each in reader.branches) or "nothing"
        yield Break(
            f"The union has no branch that reads {_named(writer)}",
            f"A value written as {_named(writer)} can't be read as any of: {told}",
            reader.path,
        )

    def _tried(self, reader: Schema, writer: Schema) -> list[Break]:
        """Apart from what was seen, since a branch that does not fit proves nothing."""
        pair = id(reader), id(writer)
        if pair in self.known:
            return self.known[pair]
        inner = _Resolution(set(self.seen), frozenset(self.seen), self.known, self.steps)
        found = [each for each in inner.of(reader, writer) if each.severity is Severity.ERROR]
        if inner.leans:
            self.leans = True
        else:
            self.known[pair] = found
        return found

    def _plain(self, reader: Schema, writer: Schema) -> Iterator[Break]:
        if isinstance(reader, Primitive) or isinstance(writer, Primitive):
            yield from _of_primitives(reader, writer)
        elif isinstance(reader, Array) and isinstance(writer, Array):
            self.waiting.append((reader.items, writer.items))
        elif isinstance(reader, Map) and isinstance(writer, Map):
            self.waiting.append((reader.values, writer.values))
        elif reader.kind != writer.kind:
            yield _other_type(reader, writer)
        elif isinstance(reader, Named) and isinstance(writer, Named):
            yield from self._of_named(reader, writer)

    def _of_named(self, reader: Named, writer: Named) -> Iterator[Break]:
        if not _is_known_as(reader, writer):
            yield Break(
                f"The {reader.kind} {writer.name} is called {reader.name}",
                f"A reader takes a {reader.kind} only by its name or an alias, and has neither "
                f"for {writer.name}",
                (*reader.path, "name"),
            )
        elif isinstance(reader, Fixed) and isinstance(writer, Fixed):
            yield from _of_sizes(reader, writer)
        elif isinstance(reader, Enum) and isinstance(writer, Enum):
            yield from _of_symbols(reader, writer)
        elif isinstance(reader, Record) and isinstance(writer, Record):
            yield from self._of_fields(reader, writer)

    def _of_fields(self, reader: Record, writer: Record) -> Iterator[Break]:
        written = {each.name: each for each in writer.fields}
        inner: list[tuple[Schema, Schema]] = []
        for each in reader.fields:
            found = _written_field(each, written)
            if found is not None:
                inner.append((each.schema, found.schema))
            elif not each.has_default:
                yield Break(
                    f"The field {each.name} of {reader.name} is new and has no default",
                    f"What was written without it leaves the reader nothing for {each.name}",
                    each.path,
                )
        self.waiting.extend(reversed(inner))


def _written_field(reader: Field, written: dict[str, Field]) -> Field | None:
    """By its name, else by the first alias that the writer has."""
    for name in (reader.name, *sorted(reader.aliases)):
        if name in written:
            return written[name]
    return None


def _of_primitives(reader: Schema, writer: Schema) -> Iterator[Break]:
    if reader.kind != writer.kind and reader.kind not in _PROMOTIONS.get(writer.kind, ()):
        yield _other_type(reader, writer)
    else:
        yield from _of_logical_types(reader, writer)


def _other_type(reader: Schema, writer: Schema) -> Break:
    return Break(
        f"The type was {_named(writer)} and is {_named(reader)}",
        f"A value written as {_named(writer)} can't be read as {_named(reader)}",
        reader.path,
    )


def _of_sizes(reader: Fixed, writer: Fixed) -> Iterator[Break]:
    if reader.size != writer.size:
        yield Break(
            f"The size of {reader.name} was {writer.size} and is {reader.size}",
            f"A value of {writer.size} bytes can't be read as one of {reader.size}",
            (*reader.path, "size"),
        )
    else:
        yield from _of_logical_types(reader, writer)


def _of_logical_types(reader: Schema, writer: Schema) -> Iterator[Break]:
    """What implementations read without complaint, as another value than was written."""
    now, before = _logical(reader), _logical(writer)
    if now != before:
        yield Break(
            f"The logical type was {' '.join(before) or 'none'} and is {' '.join(now) or 'none'}",
            "What was written can be read, and may be taken for another value",
            reader.path,
            Severity.WARNING,
        )


def _logical(schema: Schema) -> tuple[str, ...]:
    """Its name and, of a decimal, its precision and scale."""
    if not isinstance(schema, Primitive | Fixed):
        return ()
    given = schema.logical
    if not isinstance(name := given.get("logicalType"), str):
        return ()
    return (name, *(str(given.get(key, 0)) for key in ("precision", "scale") if name == "decimal"))


def _of_symbols(reader: Enum, writer: Enum) -> Iterator[Break]:
    missing = [each for each in writer.symbols if each not in reader.symbols]
    if missing and reader.default is None:
        told = ", ".join(missing)
        yield Break(
            f"The enum {reader.name} has lost {told}, and has no default",
            f"A value written as {missing[0]} can't be read",
            (*reader.path, "symbols"),
        )


def _is_known_as(reader: Named, writer: Named) -> bool:
    """By the unqualified name, as Avro's own implementations compare; or by an alias in full."""
    names = {reader.name.rpartition(".")[2]}
    return writer.name.rpartition(".")[2] in names or writer.name in reader.aliases


def _named(schema: Schema) -> str:
    return f"{schema.kind} {schema.name}" if isinstance(schema, Named) else schema.kind
