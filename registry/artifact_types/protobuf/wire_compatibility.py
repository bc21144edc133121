"""Confluent's rules for Protobuf: whether bytes that one schema wrote are read by the other.

https://docs.confluent.io/platform/current/schema-registry/fundamentals/schema-evolution.html
"""

from collections.abc import Iterator

from registry.artifact_types.checks import Document, Misfit
from registry.artifact_types.protobuf.shape import Member, Shape, Shapes, shapes_of_both

#: Kinds whose bytes are read as each other's.
_ALIKE = (
    frozenset(("int32", "uint32", "int64", "uint64", "bool", "enum")),
    frozenset(("sint32", "sint64")),
    frozenset(("string", "bytes")),
    frozenset(("fixed32", "sfixed32")),
    frozenset(("fixed64", "sfixed64")),
)
_NUMERIC = frozenset(("float", "double")).union(*(_ALIKE[at] for at in (0, 1, 3, 4)))


def misfits(reader: Document, writer: Document) -> list[Misfit]:
    """What the reader's file can't read of what the writer's writes."""
    shapes = shapes_of_both(reader, writer)
    return [shapes] if isinstance(shapes, Misfit) else list(_misfits(*shapes))


def _misfits(before: Shapes, after: Shapes) -> Iterator[Misfit]:
    for name, shape in before.types.items():
        now = after.types.get(name)
        if shape.kind == "enum":
            continue
        if now is None:
            yield Misfit(f"The message {name} is gone", "What was written as it is not read", name)
        else:
            yield from _of_message(shape, now, before, after)


def _of_message(shape: Shape, now: Shape, before: Shapes, after: Shapes) -> Iterator[Misfit]:
    numbers = now.by_number()
    for each in shape.members.values():
        found = numbers.get(each.number)
        if found is not None:
            yield from _of_field(shape, each, found, (before, after))
        elif each.label == "required":
            told = f"The required field {shape.name}.{each.name} is gone"
            yield Misfit(told, "Others can't read what lacks it", f"{shape.name}.{each.name}")
        elif each.oneof and each.oneof in {one.oneof for one in now.members.values()}:
            told = f"The field {each.name} of the oneof {shape.name}.{each.oneof} is gone"
            yield Misfit(told, "What was chosen there is lost", f"{shape.name}.{each.oneof}")
    known = shape.by_number()
    for each in now.members.values():
        if each.number not in known and each.label == "required":
            told = f"{shape.name}.{each.name} is new and required"
            yield Misfit(told, "Old data has none", f"{shape.name}.{each.name}", each.line)
    yield from _of_oneofs(shape, now)


def _of_field(
    shape: Shape, each: Member, found: Member, files: tuple[Shapes, Shapes]
) -> Iterator[Misfit]:
    path = f"{shape.name}.{found.name}"
    before, after = _kind(each, files[0]), _kind(found, files[1])
    if before != after and not any({before, after} <= alike for alike in _ALIKE):
        told = f"The type of {path} was {each.type} and is {found.type}"
        yield Misfit(told, "Its bytes are read as something else", path, found.line)
    elif "required" in (each.label, found.label) and each.label != found.label:
        told = f"{path} was {each.label} and is {found.label}"
        yield Misfit(told, "A message without it is refused by one side", path, found.line)
    elif each.is_repeated != found.is_repeated and before in _NUMERIC:
        told = f"{path} was {each.label} and is {found.label}"
        yield Misfit(told, "Packed numbers are not read as one", path, found.line)


def _kind(member: Member, file: Shapes) -> str:
    """`enum` for any enum of the file, or else its type."""
    named = file.types.get(member.type)
    return "enum" if named is not None and named.kind == "enum" else member.type


def _of_oneofs(shape: Shape, now: Shape) -> Iterator[Misfit]:
    """Fields that were set together can't be once they share a oneof."""
    known = shape.by_number()
    was_there = {each.oneof for each in shape.members.values()}
    for name in dict.fromkeys(each.oneof for each in now.members.values() if each.oneof):
        moved = [
            each
            for each in now.members.values()
            if each.oneof == name and each.number in known and not known[each.number].oneof
        ]
        if len(moved) > 1 or (moved and name in was_there):
            told = f"{', '.join(each.name for each in moved)} moved into the oneof {name}"
            why = "Where several of them were set only the last is read"
            yield Misfit(told, why, f"{shape.name}.{name}", moved[0].line)
