"""Whether content is an Avro schema: its JSON alone, or every rule of the specification."""

import json
from collections.abc import Iterator, Sequence

from registry.artifact_types.avro.defaults import breaches_of_default
from registry.artifact_types.avro.logical import breaches_of_logical_type
from registry.artifact_types.avro.schema import (
    Array,
    Breach,
    Fixed,
    Map,
    Parser,
    Primitive,
    Record,
    Schema,
    Union,
)
from registry.artifact_types.json_places import line_and_column, place_of, pointer
from registry.artifact_types.judgements import Violation

#: More of them help nobody.
_TOLD = 100


def syntax_violations(content: bytes) -> list[Violation]:
    """Of content that is no JSON."""
    _, violations = _document(content)
    return violations


def violations(content: bytes, references: Sequence[bytes]) -> list[Violation]:
    """Every breach of the specification, each with its place; empty if there is none.

    `references` are in order of resolution: each defines names that later ones, and the content,
    may use.
    """
    document, wrong = _document(content)
    if wrong:
        return wrong
    parser = Parser()
    for reference in references:
        known, _ = _document(reference)
        parser.parse(known)
    parser.breaches.clear()
    schema = parser.parse(document)
    found = [*parser.breaches, *_deeper_breaches(schema)]
    text = content.decode()
    return [_violation(text, each) for each in found[:_TOLD]]


def _document(content: bytes) -> tuple[object, list[Violation]]:
    try:
        return json.loads(content.decode("utf-8-sig")), []
    except UnicodeDecodeError as error:
        return None, [Violation(f"The content is not UTF-8: byte {error.start} is wrong")]
    except json.JSONDecodeError as error:
        place = line_and_column(error.doc, error.pos)
        return None, [Violation(f"The content is not JSON: {error.msg}", "", *place)]
    except (RecursionError, ValueError):
        return None, [Violation("The content is JSON that is nested too deeply, or too long")]


def _violation(text: str, breach: Breach) -> Violation:
    place = place_of(text.removeprefix("\ufeff"), breach.path)
    return Violation(breach.message, pointer(breach.path), *place, breach.mend)


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
