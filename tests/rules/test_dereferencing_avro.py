"""Avro schemas with references in all namespaces: the result is valid and reads the same data."""

import io
import json
from itertools import product
from typing import Any

import fastavro
import pytest

from registry.artifact_types import dereference
from tests.rules.referenced import in_turn
from tests.rules.test_dereferencing_combinations import assert_stands_alone

#: A type's JSON but for its name, and a value of it.
KINDS: dict[str, tuple[dict[str, Any], Any]] = {
    "record": ({"fields": [{"name": "x", "type": "long"}]}, {"x": 7}),
    "enum": ({"symbols": ["A", "B"], "default": "A"}, "B"),
    "fixed": ({"size": 2}, b"ab"),
}
#: How a field uses a type, and its value.
USES: dict[str, Any] = {
    "itself": (lambda name: name, lambda value: value),
    "union": (lambda name: ["null", name], lambda value: value),
    "array": (lambda name: {"type": "array", "items": name}, lambda value: [value, value]),
    "map": (lambda name: {"type": "map", "values": ["null", name]}, lambda value: {"k": value}),
}
NAMESPACES = ("a", "a.b", "c")
#: A name without namespace means nothing inside of one.
PAIRS = [("", ""), *product(("", *NAMESPACES), NAMESPACES)]


def named(namespace: str, name: str) -> str:
    return f"{namespace}.{name}" if namespace else name


def record(namespace: str, name: str, types: list[Any]) -> dict[str, Any]:
    fields = [{"name": f"f{at}", "type": kind} for at, kind in enumerate(types)]
    return {"type": "record", "namespace": namespace, "name": name, "fields": fields}


@pytest.mark.parametrize(("outer", "inner"), PAIRS)
def test_a_schema_with_its_references_reads_what_it_wrote(outer: str, inner: str) -> None:
    for (kind, (rest, value)), (use, used) in product(KINDS.items(), USES.values()):
        leaf = {"type": kind, "namespace": inner, "name": "Leaf", **rest}
        leaf_name = named(inner, "Leaf")
        middle_namespace = "m" if inner else ""
        middle = record(middle_namespace, "Middle", [leaf_name, [leaf_name, "null"]])
        middle_name = named(middle_namespace, "Middle")
        # The second use of a name is where a short name may mean another type.
        root = record(outer, "Root", [use(leaf_name), use(leaf_name), middle_name, leaf_name])
        datum = {
            **{f"f{at}": used(value) for at in (0, 1)},
            "f2": {"f0": value, "f1": value},
            "f3": value,
        }
        references = in_turn("AVRO", *(json.dumps(each).encode() for each in (leaf, middle)))
        result = dereference("AVRO", json.dumps(root).encode(), references)
        assert_stands_alone("AVRO", result)

        known: dict[str, Any] = {}
        for each in (leaf, middle):
            fastavro.parse_schema(each, known)
        data = io.BytesIO()
        fastavro.schemaless_writer(data, fastavro.parse_schema(root, known), datum)
        data.seek(0)
        whole = fastavro.parse_schema(json.loads(result))
        assert fastavro.schemaless_reader(data, whole, None) == datum
