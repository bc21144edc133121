"""Confluent's rules for Protobuf: whether bytes that one schema wrote are read by the other.

https://docs.confluent.io/platform/current/schema-registry/fundamentals/schema-evolution.html
"""

from collections.abc import Iterator

from registry.artifact_types.checks import Document, Incompatibility
from registry.artifact_types.protobuf.shape import FileShape, Member, TypeShape, compile_shapes

#: Types whose bytes are read as each other's.
_INTERCHANGEABLE = (
    frozenset(("int32", "uint32", "int64", "uint64", "bool", "enum")),
    frozenset(("sint32", "sint64")),
    frozenset(("string", "bytes")),
    frozenset(("fixed32", "sfixed32")),
    frozenset(("fixed64", "sfixed64")),
)
_NUMERIC = frozenset(("float", "double")).union(
    *(types for types in _INTERCHANGEABLE if "string" not in types)
)


def incompatibilities(reader: Document, writer: Document) -> list[Incompatibility]:
    """List what the reader's file can't read of what the writer's writes."""
    shapes = compile_shapes(reader, writer)
    if isinstance(shapes, Incompatibility):
        return [shapes]
    before, after = shapes
    changes: list[Incompatibility] = []
    for name, old in before.types.items():
        new = after.types.get(name)
        if old.kind == "enum":
            continue
        if new is None:
            message = f"The message {name} is gone"
            changes.append(Incompatibility(message, "What was written as it is not read", name))
        else:
            changes += _compare_messages(old, new, before, after)
            changes += _compare_oneofs(old, new)
    return changes


def _compare_messages(
    old: TypeShape, new: TypeShape, before: FileShape, after: FileShape
) -> Iterator[Incompatibility]:
    new_by_number, old_by_number = new.by_number(), old.by_number()
    oneofs = {member.oneof for member in new.members.values()}
    for member in old.members.values():
        if member.number in new_by_number:
            yield from _compare_fields(
                old.name, (member, new_by_number[member.number]), before, after
            )
        elif member.label == "required":
            message = f"The required field {old.name}.{member.name} is gone"
            path = f"{old.name}.{member.name}"
            yield Incompatibility(message, "Others can't read what lacks it", path)
        elif member.oneof and member.oneof in oneofs:
            path = f"{old.name}.{member.oneof}"
            message = f"The field {member.name} of the oneof {path} is gone"
            yield Incompatibility(message, "What was chosen there is lost", path)
    for member in new.members.values():
        if member.number not in old_by_number and member.label == "required":
            path = f"{old.name}.{member.name}"
            message = f"{path} is new and required"
            yield Incompatibility(message, "Old data has none", path, member.line)


def _compare_fields(
    message_name: str, fields: tuple[Member, Member], before: FileShape, after: FileShape
) -> Iterator[Incompatibility]:
    old, new = fields
    path = f"{message_name}.{new.name}"
    old_type = "enum" if before.has_enum(old.type) else old.type
    new_type = "enum" if after.has_enum(new.type) else new.type
    labels = f"{path} was {old.label} and is {new.label}"
    if old_type != new_type and not any(
        {old_type, new_type} <= types for types in _INTERCHANGEABLE
    ):
        message = f"The type of {path} was {old.type} and is {new.type}"
        yield Incompatibility(message, "Its bytes are read as something else", path, new.line)
    elif "required" in (old.label, new.label) and old.label != new.label:
        why = "A message without it is refused by one side"
        yield Incompatibility(labels, why, path, new.line)
    elif old.is_repeated != new.is_repeated and old_type in _NUMERIC:
        yield Incompatibility(labels, "Packed numbers are not read as one", path, new.line)


def _compare_oneofs(old: TypeShape, new: TypeShape) -> Iterator[Incompatibility]:
    """Report fields that share a oneof now, and so can't be set together any more."""
    old_by_number = old.by_number()
    old_oneofs = {member.oneof for member in old.members.values()}
    for name in dict.fromkeys(member.oneof for member in new.members.values() if member.oneof):
        moved = [
            member
            for member in new.members.values()
            if member.oneof == name
            and member.number in old_by_number
            and not old_by_number[member.number].oneof
        ]
        if len(moved) > 1 or (moved and name in old_oneofs):
            names = ", ".join(member.name for member in moved)
            message = f"{names} moved into the oneof {name}"
            why = "Where several of them were set only the last is read"
            yield Incompatibility(message, why, f"{old.name}.{name}", moved[0].line)
