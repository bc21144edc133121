"""All ways to put three fields into oneofs, each changed to each other one, beside the runtime."""

from functools import cache
from itertools import combinations, product

from registry.artifact_types import get_artifact_type
from registry.artifact_types.checks import Comparison, Direction, Document
from tests.rules.protobuf_pairs import m
from tests.rules.protobuf_pairs_of_types import one
from tests.rules.protobuf_runtime import message

FIELDS = {"a": "string a = 1;", "b": "string b = 2;", "c": "string c = 3;"}
#: The oneof of each field, if any.
PLACES = [dict(zip(FIELDS, places, strict=True)) for places in product(("", "o", "p"), repeat=3)]


def source(places: dict[str, str]) -> str:
    oneofs = [name for name in ("o", "p") if name in places.values()]
    plain = [FIELDS[each] for each, oneof in places.items() if not oneof]
    grouped = [
        one(*(FIELDS[each] for each, oneof in places.items() if oneof == name), name=name)
        for name in oneofs
    ]
    return m(" ".join((*plain, *grouped)))


@cache
def written(places: tuple[tuple[str, str], ...]) -> dict[tuple[str, str], bytes]:
    """The bytes of each two fields that can be set together."""
    data = {}
    for pair in combinations(FIELDS, 2):
        made = message(source(dict(places)))
        for name in pair:
            setattr(made, name, "x")
        if made.SerializeToString().count(b"x") == len(pair):
            data[pair] = made.SerializeToString()
    return data


def loses(writer: dict[str, str], reader: dict[str, str]) -> bool:
    read = message(source(reader))
    for pair, data in written(tuple(writer.items())).items():
        read.ParseFromString(data)
        if any(getattr(read, name) != "x" for name in pair):
            return True
    return False


def breaks(compare: Comparison | None, *versions: dict[str, str], direction: Direction) -> bool:
    assert compare is not None
    older, newer = (Document(source(each).encode()) for each in versions)
    return bool(compare(older, newer, direction))


def test_fields_that_share_a_oneof_are_reported_where_the_runtime_loses_one() -> None:
    checks = get_artifact_type("PROTOBUF").load_checks()
    for old, new in product(PLACES, repeat=2):
        for direction, is_lossy in (
            (Direction.BACKWARD, loses(old, new)),
            (Direction.FORWARD, loses(new, old)),
        ):
            found = breaks(checks.incompatibilities, old, new, direction=direction)
            assert found == is_lossy, (old, new, direction)
            # Confluent also refuses what leaves a oneof that stays.
            writer, reader = (old, new) if direction is Direction.BACKWARD else (new, old)
            leaves = any(
                oneof and oneof != reader[name] and oneof in reader.values()
                for name, oneof in writer.items()
            )
            found = breaks(checks.wire_incompatibilities, old, new, direction=direction)
            assert found == (is_lossy or leaves), (old, new, direction)
