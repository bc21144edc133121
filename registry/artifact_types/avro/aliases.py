"""A writer's names as a reader's aliases rewrite them.

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
    """The aliases of a reader; of several that are alike the last one counts, as in Apache Avro.

    `type_names` has the names that they give to types.
    """

    type_names: Mapping[str, str]
    is_applied: bool

    def type_name(self, writer: Named) -> str:
        return self.type_names.get(writer.name, writer.name)

    def field_names(self, reader: Record) -> Mapping[str, str]:
        """Return the names that aliases give to fields of a record that is read as `reader`."""
        if not self.is_applied:
            return {}
        return _rewrite_twice({
            alias: field.name for field in reader.fields for alias in field.aliases
        })


def applied_aliases(reader: Schema, writer: Schema) -> Aliases:
    """Return the reader's aliases, or none where the schemas are the same but for these.

    Then there is nothing to resolve: data is read as it was written.
    """
    pairs = zip_longest(iter_types(reader), iter_types(writer))
    if all(_without_aliases(read) == _without_aliases(written) for read, written in pairs):
        return Aliases({}, is_applied=False)
    named = [schema for schema in iter_types(reader) if isinstance(schema, Named)]
    names = {alias: schema.name for schema in named for alias in schema.aliases}
    return Aliases(_rewrite_twice(names), is_applied=True)


def _rewrite_twice(names: Mapping[str, str]) -> Mapping[str, str]:
    """Follow an alias to a name that is itself an alias, as Apache Avro does: it rewrites twice.

    Where names and aliases are unique, as they have to be, this changes nothing.
    """
    return {alias: names.get(name, name) for alias, name in names.items()}


def _without_aliases(schema: Schema | None) -> tuple[object, ...]:
    """Return what is compared of a type; the types in it follow on their own."""
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
