"""Whether content is an Avro schema: its JSON alone, or every rule of the specification."""

from collections.abc import Collection, Iterator

from registry.artifact_types.avro.defaults import breaches_of_default
from registry.artifact_types.avro.logical import breaches_of_logical_type
from registry.artifact_types.avro.schema import (
    Array,
    Breach,
    Fixed,
    Map,
    Primitive,
    Record,
    Schema,
    Union,
    parsed,
)
from registry.artifact_types.checks import Document, Unmapped, Violation
from registry.artifact_types.syntax.documents import MOST_TOLD, read_json
from registry.artifact_types.syntax.json_places import pointer


def syntax_violations(content: bytes) -> list[Violation]:
    """Of content that is no JSON."""
    document = read_json(content)
    return [document] if isinstance(document, Violation) else []


def violations(document: Document) -> list[Violation]:
    """Every breach of the specification, each with its place; empty if there is none."""
    json = read_json(document.content)
    if isinstance(json, Violation):
        return [json]
    schema, parser = parsed(json.value, document.references)
    found = [*parser.breaches, *_deeper_breaches(schema)]
    told = [json.violation(each.message, each.path, each.mend) for each in found[:MOST_TOLD]]
    return [*json.violations_of_keys(), *told]


def unmapped(document: Document, names: Collection[str]) -> list[Unmapped]:
    """Names of types that neither the schema nor one of its references defines.

    A reference is for a type if it has its name, or if its content defines it.
    """
    json = read_json(document.content)
    if isinstance(json, Violation):
        return []
    _, parser = parsed(json.value, document.references)
    return [
        Unmapped(spelled, pointer(path), json.line(path))
        for spelled, path in parser.unknown
        if not any(each in names for each in spelled)
    ]


def _deeper_breaches(schema: Schema) -> Iterator[Breach]:
    """What can be judged only once all names are known."""
    for each in _all(schema):
        if isinstance(each, Primitive | Fixed):
            yield from breaches_of_logical_type(each)
        elif isinstance(each, Record):
            for field in filter(lambda one: one.has_default, each.fields):
                path = (*field.path, "default")
                yield from breaches_of_default(field.schema, field.default, path)


def _all(schema: Schema) -> Iterator[Schema]:
    """Each type once, however often it is used."""
    seen: set[int] = set()
    waiting = [schema]
    while waiting:
        each = waiting.pop()
        if id(each) in seen:
            continue
        seen.add(id(each))
        yield each
        waiting.extend(_inner(each))


def _inner(schema: Schema) -> list[Schema]:
    if isinstance(schema, Record):
        return [field.schema for field in schema.fields]
    if isinstance(schema, Union):
        return schema.branches
    if isinstance(schema, Array):
        return [schema.items]
    return [schema.values] if isinstance(schema, Map) else []
