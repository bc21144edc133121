"""Compares Protobuf by Confluent's rules: bytes of one schema are read with the other.

https://docs.confluent.io/platform/current/schema-registry/fundamentals/schema-evolution.html
"""

from collections.abc import Iterator

from registry.artifact_types.checks import Direction, Document, Incompatibility
from registry.artifact_types.protobuf.oneofs import shared_oneofs
from registry.artifact_types.protobuf.shape import (
    FileShape,
    Member,
    TypeShape,
    compile_shapes,
    paired_types,
)

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


def incompatibilities(
    older: Document, newer: Document, direction: Direction
) -> list[Incompatibility]:
    """List reasons why readers with one version can't read bytes of the other version."""
    shapes = compile_shapes(older, newer)
    if isinstance(shapes, Incompatibility):
        return [shapes]
    before, after = shapes
    changes: list[Incompatibility] = []
    if before.package != after.package:
        was, now = before.package or "empty", after.package or "empty"
        message = f"The package was {was} and is {now}"
        why = "The full names of all its messages are others"
        changes.append(Incompatibility(message, why, "package", after.package_line))
    is_backward = direction is Direction.BACKWARD
    writer, reader = shapes if is_backward else (after, before)
    for written, read in paired_types(writer, reader, with_methods=False):
        if read is None and written.kind == "message" and not written.is_in_group:
            message = f"The message {written.name} is {'gone' if is_backward else 'new'}"
            why = "What was written as it is not read"
            line = 0 if is_backward else written.line
            changes.append(Incompatibility(message, why, written.name, line))
        elif read is not None and written.kind != "enum":
            old, new = (written, read) if is_backward else (read, written)
            changes += _compare_fields(old, new, shapes)
            changes += shared_oneofs(old, new, direction)
            changes += _left_oneofs(old, new, direction)
    return changes


def _compare_fields(
    old: TypeShape, new: TypeShape, files: tuple[FileShape, FileShape]
) -> Iterator[Incompatibility]:
    new_by_number, old_by_number = new.by_number(), old.by_number()
    for number in dict.fromkeys((*old_by_number, *new_by_number)):
        before, after = old_by_number.get(number), new_by_number.get(number)
        if before is not None and after is not None:
            yield from _compare_field(new.name, before, after, files)
        elif before is not None and before.label == "required":
            message, path = f"The required field {old.name}.{before.name} is gone", before.name
            why = "Readers with the older version refuse messages without it"
            yield Incompatibility(message, why, f"{old.name}.{path}", new.line)
        elif after is not None and after.label == "required":
            path = f"{new.name}.{after.name}"
            message, why = f"{path} is new and required", "Messages of the older version lack it"
            yield Incompatibility(message, why, path, after.line)


def _compare_field(
    message_name: str, old: Member, new: Member, files: tuple[FileShape, FileShape]
) -> Iterator[Incompatibility]:
    path = f"{message_name}.{new.name}"
    labels = f"{path} was {old.label} and is {new.label}"
    if not _have_same_bytes(old, new, files):
        message = f"The type of {path} was {old.type} and is {new.type}"
        yield Incompatibility(message, "Its bytes are read as something else", path, new.line)
    elif "required" in (old.label, new.label) and old.label != new.label:
        why = "A message without it is refused by one side"
        yield Incompatibility(labels, why, path, new.line)
    elif old.is_repeated != new.is_repeated and old.kind in _NUMERIC:
        yield Incompatibility(labels, "Packed numbers are not read as one", path, new.line)


def _have_same_bytes(old: Member, new: Member, files: tuple[FileShape, FileShape]) -> bool:
    if old.kind != new.kind:
        return any({old.kind, new.kind} <= types for types in _INTERCHANGEABLE)
    if old.kind not in ("map", "message", "group"):
        return True
    before, after = files
    old_type, new_type = before.known_types[old.type_name], after.known_types[new.type_name]
    if old.kind == "map":
        return all(
            _have_same_bytes(old_type.members[name], new_type.members[name], files)
            for name in ("key", "value")
        )
    # Fields of messages are compared where the messages are, also those of imports.
    return old_type.name == new_type.name


def _left_oneofs(old: TypeShape, new: TypeShape, direction: Direction) -> Iterator[Incompatibility]:
    """Report fields of the writer's oneofs missing in the same oneofs of the reader.

    A renamed oneof is the same one, since names are not written.
    """
    is_backward = direction is Direction.BACKWARD
    writer, reader = (old, new) if is_backward else (new, old)
    read = reader.by_number()
    oneofs = {member.oneof for member in reader.members.values() if member.oneof}
    renamed = {
        member.oneof
        for member in writer.members.values()
        if member.number in read and read[member.number].oneof
    }
    for member in writer.members.values():
        twin = read.get(member.number)
        if not member.oneof or (twin is not None and member.oneof == twin.oneof):
            continue
        path = f"{new.name}.{member.oneof}"
        line = member.line if not is_backward else twin.line if twin is not None else new.line
        if twin is None and member.oneof in oneofs | renamed:
            change = "is gone from" if is_backward else "is new in"
            message = f"The field {member.name} {change} the oneof {path}"
            yield Incompatibility(message, "What was chosen there is lost", path, line)
        elif twin is not None and member.oneof in oneofs:
            change = "out of" if is_backward else "into"
            message = f"The field {member.name} moved {change} the oneof {path}"
            why = "It and the others of the oneof no longer rule each other out for both sides"
            yield Incompatibility(message, why, path, line)
