"""Rewrites a writer's names by a reader's aliases.

https://avro.apache.org/docs/1.12.0/specification/#aliases
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import zip_longest

from registry.artifact_types.avro.schema import (
    Enum,
    Fixed,
    Named,
    Record,
    Schema,
    Undefined,
    Union,
    iter_types,
)


@dataclass(frozen=True, slots=True)
class Aliases:
    """The aliases of a reader; the last one of equal aliases counts, as in Apache Avro.

    `type_names` has the types' names by alias.
    """

    type_names: Mapping[str, str]
    is_applied: bool

    def type_name(self, writer: Named) -> str:
        return self.type_names.get(writer.name, writer.name)

    def field_names(self, reader: Record) -> Mapping[str, str]:
        """Return the fields' names by alias, for a record read as `reader`."""
        if not self.is_applied:
            return {}
        return _rewrite_twice({
            alias: field.name for field in reader.fields for alias in field.aliases
        })


def applied_aliases(reader: Schema, writer: Schema) -> Aliases:
    """Return the reader's aliases, none if the schemas differ in nothing else.

    Then there is nothing to resolve: data is read as it was written.
    """
    pairs = zip_longest(iter_types(reader), iter_types(writer))
    if all(_without_aliases(read) == _without_aliases(written) for read, written in pairs):
        return Aliases({}, is_applied=False)
    named = [schema for schema in iter_types(reader) if isinstance(schema, Named)]
    names = {alias: schema.name for schema in named for alias in schema.aliases}
    return Aliases(_rewrite_twice(names), is_applied=True)


def _rewrite_twice(names: Mapping[str, str]) -> Mapping[str, str]:
    """Follow an alias to a name, and on if the name is an alias, as Apache Avro does.

    This changes nothing where names and aliases are unique, as they have to be.
    """
    return {alias: names.get(name, name) for alias, name in names.items()}


def _without_aliases(schema: Schema | None) -> tuple[object, ...]:
    """Return the compared parts of a type, without inner types."""
    match schema:
        case None:
            return ()
        case Record(name=name, fields=fields):
            return name, [(field.name, field.has_default, field.default) for field in fields]
        case Enum(name=name, symbols=symbols):
            return name, symbols
        case Fixed(name=name, size=size):
            return name, size
        case Undefined(name=name):
            return "undefined", name
        case Union(branches=branches):
            return "union", len(branches)
    return (schema.kind,)
