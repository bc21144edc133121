"""Compares Protobuf by Apicurio's rules: names, numbers and types stay, and gaps are reserved.

They are stricter than the wire format, since JSON and generated code need the names, too. What is
new breaks nobody: readers with the older version skip it.
"""

from collections.abc import Iterator

from registry.artifact_types.checks import Direction, Document, Incompatibility, Severity
from registry.artifact_types.protobuf.oneofs import shared_oneofs
from registry.artifact_types.protobuf.reservations import broken_reservations
from registry.artifact_types.protobuf.shape import (
    FileShape,
    Member,
    TypeShape,
    compile_shapes,
    paired_types,
)


def incompatibilities(
    older: Document, newer: Document, direction: Direction
) -> list[Incompatibility]:
    """List breaking changes from the older file to the newer one, in one direction."""
    shapes = compile_shapes(older, newer)
    if isinstance(shapes, Incompatibility):
        return [shapes]
    before, after = shapes
    is_backward = direction is Direction.BACKWARD
    changes: list[Incompatibility] = []
    for old, new in paired_types(before, after, with_methods=True):
        if new is not None:
            changes += _compare_members(old, new)
            changes += _required_fields(old, new, direction)
            changes += shared_oneofs(old, new, direction)
        if is_backward and old.kind == "extensions":
            changes += _gone_extensions(old, new)
        elif is_backward and new is not None:
            changes += broken_reservations(old, new)
        elif is_backward and old.members and not old.is_in_group:
            message = f"The {old.kind} {old.name} is gone"
            why = "Who uses it finds nothing: it can't be reserved and has to stay"
            changes.append(Incompatibility(message, why, old.name))
    changes += _compare_methods(before, after, direction)
    return changes


def _compare_members(old: TypeShape, new: TypeShape) -> Iterator[Incompatibility]:
    """Compare members by name, then by number; an enum's aliases may share one."""
    for name, before in old.members.items():
        after = new.members.get(name)
        if after is None:
            continue
        path = f"{new.name}.{name}"
        if after.number != before.number:
            message = f"The number of {path} was {before.number} and is {after.number}"
            why = "Data that has it is not found under the other number"
            yield Incompatibility(message, why, path, after.line)
        if after.type != before.type:
            message = f"The type of {path} was {before.type} and is {after.type}"
            why = "Data that has it is read as something else"
            yield Incompatibility(message, why, path, after.line)
        elif after.label != before.label:
            message = f"{path} was {before.label} and is {after.label}"
            why = "JSON and generated code have a list on one side and one value on the other"
            if "required" in (before.label, after.label):
                why = "A message without it is refused by one side"
            yield Incompatibility(message, why, path, after.line)
        if after.json_name != before.json_name:
            message = f"The JSON name of {path} was {before.json_name} and is {after.json_name}"
            yield Incompatibility(message, "JSON has it under the other name", path, after.line)
    yield from _renamed(old, new)


def _renamed(old: TypeShape, new: TypeShape) -> Iterator[Incompatibility]:
    old_names = old.names_by_number()
    for after in new.members.values():
        names = [] if after.name in old.members else old_names.get(after.number, [])
        # An enum's constant gets an alias if another one keeps its number.
        if names and not any(name in new.members for name in names):
            message = f"{new.name}: number {after.number} was {names[0]} and is {after.name}"
            why = f"JSON and generated code know it by its old name: call it {names[0]} again"
            yield Incompatibility(message, why, f"{new.name}.{after.name}", after.line)


def _required_fields(
    old: TypeShape, new: TypeShape, direction: Direction
) -> Iterator[Incompatibility]:
    """Report required fields of the reader unknown to the writer."""
    if direction is Direction.BACKWARD:
        for path, member in _required_only_in(new, old):
            message = f"{path} is new and required"
            why = "Messages of the older version lack it: make it optional"
            yield Incompatibility(message, why, path, member.line)
    else:
        for path, _ in _required_only_in(old, new):
            message = f"The required field {path} is gone"
            why = "Readers with the older version refuse messages without it: it has to stay"
            yield Incompatibility(message, why, path, new.line)


def _required_only_in(shape: TypeShape, other: TypeShape) -> Iterator[tuple[str, Member]]:
    numbers = other.by_number()
    for member in shape.members.values():
        if member.label == "required" and member.number not in numbers:
            yield f"{shape.name}.{member.name}", member


def _gone_extensions(old: TypeShape, new: TypeShape | None) -> Iterator[Incompatibility]:
    """Report removed extensions as warnings: only the extended message can reserve numbers."""
    for member in old.members.values():
        if new is None or member.name not in new.members:
            message = f"The extension {member.name} = {member.number} is gone"
            why = "Its data is kept as an unknown field"
            path = f"{old.name}.{member.name}"
            yield Incompatibility(message, why, path, severity=Severity.WARNING)


def _compare_methods(
    before: FileShape, after: FileShape, direction: Direction
) -> Iterator[Incompatibility]:
    for path, old in before.methods.items():
        new = after.methods.get(path)
        if new is None:
            if direction is Direction.BACKWARD:
                why = "Who calls it fails: it has to stay"
                yield Incompatibility(f"The rpc {path} is gone", why, path)
        elif new.signature != old.signature:
            message = f"The rpc {path} was {old.signature} and is {new.signature}"
            yield Incompatibility(message, "Who calls it as before fails", path, new.line)
